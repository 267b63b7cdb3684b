"""The store in a file, for one server process; readers beside the writer."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, LifoQueue
from secrets import token_hex
from typing import TextIO

from serving.ledger.sqlite import process_lock
from serving.store import group_commit, tables
from serving.store.kept import Amount, Erasure, Kept, Outcome, of_erased, outcome_of
from serving.store.refusals import DamagedStore, StoreInUse

BUSY_SECONDS = 5.0
AT_ONCE = 500  # customers in one query

_INSERT = "INSERT OR IGNORE INTO told_event (event_id, customer_id, known_at, payload) VALUES (?, ?, ?, ?)"
_UNDER = f"SELECT {tables.COLUMNS} FROM told_event WHERE event_id = ?"  # noqa: S608 # our own words
_OF = f"SELECT {tables.COLUMNS} FROM told_event WHERE customer_id = ? ORDER BY seq"  # noqa: S608 # as above
_FOREVER = """
CREATE TRIGGER IF NOT EXISTS told_event_never_changes BEFORE UPDATE ON told_event
BEGIN SELECT RAISE(ABORT, 'told events are never changed'); END
"""


@dataclass(frozen=True)
class Ends:
    """When the newest event and the newest order or return became known, after so many commits."""

    commits: int
    newest: int
    feed_end: int


@dataclass
class SqliteStore:
    """An `EventStore` in one file. `open_sqlite` makes it; forgotten: removes the file of a trial.

    ends: as last read; no other process writes, so they hold until the writer commits again.
    """

    path: Path
    connection: sqlite3.Connection
    writer: group_commit.Writer
    lock: TextIO
    readers: LifoQueue[sqlite3.Connection] = field(default_factory=LifoQueue)
    forgotten: Callable[[], object] | None = None
    ends: Ends = Ends(-1, 0, 0)

    near = True

    def tell(self, events: Sequence[Kept]) -> list[Outcome]:
        """Keep what is new."""
        found: list[Outcome] = group_commit.done(self.writer, lambda to: [_tell(to, one) for one in events])
        return found

    def of_customers(self, customer_ids: Sequence[str], run: str = "") -> Mapping[str, Sequence[Kept]]:
        """The events of each customer who has any."""
        found: dict[str, list[Kept]] = defaultdict(list)
        with self._reading() as connection:
            for at in range(0, len(customer_ids), AT_ONCE):
                some = customer_ids[at : at + AT_ONCE]
                query = tables.of_customers(f"IN ({', '.join('?' * len(some))})", "?")
                for row in connection.execute(query, (*some, run)):
                    found[row[1]].append(Kept(*row))
        return found

    def everything(self) -> Iterator[Kept]:
        """All events, in the order in which they were kept."""
        with self._reading() as connection:
            for row in connection.execute(tables.EVERYTHING):
                yield Kept(*row)

    def newest(self) -> int:
        """When the newest event became known; 0 where there is none."""
        return self._ends().newest

    def feed_end(self) -> int:
        """When the newest order or return became known; 0 where there is none."""
        return self._ends().feed_end

    def bound(self, run: str = "") -> Mapping[str, int]:
        """Customers of whom a consent or a complaint was told."""
        with self._reading() as connection:
            return dict(connection.execute(tables.bound("?"), (run,)))

    def counts(self, run: str = "") -> tuple[int, int]:
        """How many events, and how many of them a batch holds."""
        with self._reading() as connection:
            events, held = connection.execute(tables.COUNTS.format(place="?"), (run,)).fetchone()
            return events, held

    def mark(self, run: str, event_ids: Sequence[str]) -> None:
        """These and no other events are held by the batch of `run`."""

        def job(to: sqlite3.Connection) -> None:
            to.execute("DELETE FROM held_event")
            to.executemany("INSERT INTO held_event VALUES (?, ?)", [(one, run) for one in event_ids])

        group_commit.done(self.writer, job)

    def erase(self, customer_id: str, at: int, amounts: Callable[[Sequence[Kept]], list[Amount]]) -> Erasure:
        """Remove a customer's events."""
        found: Erasure = group_commit.done(self.writer, lambda to: _erase(to, customer_id, at, amounts))
        return found

    def erased(self) -> frozenset[str]:
        """Customers who were erased."""
        with self._reading() as connection:
            return frozenset(row[0] for row in connection.execute(tables.ERASED))

    def close(self) -> None:
        """Write what waits, and let the next process in."""
        group_commit.stop(self.writer)
        while True:
            try:
                self.readers.get_nowait().close()
            except Empty:
                break
        self.connection.close()
        self.lock.close()
        if self.forgotten is not None:
            self.forgotten()

    def _ends(self) -> Ends:
        """The ends as of all that is committed."""
        ends, commits = self.ends, self.writer.commits.number
        if ends.commits != commits:
            with self._reading() as connection:
                newest, feed_end = (
                    connection.execute(sql).fetchone()[0] or 0 for sql in (tables.NEWEST, tables.FEED_END)
                )
            ends = self.ends = Ends(commits, newest, feed_end)
        return ends

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that reads as of one instant. Raises `StoreUnavailable`."""
        try:
            connection = self.readers.get_nowait()
        except Empty:
            connection = _connect(self.path)
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            connection.close()
            raise group_commit.unavailable(error) from error
        except BaseException:
            connection.close()
            raise
        self.readers.put(connection)


def open_sqlite(path: Path) -> SqliteStore:
    """Open the store in a file, which is made where there is none. Raises `StoreInUse`, `DamagedStore`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = process_lock.hold(path, StoreInUse, "store of events")
    try:
        connection = _connect(path)
        _prepare(connection, path)
    except BaseException:
        lock.close()
        raise
    return SqliteStore(path, connection, group_commit.start(connection), lock)


