"""A ledger that is brought up to date while servers of before still write to it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from serving.ledger import reads
from serving.ledger.migrate import migrate
from serving.ledger.postgres.ledger import as_json
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write
from tests.ledger_stores import PostgresStores

GATE = 1_911
WAIT_AT_GATE = f"PERFORM pg_advisory_xact_lock_shared({GATE});"
WITHOUT_TOTAL = ("ledger_names", ", 'total']", "]")

# Where a write is when the migration comes: a function, and the words before which it stops.
PLACES = {
    "before it locks the customer": ("ledger_lock", "SELECT * INTO mine"),
    "between reservation and entry": ("ledger_append", "LOCK TABLE entry"),
}


@pytest.fixture
def stores(postgres_server):
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return PostgresStores(postgres_server)


def of_before(stores, place):
    """A ledger of revision 0002 with a write in it; its functions stop at a gate and know no total."""
    ledger = stores.again()
    ledger.write(write(reserve(50), key="first"))
    ledger.close()
    migrate(sqlalchemy_url(stores), "0002")
    stop = (place[0], place[1], f"{WAIT_AT_GATE} {place[1]}")
    with psycopg.connect(stores.url, autocommit=True) as connection:
        for name, what, instead in (WITHOUT_TOTAL, stop):
            (made,) = connection.execute(f"SELECT pg_get_functiondef('{name}'::regproc)").fetchone()
            assert what in made
            connection.execute(made.replace(what, instead))


def sqlalchemy_url(stores):
    return stores.url.replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def gate_closed(stores):
    with psycopg.connect(stores.url) as connection:
        connection.execute(f"SELECT pg_advisory_xact_lock({GATE})")
        yield


def reserved(stores, key, minor):
    with psycopg.connect(stores.url, autocommit=True) as connection:
        asked = as_json(write(reserve(minor), key=key))
        return connection.execute("SELECT how FROM ledger_write(%s::jsonb)", (asked,)).fetchone()[0]


def until_waiting(stores, number, job):
    """Look until so many backends wait for a lock, or the job that is to wait has ended."""
    with psycopg.connect(stores.url, autocommit=True) as looking:
        waiting = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
        while looking.execute(waiting).fetchone()[0] < number and not job.done():
            looking.execute("SELECT pg_sleep(0.02)")


def migrated_in_a_write(stores, place):
    """What the total holds and what `verify` finds when a write went on after the migration had begun."""
    of_before(stores, place)
    with ThreadPoolExecutor(2) as pool:
        with gate_closed(stores):
            writing = pool.submit(reserved, stores, "slow", 100)
            until_waiting(stores, 1, writing)
            migrating = pool.submit(migrate, sqlalchemy_url(stores))
            until_waiting(stores, 2, migrating)
        assert writing.result() == "done"
        migrating.result()
    ledger = stores.again()
    with ledger.snapshot() as rows:
        found = reads.budget_standing(rows, "total").held_minor, verify(rows).findings
    ledger.close()
    return found


@pytest.mark.parametrize("place", PLACES)
def test_a_write_that_is_under_way_is_counted_in_the_total(stores, place):
    assert migrated_in_a_write(stores, PLACES[place]) == (150, ())
