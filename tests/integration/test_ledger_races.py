import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from models.domain.vocabulary import EntryKind
from serving.ledger import reads
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write
from tests.ledger_race import KINDS, disagreements, effects, limit_all, race, send
from tests.ledger_stores import PostgresStores, SqliteStores

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COMMANDS = int(os.environ.get("HOLDFAST_RACE_COMMANDS", "1500"))
KILLS = int(os.environ.get("HOLDFAST_KILLS", "10"))


# A file has one server, and no connections.
of_several_servers = pytest.mark.parametrize("stores", ["postgres"], indirect=True)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stores(request, tmp_path_factory):
    if request.param == "sqlite":
        made = SqliteStores(tmp_path_factory.mktemp("ledgers"))
        made.now = None
        return made
    return PostgresStores(request.getfixturevalue("postgres_server"), shards=4)


@pytest.fixture
def ledger(stores):
    opened = stores.new()
    limit_all(opened)
    yield opened
    opened.close()


def judged(ledger, answers):
    """Findings of `verify`, commands whose answers disagree, and entries beyond one for each effect."""
    with ledger.snapshot() as rows:
        verdict = verify(rows)
        entries = sum(entry.kind is not EntryKind.EXPIRE for entry in reads.entries(rows))
    return verdict.findings, disagreements(answers), entries - effects(answers)


def sender(stores, kind, seed, first=0, last=COMMANDS):
    """A process that sends the commands of a race from eight threads, and writes what it is answered."""
    words = [stores.address, kind, seed, str(first), str(last)]
    return subprocess.Popen(
        [sys.executable, "tests/ledger_race.py", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def told_by(process):
    """All whole lines that a process wrote."""
    return [json.loads(line) for line in process.stdout if line.endswith("\n")]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_overspends_and_nothing_happens_twice(ledger, kind):
    answers = race(ledger, kind, "s1", COMMANDS)
    assert judged(ledger, answers) == ((), set(), 0)


def test_a_race_for_a_budget_spends_it_to_the_last_cent(ledger):
    ledger.set_limit("campaign:campaign-0", 5_000, actor="race", reason="")
    race(ledger, "hot campaign", "s2", COMMANDS)
    with ledger.snapshot() as rows:
        free = reads.budget_standing(rows, "campaign:campaign-0").free_minor
    if free:
        told = ledger.write(write(reserve(free, campaign="campaign-0", cap_minor=10_000), key="rest"))
        assert told.granted_minor == free
    told = ledger.write(write(reserve(1, campaign="campaign-0", cap_minor=10_000), key="beyond"))
    assert told.limiting_constraint == "campaign_budget"


def test_anchors_that_are_written_in_a_race_hold(ledger):
    enough = Event()

    def drop_anchors():
        while not enough.wait(0.05):
            ledger.anchor()

    thread = Thread(target=drop_anchors)
    thread.start()
    try:
        answers = race(ledger, "mix", "s6", COMMANDS // 2)
    finally:
        enough.set()
        thread.join()
    with ledger.snapshot() as rows:
        assert len(list(reads.anchors(rows))) > 1
    assert judged(ledger, answers) == ((), set(), 0)


@of_several_servers
def test_two_servers_share_a_ledger(stores, ledger):
    with sender(stores, "mix", "s3") as first, sender(stores, "mix", "s3") as second:
        answers = told_by(first) + told_by(second)
    assert len(answers) == 2 * COMMANDS
    assert judged(ledger, answers) == ((), set(), 0)


def test_a_killed_server_loses_nothing_that_it_answered(stores, ledger):
    ledger.close()
    answers = []
    for _ in range(KILLS):
        first = max(len({number for number, _ in answers}) - 30, 0)
        with sender(stores, "mix", "s4", first, first + COMMANDS) as process:
            for line in process.stdout:
                answers.append(json.loads(line))
                if len(answers) % 97 == 0:
                    process.kill()
                    break
            answers.extend(told_by(process))  # what was still in the pipe; the last line may be cut
    again = stores.again()
    with again.snapshot() as rows:
        assert verify(rows).findings == ()
    resent = [send(again, "mix", "s4", number) for number in sorted({number for number, _ in answers})]
    again.close()
    assert disagreements(answers + [(number, {**told, "repeated": True}) for number, told in resent]) == set()


@of_several_servers
def test_connections_that_are_cut_change_nothing(stores, ledger):
    enough = Event()
    thread = Thread(target=cut_connections, args=(stores.url, enough))
    thread.start()
    try:
        # Of more threads some would be cut at every one of their attempts, and be told so.
        answers = race(ledger, "mix", "s5", COMMANDS // 2, threads=16)
    finally:
        enough.set()
        thread.join()
    # A write that was cut after its commit is answered by its retry, as repeated: nobody saw it new.
    assert judged(ledger, answers) == ((), set(), 0)


def cut_connections(url, enough):
    """End some backend that writes, fifty times a second."""
    with psycopg.connect(url, autocommit=True) as connection:
        while not enough.wait(0.02):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE '%ledger_write%' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            )
