"""Connections to the file of a ledger."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


@contextmanager
def reading(path: Path) -> Iterator[Snapshot]:
    """Read as of one instant, beside the writer."""
    connection = reader(path)
    try:
        connection.execute("BEGIN")

        def rows(sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
            return iter(connection.execute(sql, values))

        yield rows
    finally:
        connection.close()


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Whether its tables are those that this code works on."""
    made = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone()
    return made is not None and connection.execute(OF_TABLES).fetchone() == (HEAD,)


def reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    connection = _open(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_KEPT,
    )
