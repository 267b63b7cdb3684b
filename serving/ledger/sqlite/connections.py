"""Connections to the file of a ledger."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger.revision import HEAD, OF_TABLES
from serving.ledger.store import Snapshot

BUSY_SECONDS = 5.0
STATEMENTS_KEPT = 64


def writing(path: Path) -> sqlite3.Connection:
    """The one connection that writes: a commit is on the disk before it is answered."""
    connection = _open(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


@dataclass
class Readers:
    """Connections that only read, kept open: opening one takes longer than most questions to it."""

    path: Path
    free: deque[sqlite3.Connection] = field(default_factory=deque)
    closed: bool = False


def asked(readers: Readers, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of one SELECT: a statement alone reads as of one instant anyway.

    Raises `LedgerUnavailable` for a file that is gone, locked or damaged.
    """
    connection = _free_or_new(readers)
    try:
        rows = connection.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        connection.close()
        raise _unavailable(error) from error
    _give_back(readers, connection)
    return rows


@contextmanager
def borrowed(readers: Readers) -> Iterator[sqlite3.Connection]:
    """A connection that reads as of one instant. One that failed is not used again.

    Raises `LedgerUnavailable` for a file that is gone, locked or damaged.
    """
    connection = _free_or_new(readers)
    try:
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        raise _unavailable(error) from error
    except BaseException:
        connection.close()
        raise
    _give_back(readers, connection)


def _give_back(readers: Readers, connection: sqlite3.Connection) -> None:
    readers.free.append(connection)
    if readers.closed:
        close(readers)


def _free_or_new(readers: Readers) -> sqlite3.Connection:
    try:
        return readers.free.pop()
    except IndexError:
        pass
    try:
        return reader(readers.path)
    except sqlite3.Error as error:
        raise _unavailable(error) from error


def _unavailable(error: sqlite3.Error) -> LedgerUnavailable:
    return LedgerUnavailable(
        "the ledger could not be read",
        given=str(error),
        remedy="See that its file is there and whole, and that no other program locks it; then ask again.",
    )


def close(readers: Readers) -> None:
    """Close what is free; what is in use is closed when it comes back."""
    readers.closed = True
    while readers.free:
        readers.free.pop().close()


@contextmanager
def snapshot_from(readers: Readers) -> Iterator[Snapshot]:
    """Read as of one instant, beside the writer."""
    with borrowed(readers) as connection:
        yield _asking(connection)


@contextmanager
def reading(path: Path) -> Iterator[Snapshot]:
    """The same of a file that nobody keeps open."""
    readers = Readers(path)
    try:
        with snapshot_from(readers) as rows:
            yield rows
    finally:
        close(readers)


def _asking(connection: sqlite3.Connection) -> Snapshot:
    def rows(sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        return iter(connection.execute(sql, values))

    return rows


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Whether its tables are those that this code works on."""
    made = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone()
    return made is not None and connection.execute(OF_TABLES).fetchone() == (HEAD,)


def reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, nor make a file where there is none."""
    connection = _open(f"{path.resolve().as_uri()}?mode=rw")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _open(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_KEPT,
        uri=isinstance(path, str),
    )
