"""A ledger's file that cannot be read is said to be unavailable, whatever is wrong with it."""

import sqlite3

import pytest

from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger import reads
from serving.ledger.sqlite import connections
from serving.ledger.sqlite.connections import reading
from tests.ledger_examples import reserve, write
from tests.ledger_stores import SqliteStores


@pytest.fixture
def files(tmp_path):
    return SqliteStores(tmp_path)


@pytest.fixture
def ledger(files):
    opened = files.new()
    opened.write(write(reserve(1)))
    yield opened
    opened.close()


def entries(ledger):
    with ledger.snapshot() as rows:
        return len(list(reads.entries(rows)))


def test_a_file_that_is_gone_is_said_to_be(files, ledger):
    files.path.rename(files.path.with_name("away.db"))
    with pytest.raises(LedgerUnavailable, match="unable to open"):
        entries(ledger)
    assert not files.path.exists()


def test_a_preview_of_a_file_that_is_gone_is_refused(files, ledger):
    files.path.rename(files.path.with_name("away.db"))
    with pytest.raises(LedgerUnavailable, match="unable to open"):
        ledger.preview(reserve(1))


def test_a_file_that_is_back_is_read_again(files, ledger):
    away = files.path.rename(files.path.with_name("away.db"))
    with pytest.raises(LedgerUnavailable):
        entries(ledger)
    away.rename(files.path)
    assert entries(ledger) == 1


def test_a_file_that_another_program_locks_is_said_to_be(files, ledger, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.05)
    ledger.close()
    other = sqlite3.connect(files.path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerUnavailable, match="locked"), reading(files.path) as rows:
        list(reads.entries(rows))
    other.close()


def test_a_file_that_is_no_database_is_said_to_be(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(b"rubbish" * 1_000)
    with pytest.raises(LedgerUnavailable, match="not a database"), reading(path) as rows:
        list(reads.entries(rows))


def test_a_connection_that_failed_is_not_used_again(ledger):
    with pytest.raises(LedgerUnavailable, match="no such table"), ledger.snapshot() as rows:
        list(rows("SELECT * FROM nowhere", ()))
    assert not ledger.readers.free


def test_a_file_may_have_signs_of_an_address_in_its_name(tmp_path):
    stores = SqliteStores(tmp_path)
    stores.folder = tmp_path / "a ?#%20 b"
    stores.folder.mkdir()
    opened = stores.new()
    opened.write(write(reserve(1)))
    assert entries(opened) == 1
    opened.close()
