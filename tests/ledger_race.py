"""Many clients at one ledger.

Each command follows from a seed and its number, so that several threads, and several processes, send the very
same ones: `python tests/ledger_race.py URL KIND SEED FIRST LAST` sends them in an order of its own and writes
a line for every answer that it got.
"""

import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from models.domain.ledger.commands import Approve, Commit, Release, Reserve, Reverse, Write
from models.domain.ledger.refusals import KeyInFlight, LedgerRefusal, LedgerUnavailable
from models.domain.vocabulary import Purpose

CLIENT = "race"
RESENT = 3
KINDS = {"hot campaign": (10_000, 1), "hot customer": (1, 3), "mix": (20, 3)}  # customers, campaigns
LIMIT = 40_000
PROCESS_THREADS = 8


def command_of(kind, seed, number):
    """Command `number`: two in five reserve, the others change what an earlier one reserved."""
    luck = random.Random(f"{kind}-{seed}-{number}")
    if number < 5 or luck.random() < 0.4:
        return _reserve(kind, luck)
    of = Write(client=CLIENT, key=_key(seed, luck.randrange(number)), command=_reserve(kind, luck))
    kinds = [Commit, Commit, Release, Approve, Reverse, Reverse]
    chosen = luck.choice(kinds)
    more = {"amount_minor": luck.randrange(1, 60)} if chosen in (Commit, Reverse) else {}
    if chosen is Approve:
        more = {"cap_minor": luck.choice([None, 300, 1_000]), "window_days": 30}
    return chosen(reservation_id=of.reservation_id, **more)


def _reserve(kind, luck):
    customers, campaigns = KINDS[kind]
    return Reserve(
        customer_id=f"C{luck.randrange(customers)}",
        campaign=f"campaign-{luck.randrange(campaigns)}",
        segment=luck.choice(["", "silent"]) if kind == "mix" else "",
        purpose=luck.choice([Purpose.RETENTION, Purpose.RETENTION, Purpose.RECOVERY, Purpose.OWED]),
        action="coupon",
        requested_minor=luck.randrange(1, 100),
        currency="EUR",
        cap_minor=luck.choice([500, 1_000, 2_000]),
        window_days=30,
        ttl_seconds=luck.choice([1, 3_600, 3_600]),
        partial=luck.random() < 0.3,
        authority_minor=luck.choice([None, None, 80]),
    )


def _key(seed, number):
    return f"{seed}-{number}"


def send(ledger, kind, seed, number):
    """Send command `number` until it is answered: its number, and the answer or the refusal's name."""
    made = Write(client=CLIENT, key=_key(seed, number), command=command_of(kind, seed, number))
    cut = 0
    while True:
        try:
            return number, vars(ledger.write(made))
        except KeyInFlight:
            time.sleep(0.001)
        except LedgerUnavailable:  # as its remedy says: the same key, once more
            cut += 1
            if cut > RESENT:
                raise
        except LedgerRefusal as refusal:
            return number, {"refused": type(refusal).__name__}


def race(ledger, kind, seed, commands, *, threads=64, copies=2):
    """Send every command `copies` times from so many threads, in a random order: all that was answered."""
    numbers = list(range(commands)) * copies
    # Near its own place: what changes a reservation mostly comes when it is there.
    luck = random.Random(seed)
    numbers.sort(key=lambda number: number + luck.randrange(20))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda number: send(ledger, kind, seed, number), numbers))


def limit_all(ledger, limit=LIMIT):
    """A limit for every budget that a race takes from."""
    for name in ("campaign:campaign-0", "campaign:campaign-1", "segment:silent", "total"):
        ledger.set_limit(name, limit, actor="race", reason="")


def disagreements(answers):
    """Numbers whose answers differ from one another, or were new more than once."""
    first, new, found = {}, Counter(), set()
    for number, told in answers:
        plain = {name: value for name, value in told.items() if name != "repeated"}
        new[number] += told.get("repeated") is False
        if first.setdefault(number, plain) != plain or new[number] > 1:
            found.add(number)
    return found


def effects(answers):
    """How many commands were answered with money moved."""
    return len(
        {number for number, told in answers if told.get("state") not in (None, "refused") and moved(told)}
    )


def moved(told):
    """Whether an answer tells of an entry: an approval that the cap forbids leaves its request waiting."""
    return told["state"] != "pending_approval" or told["limiting_constraint"] == "authority"


def main(url, kind, seed, first, last):
    from serving.ledger.opening import open_ledger

    ledger = open_ledger(url, "EUR")
    luck = random.Random()
    numbers = sorted(range(int(first), int(last)), key=lambda number: number + luck.randrange(20))
    with ThreadPoolExecutor(PROCESS_THREADS) as pool:
        for number, told in pool.map(lambda one: send(ledger, kind, seed, one), numbers):
            sys.stdout.write(json.dumps([number, told]) + "\n")
            sys.stdout.flush()
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
