"""The ledger in a file, for one server process."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TextIO

from models.domain.ledger.commands import Command, Write, operation
from models.domain.ledger.entries import heads_digest
from models.domain.ledger.replay import Anchor
from serving.ledger import reads
from serving.ledger.answers import Answer, answer_from, in_flight
from serving.ledger.sqlite import apply, connections, process_lock, writer
from serving.ledger.sqlite.transaction import Batch, Budgets, Clock, last_of
from serving.ledger.store import Redemption, Snapshot, check_currency, kept_currency

EXPIRED_AT_ONCE = 500
NOBODY = "nobody"


def system_clock() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1_000


@dataclass
class SqliteLedger:
    """A `Ledger` in one file. `open_sqlite` makes it."""

    path: Path
    currency: str
    clock: Clock
    lane: writer.Lane
    thread: Thread
    connection: sqlite3.Connection
    lock: TextIO
    readers: connections.Readers
    guard: Lock = field(default_factory=Lock)
    under_way: set[tuple[str, str, str]] = field(default_factory=set)

    near = True

    def write(self, made: Write) -> Answer:
        """Do a command once. Raises a `LedgerRefusal`, `KeyInFlight` while it is under way."""
        with self._alone(made):
            facts, repeated = self._wait(lambda batch: apply.write(batch, made))
        return answer_from(facts, repeated=repeated)

    async def write_soon(self, made: Write) -> Answer:
        """The same without a thread that waits."""
        with self._alone(made):
            facts, repeated = await self._told_of(lambda batch: apply.write(batch, made))
        return answer_from(facts, repeated=repeated)

    def preview(self, command: Command) -> Answer:
        """What a command would be answered now. Raises a `LedgerRefusal`."""
        check_currency(command, self.currency)
        with connections.borrowed(self.readers) as connection:
            now = max(self.clock(), last_of(connection)[1])
            decision = apply.decided(connection, command, NOBODY, now, Budgets())
        return answer_from({**decision.answer, "reservation_id": None} | _named(command))

    def set_limit(self, budget: str, limit_minor: int | None, *, actor: str, reason: str) -> None:
        """Give a budget another limit."""
        self._wait(lambda batch: apply.set_limit(batch, budget, limit_minor, actor, reason))

    def expire_due(self) -> int:
        """Expire what is due; how many reservations did."""
        return int(self._wait(lambda batch: apply.expire_due(batch, EXPIRED_AT_ONCE)))

    def anchor(self) -> Anchor | None:
        """Write an anchor over all heads."""
        found: Anchor | None = self._wait(_anchor)
        return found

    def record(self, redemption: Redemption) -> bool:
        """Keep a redemption; false where its id is known."""
        return bool(self._wait(lambda batch: _record(batch, redemption)))

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read many things as of one instant."""
        return connections.snapshot_from(self.readers)

    def ask(self, sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """The rows of one SELECT."""
        return iter(connections.asked(self.readers, sql, values))

    def close(self) -> None:
        """Write what waits, and let the next process in."""
        self.lane.jobs.put(None)
        self.thread.join()
        connections.close(self.readers)
        self.connection.close()
        self.lock.close()

    @contextmanager
    def _alone(self, made: Write) -> Iterator[None]:
        """Refuse a write whose key is under way, and what is in another currency."""
        check_currency(made.command, self.currency)
        scope = (made.client, operation(made.command), made.key)
        with self.guard:
            if scope in self.under_way:
                raise in_flight(made)
            self.under_way.add(scope)
        try:
            yield
        finally:
            with self.guard:
                self.under_way.remove(scope)

    def _wait(self, job: writer.Job) -> Any:
        """The job's result. A queue of one is the cheapest way to wait for it."""
        result: SimpleQueue[object] = SimpleQueue()
        writer.submit(self.lane, job, result.put)
        return _or_raise(result.get())

    async def _told_of(self, job: writer.Job) -> Any:
        """The same for a coroutine. A loop that was closed meanwhile has nobody left to be told."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[object] = loop.create_future()

        def tell(found: object) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_put, result, found)

        writer.submit(self.lane, job, tell)
        return _or_raise(await result)


def open_sqlite(path: Path, currency: str | None, clock: Clock = system_clock) -> SqliteLedger:
    """Open the ledger in a file for writing; a new one counts in `currency`.

    Raises `LedgerInUse` while another process has it, `OtherCurrency` where it counts in another one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = process_lock.hold(path)
    try:
        connection = connections.writing(path)
        if not connections.is_up_to_date(connection):
            from serving.ledger.migrate import migrate  # noqa: PLC0415 # half a second, once

            migrate(f"sqlite:///{path}")
        kept = _currency(connection, currency)
    except BaseException:
        lock.close()
        raise
    lane, thread = writer.start(connection, clock, kept)
    return SqliteLedger(path, kept, clock, lane, thread, connection, lock, connections.Readers(path))


def _currency(connection: sqlite3.Connection, currency: str | None) -> str:
    if currency is not None:
        connection.execute("INSERT OR IGNORE INTO ledger_setting VALUES ('currency', ?)", (currency,))
    found = connection.execute("SELECT value FROM ledger_setting WHERE name = 'currency'").fetchone()
    return kept_currency(found[0] if found else None, currency)


def _put(result: asyncio.Future[object], found: object) -> None:
    if not result.done():  # whoever asked may have gone
        result.set_result(found)


def _or_raise(found: object) -> Any:
    if isinstance(found, BaseException):
        raise found
    return found


def _anchor(batch: Batch) -> Anchor | None:
    def rows(sql: str, values: Any) -> Iterator[tuple[Any, ...]]:
        return iter(batch.connection.execute(sql, values))

    found = list(reads.heads(rows))
    written = sum(count for _, count, _ in found)
    last = batch.connection.execute("SELECT max(entries) FROM anchor").fetchone()[0]
    if written == (last or 0):
        return None
    anchor = Anchor(batch.last_seq, batch.now(), written, heads_digest(found))
    batch.connection.execute(
        "INSERT INTO anchor VALUES (?, ?, ?, ?)", (anchor.seq, anchor.at, anchor.entries, anchor.digest)
    )
    return anchor


def _record(batch: Batch, one: Redemption) -> bool:
    found = batch.connection.execute(
        "INSERT OR IGNORE INTO redemption VALUES (?, ?, ?, ?, ?)",
        (one.id, one.reservation_id, one.amount_minor, one.redeemed_at, batch.now()),
    )
    return found.rowcount == 1


def _named(command: Command) -> dict[str, object]:
    """A preview makes no reservation, but one that there is keeps its id."""
    named = getattr(command, "reservation_id", None)
    return {} if named is None else {"reservation_id": named}
