"""The ledger in PostgreSQL, for any number of servers. Functions in the database decide and write."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from secrets import token_hex
from typing import Any, TypeVar

from psycopg.errors import LockNotAvailable
from starlette.concurrency import run_in_threadpool

from models.domain.errors import InvalidSetting
from models.domain.ledger.commands import Command, Write, operation
from models.domain.ledger.entries import heads_digest
from models.domain.ledger.refusals import LedgerUnavailable
from models.domain.ledger.replay import Anchor
from serving.ledger import reads
from serving.ledger.answers import Answer, answer_from, in_flight, reused
from serving.ledger.postgres.connections import AT_ONCE, Connection, Pool, close, connected
from serving.ledger.revision import HEAD, OF_TABLES
from serving.ledger.store import Redemption, Snapshot, check_currency, kept_currency

T = TypeVar("T")

SHARDS = 16
EXPIRED_AT_ONCE = 500
PAUSES_SECONDS = (0.0, 0.05, 0.1, 0.2)

_WRITE = "SELECT how, answer FROM ledger_write(%s::jsonb)"
_PREVIEW = "SELECT ledger_decide(%s::jsonb)::text"
_AS_OF_NOW = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITERS_WAIT = "LOCK TABLE entry IN SHARE MODE"
_RECORD = "INSERT INTO redemption SELECT %s, %s, %s, %s, ledger_clock() ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class PostgresLedger:
    """A `Ledger` in PostgreSQL. `open_postgres` makes it."""

    pool: Pool
    currency: str

    near = False

    def write(self, made: Write) -> Answer:
        """Do a command once, in one round trip. Raises a `LedgerRefusal`."""
        check_currency(made.command, self.currency)
        how, answer = self._tried(lambda on: _row(on, _WRITE, (as_json(made),)))
        if how == "in_flight":
            raise in_flight(made)
        if how == "reused":
            raise reused(made.key)
        return answer_from(json.loads(answer), repeated=how == "kept")

    async def write_soon(self, made: Write) -> Answer:
        """The same by a thread that waits."""
        return await run_in_threadpool(self.write, made)

    def preview(self, command: Command) -> Answer:
        """What a command would be answered now. Raises a `LedgerRefusal`."""
        check_currency(command, self.currency)
        # A name of its own: two trials at once would wait for each other.
        asked = as_json(Write(client="preview", key=token_hex(16), command=command))
        with connected(self.pool, "BEGIN") as on:
            (answer,) = _row(on, _PREVIEW, (asked,))
            on.execute("ROLLBACK")
        named = {"reservation_id": getattr(command, "reservation_id", None)}
        return answer_from(json.loads(answer) | named)

    def set_limit(self, budget: str, limit_minor: int | None, *, actor: str, reason: str) -> None:
        """Give a budget another limit."""
        values = (budget, limit_minor, actor, reason)
        self._tried(lambda on: _row(on, "SELECT ledger_set_limit(%s, %s, %s, %s)", values))

    def expire_due(self) -> int:
        """Expire what is due; how many reservations did."""
        return int(self._tried(lambda on: _row(on, "SELECT ledger_sweep(%s)", (EXPIRED_AT_ONCE,)))[0])

    def anchor(self) -> Anchor | None:
        """Write an anchor over all heads; writers wait meanwhile."""
        return self._tried(_anchor)

    def record(self, redemption: Redemption) -> bool:
        """Keep a redemption; false where its id is known."""
        one = redemption
        values = (one.id, one.reservation_id, one.amount_minor, one.redeemed_at)
        return self._tried(lambda on: on.execute(_RECORD, values).rowcount == 1)

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read many things as of one instant."""
        return snapshot_of(self.pool)

    def ask(self, sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """The rows of one SELECT, in one round trip."""
        return iter(self._tried(lambda on: on.execute(_placed(sql), values, prepare=True).fetchall()))

    def close(self) -> None:
        """Close the connections."""
        close(self.pool)

    def _tried(self, job: Callable[[Connection], T]) -> T:
        """Run a job, again where the database asks for that or the connection broke: keys make it safe."""
        for pause in PAUSES_SECONDS:
            try:
                with connected(self.pool) as connection:
                    return job(connection)
            except LedgerUnavailable as error:
                if isinstance(error.__cause__, LockNotAvailable):
                    raise  # it has waited long enough, and so has whoever asks
                time.sleep(pause)
        with connected(self.pool) as connection:
            return job(connection)


def open_postgres(
    url: str, currency: str | None, *, shards: int = SHARDS, at_once: int = AT_ONCE
) -> PostgresLedger:
    """Open the ledger at a libpq URL; a new one counts in `currency` and splits budgets into `shards`.

    Raises `OtherCurrency`, `LedgerUnavailable`, and `InvalidSetting` for a database that is not in UTF-8.
    """
    pool = Pool(url, at_once)
    with connected(pool) as connection:
        _check_encoding(connection)
        up_to_date = _is_up_to_date(connection)
    if not up_to_date:
        from serving.ledger.migrate import migrate  # noqa: PLC0415 # half a second, once

        migrate(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with connected(pool) as connection:
        made = {"currency": currency, "shards": str(shards)} if currency else {}
        for name, value in made.items():
            sql = "INSERT INTO ledger_setting VALUES (%s, %s) ON CONFLICT DO NOTHING"
            connection.execute(sql, (name, value))
    with snapshot_of(pool) as rows:
        return PostgresLedger(pool, kept_currency(reads.setting(rows, "currency"), currency))


def as_json(made: Write) -> str:
    """A write as the database's function takes it."""
    scope = {
        "client": made.client,
        "key": made.key,
        "payload": made.asked,
        "operation": operation(made.command),
    }
    new = {"reservation_id": made.reservation_id}
    return json.dumps(new | asdict(made.command) | scope)


def _row(connection: Connection, sql: str, values: Sequence[object]) -> tuple[Any, ...]:
    found = connection.execute(sql, values, prepare=True).fetchone()
    if found is None:
        raise AssertionError(sql)
    return found


def _anchor(connection: Connection) -> Anchor | None:
    with connection.transaction():
        connection.execute(_WRITERS_WAIT)
        found = list(connection.execute("SELECT customer_id, entries, head FROM account WHERE entries > 0"))
        written = sum(entries for _, entries, _ in found)
        (last,) = _row(connection, "SELECT coalesce(max(entries), 0) FROM anchor", ())
        if written == last:
            return None
        seq, at = _row(connection, "SELECT max(seq), ledger_now(0) FROM entry", ())
        anchor = Anchor(seq, at, written, heads_digest(found))
        values = (anchor.seq, anchor.at, anchor.entries, anchor.digest)
        connection.execute("INSERT INTO anchor VALUES (%s, %s, %s, %s)", values)
        return anchor


@contextmanager
def snapshot_of(pool: Pool) -> Iterator[Snapshot]:
    """Read as of one instant; rows come as they are asked for."""
    with connected(pool, _AS_OF_NOW) as connection:
        numbers = count()  # cursors of one transaction are told apart by their names

        def rows(sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
            with connection.cursor(name=f"rows_{next(numbers)}") as cursor:
                cursor.itersize = 5_000
                cursor.execute(_placed(sql), values)
                yield from cursor

        yield rows
        connection.execute("COMMIT")


def _placed(sql: str) -> str:
    """A statement whose parameters are written as psycopg wants them."""
    return sql.replace("?", "%s")


@contextmanager
def reading_server(url: str) -> Iterator[Snapshot]:
    """Read as of one instant by a connection of its own."""
    pool = Pool(url)
    try:
        with snapshot_of(pool) as rows:
            yield rows
    finally:
        close(pool)


def _is_up_to_date(connection: Connection) -> bool:
    (made,) = _row(connection, "SELECT to_regclass('alembic_version')", ())
    return made is not None and connection.execute(OF_TABLES).fetchone() == (HEAD,)


def _check_encoding(connection: Connection) -> None:
    (encoding,) = _row(connection, "SHOW server_encoding", ())
    if encoding != "UTF8":
        raise InvalidSetting(
            "the ledger's database does not keep UTF-8",
            allowed="UTF8",
            given=encoding,
            remedy="Create it with ENCODING 'UTF8'.",
        )
