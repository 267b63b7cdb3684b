"""Each lock of the ledger beside the ledger without it: then the promise that it protects is broken."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from threading import Barrier, Event, Timer

import psycopg
import pytest

from models.domain.ledger.commands import Release
from models.domain.ledger.refusals import KeyInFlight, LedgerInUse, LedgerUnavailable
from models.domain.vocabulary import Purpose
from serving.ledger.postgres import connections as postgres_connections
from serving.ledger.postgres import ledger as postgres_ledger
from serving.ledger.postgres.connections import connected
from serving.ledger.postgres.ledger import as_json, open_postgres
from serving.ledger.sqlite import connections
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write
from tests.ledger_stores import PostgresStores, SqliteStores

SPRING = "campaign:spring"
AT_ONCE = 6
WARM = """
SELECT ledger_write(jsonb_build_object('operation', 'reserve', 'key', gen_random_uuid(), 'client', '',
  'payload', '', 'customer_id', 'warm', 'purpose', 'retention', 'campaign', 'warm', 'segment', '',
  'partial', true, 'requested_minor', 1, 'least_minor', 1, 'cap_minor', 0, 'window_days', 1))
"""
PAUSE = "PERFORM pg_sleep(0.25);"

DRAWN_EARLY = """
PERFORM set_config('holdfast.seq', nextval('entry_seq')::text, true);
PERFORM pg_sleep(CASE of_key WHEN 'k0' THEN 0.3 ELSE 0.05 END);
"""
ADVISORY = "NOT pg_try_advisory_xact_lock(hashtextextended(scope, 0))"

# Per lock: functions and what of them is replaced. Each loses the lock and pauses between its look and its
# deed, so that all have looked before anybody does.
UNLOCKED = {
    "account": [
        ("ledger_lock", "FOR UPDATE", ""),
        ("ledger_reserve", "rooms := ARRAY", f"{PAUSE} rooms := ARRAY"),
    ],
    "shard": [("ledger_room", "FOR UPDATE;", f"; {PAUSE}")],
    "all shards": [
        ("ledger_lock_budgets", "FOR UPDATE", ""),
        ("ledger_room", "IF unlimited THEN", f"{PAUSE} IF unlimited THEN"),
    ],
    "key": [
        ("ledger_write", ADVISORY, "false"),
        ("ledger_write", "how := 'done';", f"how := 'done'; {PAUSE}"),
    ],
    "order of entries": [  # numbers drawn before any lock is had, and one command slower than the others
        ("ledger_write", "how := 'done';", f"how := 'done'; {DRAWN_EARLY}"),
        ("ledger_append", "nextval('entry_seq')", "current_setting('holdfast.seq')::bigint"),
    ],
}
# How much room each race has, and so how much is granted.
ROOM = {"account": 999, "shard": 100, "all shards": 200, "key": 100, "order of entries": 60}


@pytest.fixture(scope="module")
def postgres(postgres_server):
    made = PostgresStores(postgres_server, shards=2)
    made.again().close()  # its functions are there from now on
    return made


@pytest.fixture
def files(tmp_path):
    return SqliteStores(tmp_path)


@contextmanager
def replaced(stores, words):
    """The database with some words of its functions replaced: (function, words, others)."""
    with psycopg.connect(stores.url, autocommit=True) as connection, ExitStack() as restored:
        for name, what, instead in words:
            (made,) = connection.execute(f"SELECT pg_get_functiondef('{name}'::regproc)").fetchone()
            assert what in made
            connection.execute(made.replace(what, instead))
            restored.callback(connection.execute, made)
        yield


def at_once(ledger, commands):
    """All commands at the same moment: money granted in all, and whether the database had to refuse."""
    start = Barrier(len(commands))

    def one(made):
        start.wait()
        try:
            told = ledger.write(made)
        except KeyInFlight:
            return 0
        except psycopg.Error:
            return None
        return 0 if told.repeated else told.granted_minor

    with ThreadPoolExecutor(len(commands)) as pool:
        told = list(pool.map(one, commands))
    return sum(granted or 0 for granted in told), None in told


def commands_for(lock):
    """Requests of which there is room for one. Every customer holds 1 of a cap of 1,000 before."""
    if lock == "account":
        return [write(reserve(ROOM[lock]), key=f"k{n}") for n in range(AT_ONCE)]
    if lock == "order of entries":
        return [write(reserve(10), key=f"k{n}") for n in range(AT_ONCE)]
    if lock == "key":
        return [write(reserve(ROOM[lock]))] * AT_ONCE
    return [write(reserve(ROOM[lock], customer_id=f"C{n}"), key=f"k{n}") for n in range(AT_ONCE)]


def outcome(stores, lock):
    """What a race was granted and whether the database refused something, and what `verify` finds."""
    ledger = stores.new()
    stores.set_clock(None)
    with ExitStack() as opened:  # every connection is there already, and has compiled the functions
        for _ in range(AT_ONCE):
            opened.enter_context(connected(ledger.pool)).execute(WARM)
    for number in range(AT_ONCE):
        ledger.write(write(reserve(1, customer_id=f"C{number}"), key=f"w{number}"))
    if lock in ("shard", "all shards"):
        # One part in each of two shards; where it is about one shard, the other one is empty.
        ledger.set_limit(SPRING, AT_ONCE + ROOM[lock], actor="", reason="")
    if lock == "shard":
        part = "CASE shard WHEN 0 THEN 100 ELSE 0 END"
        stores.attempt(f"UPDATE budget SET allotted_minor = held_minor + {part} WHERE name = '{SPRING}'")
    raced = at_once(ledger, commands_for(lock))
    with ledger.snapshot() as rows:
        findings = verify(rows).findings
    ledger.close()
    return raced, findings


@pytest.mark.parametrize("lock", UNLOCKED)
def test_with_its_locks_the_ledger_grants_what_there_is_once(postgres, lock):
    (granted, broken), findings = outcome(postgres, lock)
    assert (granted, broken, findings) == (ROOM[lock], False, ())


@pytest.mark.parametrize("lock", UNLOCKED)
def test_without_a_lock_the_promise_that_it_protects_breaks(postgres, lock):
    with replaced(postgres, UNLOCKED[lock]):
        (granted, broken), findings = outcome(postgres, lock)
    assert granted > ROOM[lock] or broken or findings


def lowered_and_freed(postgres):
    """What is granted of 100 where 800 are held, of which 500 may be."""
    ledger = postgres.new()
    ledger.set_limit(SPRING, 1_000, actor="", reason="")
    made = [ledger.write(write(reserve(100, customer_id=f"C{n}"), key=f"k{n}")) for n in range(9)]
    ledger.set_limit(SPRING, 500, actor="", reason="")
    ledger.write(write(Release(reservation_id=made[0].reservation_id)))
    told = [ledger.write(write(reserve(100, customer_id=f"D{n}"), key=f"d{n}")) for n in range(3)]
    ledger.close()
    return sum(one.granted_minor for one in told)


# What is missing stands in shard 0, and what comes back goes to the shard that a connection prefers.
PREFER_OTHER = ("ledger_preferred", "mod(pg_backend_pid(), ledger_shards())", "1")
UNMARKED = [("ledger_room", "AND NOT b.lowered", ""), ("ledger_room", "NOT one.lowered AND", "")]


def test_a_lowered_limit_binds_whatever_a_shard_has(postgres):
    with replaced(postgres, [PREFER_OTHER]):
        assert lowered_and_freed(postgres) == 0


def test_without_its_mark_a_lowered_limit_is_overspent_by_what_comes_back(postgres):
    with replaced(postgres, [PREFER_OTHER, *UNMARKED]):
        assert lowered_and_freed(postgres) == 100


def owed(customer):
    """What takes no budget, so that two of it never wait for one another."""
    return reserve(1, customer_id=customer, purpose=Purpose.OWED)


def anchored_in_a_write(postgres):
    """What `verify` finds after an anchor was asked for while a write was not yet committed."""
    ledger = postgres.new()
    ledger.write(write(reserve(1), key="first"))
    with psycopg.connect(postgres.url) as slow, ThreadPoolExecutor(1) as pool:
        slow.execute("SELECT ledger_write(%s::jsonb)", (as_json(write(owed("C1"), key="slow")),))
        ledger.write(write(owed("C2"), key="quick"))
        anchoring = pool.submit(ledger.anchor)
        wait([anchoring], timeout=0.5)
        slow.commit()
        anchoring.result()
    with ledger.snapshot() as rows:
        findings = verify(rows).findings
    ledger.close()
    return findings


def test_an_anchor_waits_for_whoever_writes(postgres):
    assert anchored_in_a_write(postgres) == ()


def test_without_its_lock_an_anchor_misses_who_was_writing(postgres, monkeypatch):
    monkeypatch.setattr(postgres_ledger, "_WRITERS_WAIT", "SELECT 1")
    (finding,) = anchored_in_a_write(postgres)
    assert "the heads of then were others" in finding


def test_a_trial_does_not_wait_for_another_one(postgres):
    """Of what is owed: it takes no budget, which would be waited for rightly."""
    ledger, ends = postgres.new(), "RETURN ledger_answer(one, now_at, CASE"
    slowly = f"IF customer = 'slow' THEN PERFORM pg_sleep(2); END IF; {ends}"
    asked = {name: reserve(10, customer_id=name, purpose=Purpose.OWED) for name in ("slow", "quick")}
    with replaced(postgres, [("ledger_reserve", ends, slowly)]), ThreadPoolExecutor(2) as clients:
        slow = clients.submit(ledger.preview, asked["slow"])
        assert not wait([slow], timeout=0.5).done
        assert ledger.preview(asked["quick"]).granted_minor == 10
        assert not slow.done()
    assert slow.result().granted_minor == 10
    ledger.close()


def test_a_key_in_flight_is_refused_on_postgres(postgres):
    ledger = postgres.new()
    ledger.write(write(reserve(1), key="first"))
    with psycopg.connect(postgres.url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT 1 FROM account FOR UPDATE")
        waiting = pool.submit(ledger.write, write(reserve(2)))
        with psycopg.connect(postgres.url, autocommit=True) as looking:
            while not looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                pass
        with pytest.raises(KeyInFlight):
            ledger.write(write(reserve(2)))
        other.rollback()
        assert waiting.result().granted_minor == 2
    ledger.close()


def test_a_key_in_flight_is_refused_in_a_file(files):
    ledger = files.new()
    busy, go_on = Event(), Event()

    def block(_):
        busy.set()
        go_on.wait()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(ledger._wait, block)
        busy.wait()
        timer = Timer(10, go_on.set)  # whatever happens, nobody waits for ever
        timer.start()
        waiting = pool.submit(ledger.write, write(reserve(2)))
        while not ledger.under_way:
            pass
        with pytest.raises(KeyInFlight):
            ledger.write(write(reserve(2)))
        go_on.set()
        timer.cancel()
        assert waiting.result().granted_minor == 2
    ledger.close()


def test_a_second_process_is_told_who_has_the_file(files):
    ledger = files.new()
    with pytest.raises(LedgerInUse, match=r"ledger-1\.db, process \d+"):
        files.again()
    ledger.close()


def test_a_file_is_free_again_when_its_ledger_is_closed(files):
    files.new().close()
    files.again().close()


def test_a_file_waits_for_the_disk(files):
    ledger = files.new()
    told = [
        ledger.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    ledger.close()
    assert told == ["wal", 2]


def test_a_closed_ledger_says_so(files):
    ledger = files.new()
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.write(write(reserve(1)))


def test_a_full_disk_refuses_and_keeps_what_there_was(files):
    ledger = files.new()
    ledger.write(write(reserve(1)))
    pages = ledger.connection.execute("PRAGMA page_count").fetchone()[0]
    ledger.connection.execute(f"PRAGMA max_page_count = {pages}")
    long = write(reserve(1, reason="x" * 20_000), key="long")
    with pytest.raises(LedgerUnavailable, match="full"):
        ledger.write(long)
    ledger.connection.execute("PRAGMA max_page_count = 1000000")
    assert ledger.write(long).repeated is False
    with ledger.snapshot() as rows:
        assert verify(rows).findings == ()
    ledger.close()


def test_a_database_without_room_refuses_and_keeps_what_there_was(postgres):
    ledger = postgres.new()
    ledger.write(write(reserve(1)))
    full = [("ledger_append", "made.position :=", "RAISE SQLSTATE '53100'; made.position :=")]
    with replaced(postgres, full), pytest.raises(LedgerUnavailable):
        ledger.write(write(reserve(2), key="more"))
    assert ledger.write(write(reserve(2), key="more")).repeated is False
    with ledger.snapshot() as rows:
        assert verify(rows).findings == ()
    ledger.close()


def test_a_file_locked_by_another_program_is_said_to_be(files, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
    ledger = files.new()
    with files._connected() as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked"):
            ledger.write(write(reserve(1)))
        other.rollback()
    assert ledger.write(write(reserve(1))).repeated is False
    ledger.close()


def test_a_database_locked_by_another_program_is_said_to_be(postgres, monkeypatch):
    ledger = postgres.new()
    ledger.write(write(reserve(1), key="first"))
    ledger.close()  # what follows opens connections of less patience
    monkeypatch.setattr(postgres_connections, "_SETTINGS", "-c lock_timeout=50ms")
    with psycopg.connect(postgres.url) as other:
        other.execute("SELECT 1 FROM account FOR UPDATE")
        with pytest.raises(LedgerUnavailable, match="lock timeout"):
            ledger.write(write(reserve(2)))
        other.rollback()
    assert ledger.write(write(reserve(2))).repeated is False
    ledger.close()


def test_a_database_that_is_not_there_is_said_so(postgres):
    with pytest.raises(LedgerUnavailable, match="same key"):
        open_postgres("postgresql://nobody@127.0.0.1:1/none", "EUR")