def read_sqlite(path: Path) -> Iterator[Kept]:
    """All events of the store in a file, beside the server that writes to it. Raises `DamagedStore`."""
    connection = _connect(path)
    try:
        connection.execute("PRAGMA query_only = ON")
        for row in connection.execute(tables.EVERYTHING):
            yield Kept(*row)
    except sqlite3.Error as error:
        raise _damaged(path, error) from error
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Journal, tables and format. A commit is on the disk before it is answered."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # who was erased is gone from the file too
        for statement in (*tables.statements(tables.SQLITE_SEQ), _FOREVER):
            connection.execute(statement)
        connection.execute("INSERT OR IGNORE INTO store_setting VALUES ('format', ?)", (tables.FORMAT,))
        found = connection.execute("SELECT value FROM store_setting WHERE name = 'format'").fetchone()[0]
    except sqlite3.Error as error:
        connection.close()
        raise _damaged(path, error) from error
    if found != tables.FORMAT:
        connection.close()
        raise _damaged(path, found)


def _tell(connection: sqlite3.Connection, told: Kept) -> Outcome:
    if connection.execute(f"{tables.ERASED} WHERE customer_id = ?", (told.customer_id,)).fetchone():
        return of_erased(told)
    values = (told.event_id, told.customer_id, told.known_at, told.payload)
    if connection.execute(_INSERT, values).rowcount:
        return outcome_of(told, told, is_new=True)
    return outcome_of(told, Kept(*connection.execute(_UNDER, (told.event_id,)).fetchone()), is_new=False)


def _erase(
    connection: sqlite3.Connection,
    customer_id: str,
    at: int,
    amounts: Callable[[Sequence[Kept]], list[Amount]],
) -> Erasure:
    events = [Kept(*row) for row in connection.execute(_OF, (customer_id,))]
    pseudonym, kept = token_hex(8), amounts(events)
    connection.executemany(
        "INSERT INTO erased_amount VALUES (?, ?, ?)", [(pseudonym, one.at, one.amount_minor) for one in kept]
    )
    connection.executemany("DELETE FROM held_event WHERE event_id = ?", [(one.event_id,) for one in events])
    connection.execute("DELETE FROM told_event WHERE customer_id = ?", (customer_id,))
    connection.execute("INSERT OR IGNORE INTO erased_customer VALUES (?, ?)", (customer_id, at))
    return Erasure(len(events), len(kept), pseudonym)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _damaged(path: Path, given: object) -> DamagedStore:
    return DamagedStore(
        "the file holds no store of events that this version can read",
        allowed=f"a store of format {tables.FORMAT}",
        given=f"{path}: {given}",
        remedy="Correct HOLDFAST_STORE_URL, or run the version that wrote it.",
    )
