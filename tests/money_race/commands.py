"""What the clients of a race ask over HTTP. Each command follows from a seed and its number."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from models.domain.ledger.commands import Release, Write

KINDS = ("hot campaign", "hot customer", "mix")
MIXED = 20
CAMPAIGN = "coupon"  # of the action of that name
AUTHORITY = 250  # of the key that reserves, minor units
RECENT = 200  # how far back the reservation lies that a command changes


@dataclass(frozen=True)
class Race:
    """A race: its kind and seed, whom it is about, and the currency.

    agent, head: ids of the two keys; the agent's has the authority `AUTHORITY`, the head's approves.
    """

    kind: str
    seed: str
    customers: Sequence[str]
    currency: str
    agent: str = ""
    head: str = ""


@dataclass(frozen=True)
class Asked:
    """One request. by_head: which of the two keys sends it; key: its Idempotency-Key."""

    operation: str
    path: str
    body: str
    key: str
    by_head: bool = False


def race_on(serving: Path, kind: str, seed: str) -> Race:
    """A race among those whom the plan of a served folder gives coupons."""
    plan = pq.read_table(
        serving / "plan.parquet", columns=["customer_id", "recommended_offer", "recommended_action"]
    )
    given = [
        row["customer_id"]
        for row in plan.to_pylist()
        if row["recommended_offer"] and row["recommended_action"] == CAMPAIGN
    ]
    most = {"hot campaign": len(given), "hot customer": 1, "mix": MIXED}[kind]
    currency = json.loads((serving / "serving.json").read_text())["currency"]
    return Race(kind, seed, given[:most], currency)


def command_of(race: Race, number: int) -> Asked:
    """Command `number`: two in five reserve, the others change what an earlier one may have reserved."""
    luck = random.Random(f"{race.kind}-{race.seed}-{number}")
    if number < 5 or luck.random() < 0.4:
        return _reserve(race, number, luck)
    id_ = _reservation_id(race, luck.randrange(max(0, number - RECENT), number))
    operation = luck.choice(["commit", "commit", "release", "approve", "reverse", "reverse"])
    of = "commits" if operation == "reverse" else "reservations"
    body = {"amount_minor": luck.randrange(1, 40)} if operation in ("commit", "reverse") else {}
    path = f"/v1/incentives/{of}/{id_}/{operation}"
    asked = Asked(operation, path, json.dumps(body), _key(race, number))
    return replace(asked, by_head=operation == "approve")


def _reserve(race: Race, number: int, luck: random.Random) -> Asked:
    owed = luck.random() < 0.1
    body = {
        "customer_id": luck.choice(race.customers),
        "requested_minor": luck.choice([luck.randrange(1, 60), luck.randrange(1, 400)]),
        "currency": race.currency,
        "ttl_seconds": luck.choice([1, 3_600, 3_600]),
        "partial": luck.random() < 0.4,
        **({"purpose": "owed"} if owed else {"action": CAMPAIGN}),
    }
    return Asked("reserve", "/v1/incentives/reservations", json.dumps(body), _key(race, number))


def _key(race: Race, number: int) -> str:
    return f"{race.seed}-{number}"


def _reservation_id(race: Race, number: int) -> str:
    """Of the reservation that command `number` made, if it made one."""
    return Write(
        client=race.agent, key=_key(race, number), command=Release(reservation_id="-")
    ).reservation_id
