"""The ledger in a file, beside plainer ways of writing to one. All wait for the disk at every commit."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local

from benchmarks.ledger_speed.reservations import AMOUNT, CAMPAIGN, reserving, write
from benchmarks.ledger_speed.timing import Round, timed, timed_in_loop
from serving.ledger.sqlite import apply, connections, transaction
from serving.ledger.sqlite.ledger import SqliteLedger, open_sqlite, system_clock

IN_A_TRANSACTION = 100
VERSION = sqlite3.sqlite_version


def naive(folder: Path, calls: range, clients: int) -> Round:
    """A table of entries that each client writes to by itself, a transaction for each."""
    path, kept = folder / f"naive-{calls.start}.db", local()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY, customer, amount)")

    def insert(number: int) -> None:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
            kept.connection.execute("PRAGMA synchronous = FULL")
        kept.connection.execute("BEGIN IMMEDIATE")
        kept.connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, f"C{number}", AMOUNT))
        kept.connection.execute("COMMIT")

    return timed(calls, clients, insert)


def by_threads(folder: Path, calls: range, clients: int) -> Round:
    """The ledger, every call a reservation."""
    with _ledger(folder / f"threads-{calls.start}.db") as opened:
        return timed(calls, clients, reserving(opened))


def by_coroutines(folder: Path, calls: range, clients: int) -> Round:
    """The same, the clients coroutines of one loop."""
    with _ledger(folder / f"coroutines-{calls.start}.db") as opened:
        return timed_in_loop(calls, clients, lambda number: opened.write_soon(write(number)))


@contextmanager
def _ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite(path, "EUR")
    opened.set_limit(f"campaign:{CAMPAIGN}", 10**12, actor="bench", reason="")
    try:
        yield opened
    finally:
        opened.close()


def one_writer(folder: Path, calls: range) -> Round:
    """The rules and statements of the ledger by one thread, 100 reservations a transaction: nobody waits."""
    with _connection(folder / f"alone-{calls.start}.db") as connection:

        def hundred(first: int) -> None:
            batch = transaction.begin(connection, system_clock, "EUR")
            for number in range(first, first + IN_A_TRANSACTION):
                apply.write(batch, write(number))
            transaction.commit(batch)

        return _each(timed(calls[::IN_A_TRANSACTION], 1, hundred))


def statements_alone(folder: Path, calls: range) -> Round:
    """The same statements with values made beforehand and no rules: what SQLite itself takes."""
    with _connection(folder / f"kept-{calls.start}.db") as connection:
        said = [_said(connection, number) for number in calls]

        def hundred(first: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            for number in range(first - calls.start, first - calls.start + IN_A_TRANSACTION):
                for sql, values in said[number]:
                    connection.execute(sql, values).fetchall()
            connection.execute("COMMIT")

        return _each(timed(calls[::IN_A_TRANSACTION], 1, hundred))


class _Listening:
    """A connection that remembers what it was told."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.said: list[tuple[str, Sequence[object]]] = []

    def execute(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Remember, and do it."""
        self.said.append((sql, values))
        return self.connection.execute(sql, values)


def _said(connection: sqlite3.Connection, number: int) -> list[tuple[str, Sequence[object]]]:
    """The statements of one reservation; nothing of it stays."""
    listening = _Listening(connection)
    connection.execute("BEGIN")
    batch = transaction.Batch(listening, system_clock, "EUR", 0, number)  # type: ignore[arg-type]  # it listens
    apply.write(batch, write(number))
    connection.execute("ROLLBACK")
    return listening.said


@contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    open_sqlite(path, "EUR").close()
    connection = connections.writing(path)
    yield connection
    connection.close()


def _each(found: Round) -> Round:
    """Of transactions to of reservations."""
    each = IN_A_TRANSACTION
    return Round(found.per_second * each, found.longest, found.cpu / each)
