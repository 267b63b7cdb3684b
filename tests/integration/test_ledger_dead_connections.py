"""Connections that the database ended while nobody used them: a read goes on with a new one."""

from contextlib import ExitStack

import psycopg
import pytest

from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger import reads
from serving.ledger.postgres.connections import connected
from tests.ledger_examples import reserve, write
from tests.ledger_stores import PostgresStores

KEPT_OPEN = 3


@pytest.fixture
def stores(postgres_server):
    return PostgresStores(postgres_server)


@pytest.fixture
def ledger(stores):
    opened = stores.new()
    opened.write(write(reserve(100)))
    with ExitStack() as used:
        for _ in range(KEPT_OPEN):
            used.enter_context(connected(opened.pool))
    yield opened
    opened.close()


END_THEM = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def end_connections(stores):
    with psycopg.connect(stores.url, autocommit=True) as connection:
        connection.execute(END_THEM)


def entries(ledger):
    with ledger.snapshot() as rows:
        return len(list(reads.entries(rows)))


def entries_cut(stores, ledger):
    with ledger.snapshot() as rows:
        end_connections(stores)
        return list(reads.entries(rows))


def test_a_snapshot_outlives_dead_connections(stores, ledger):
    end_connections(stores)
    assert entries(ledger) == 1


def test_a_preview_outlives_dead_connections(stores, ledger):
    end_connections(stores)
    assert ledger.preview(reserve(100)).granted_minor == 100


def test_the_dead_make_room_for_one_that_is_used_again(stores, ledger):
    end_connections(stores)
    assert [entries(ledger), entries(ledger), ledger.pool.free.qsize()] == [1, 1, 1]


def test_a_read_that_is_cut_after_it_began_is_told_so(stores, ledger):
    with pytest.raises(LedgerUnavailable):
        entries_cut(stores, ledger)


def test_a_preview_leaves_nothing_behind(ledger):
    ledger.preview(reserve(100, customer_id="C2"))
    with ledger.snapshot() as rows:
        assert [made for (made,) in rows("SELECT customer_id FROM account", ())] == ["C1"]


def test_a_snapshot_writes_nothing_and_sees_one_instant(ledger):
    with ledger.snapshot() as rows:
        before = len(list(reads.entries(rows)))
        ledger.write(write(reserve(1), key="meanwhile"))
        assert (before, len(list(reads.entries(rows)))) == (1, 1)
        assert list(rows("SELECT current_setting('transaction_read_only')", ())) == [("on",)]
