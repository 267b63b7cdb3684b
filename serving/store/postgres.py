"""The store in PostgreSQL, which several servers can share."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex

import psycopg

from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger.postgres.connections import Connection, Pool, close, connected
from serving.store import tables
from serving.store.kept import Amount, Erasure, Kept, Outcome, of_erased, outcome_of
from serving.store.refusals import DamagedStore, StoreUnavailable

NUL = "\0"  # in no text of PostgreSQL's, so nobody of whom anything is kept has it in their id

# Servers that start at once make the tables one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1215262822, 2)"
_INSERT = (
    "INSERT INTO told_event (event_id, customer_id, known_at, payload) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (event_id) DO NOTHING"
)
_UNDER = f"SELECT {tables.COLUMNS} FROM told_event WHERE event_id = %s"  # noqa: S608 # our own words
_OF = f"SELECT {tables.COLUMNS} FROM told_event WHERE customer_id = %s ORDER BY seq"  # noqa: S608 # as above
# Two that tell of one customer wait for neither; whoever erases waits for all who tell of that customer.
_TELLING = "SELECT pg_advisory_xact_lock_shared(1215262823, hashtext(%s))"
_ERASING = "SELECT pg_advisory_xact_lock(1215262823, hashtext(%s))"


@dataclass
class PostgresStore:
    """An `EventStore` in a database. `open_postgres` makes it."""

    pool: Pool

    near = False

    def tell(self, events: Sequence[Kept]) -> list[Outcome]:
        """Keep what is new, in order of names: two requests that share events never block each other."""
        order = sorted(range(len(events)), key=lambda place: events[place].event_id)
        with self._transaction() as connection:
            _wait_for_erasures(connection, {one.customer_id for one in events})
            told = {place: _tell(connection, events[place]) for place in order}
        return [told[place] for place in range(len(events))]

    def of_customers(self, customer_ids: Sequence[str], run: str = "") -> Mapping[str, Sequence[Kept]]:
        """The events of each customer who has any."""
        found: dict[str, list[Kept]] = defaultdict(list)
        query = tables.of_customers("= ANY (%s)", "%s")
        with self._transaction() as connection:
            for row in connection.execute(query, ([one for one in customer_ids if NUL not in one], run)):
                found[row[1]].append(Kept(*row))
        return found

    def everything(self) -> Iterator[Kept]:
        """All events, in the order in which they were kept."""
        with self._transaction() as connection, connection.cursor("everything") as cursor:
            for row in cursor.execute(tables.EVERYTHING):
                yield Kept(*row)

    def newest(self) -> int:
        """When the newest event became known; 0 where there is none."""
        with self._transaction() as connection:
            (newest,) = connection.execute(tables.NEWEST).fetchone() or (0,)
            return newest or 0

    def feed_end(self) -> int:
        """When the newest order or return became known; 0 where there is none."""
        with self._transaction() as connection:
            (newest,) = connection.execute(tables.FEED_END).fetchone() or (0,)
            return newest or 0

    def bound(self, run: str = "") -> Mapping[str, int]:
        """Customers of whom a consent or a complaint was told."""
        query = tables.bound("%s").replace("%", "%%").replace("%%s", "%s")  # the rest are LIKE's own
        with self._transaction() as connection:
            return dict(connection.execute(query, (run,)).fetchall())

    def counts(self, run: str = "") -> tuple[int, int]:
        """How many events, and how many of them a batch holds."""
        with self._transaction() as connection:
            query = tables.COUNTS.format(place="%s")
            events, held = connection.execute(query, (run,)).fetchone() or (0, 0)
            return events, held

    def mark(self, run: str, event_ids: Sequence[str]) -> None:
        """These and no other events are held by the batch of `run`."""
        with self._transaction() as connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM held_event")
            cursor.executemany(
                "INSERT INTO held_event VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [(one, run) for one in sorted(event_ids)],
            )

    def erase(self, customer_id: str, at: int, amounts: Callable[[Sequence[Kept]], list[Amount]]) -> Erasure:
        """Remove a customer's events."""
        with self._transaction() as connection, connection.cursor() as cursor:
            cursor.execute(_ERASING, (customer_id,))
            events = [Kept(*row) for row in cursor.execute(_OF, (customer_id,))]
            pseudonym, kept = token_hex(8), amounts(events)
            cursor.executemany(
                "INSERT INTO erased_amount VALUES (%s, %s, %s)",
                [(pseudonym, one.at, one.amount_minor) for one in kept],
            )
            names = [one.event_id for one in events]
            cursor.execute("DELETE FROM held_event WHERE event_id = ANY (%s)", (names,))
            cursor.execute("DELETE FROM told_event WHERE customer_id = %s", (customer_id,))
            cursor.execute(
                "INSERT INTO erased_customer VALUES (%s, %s) ON CONFLICT DO NOTHING", (customer_id, at)
            )
        return Erasure(len(events), len(kept), pseudonym)

    def erased(self) -> frozenset[str]:
        """Customers who were erased."""
        with self._transaction() as connection:
            return frozenset(row[0] for row in connection.execute(tables.ERASED))

    def close(self) -> None:
        """Let go of the database."""
        close(self.pool)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A connection within a transaction. Raises `StoreUnavailable`."""
        try:
            with connected(self.pool) as connection, connection.transaction():
                yield connection
        except (LedgerUnavailable, psycopg.Error) as error:
            raise StoreUnavailable(
                "the store of events did not answer",
                given=str(error.given if isinstance(error, LedgerUnavailable) else error),
                remedy="Send it again: what was kept already is not kept twice.",
            ) from error


def open_postgres(url: str) -> PostgresStore:
    """Open the store in a database; its tables are made where there are none. Raises `DamagedStore`."""
    store = PostgresStore(Pool(url))
    with store._transaction() as connection:  # noqa: SLF001 # made here
        connection.execute(_ONE_AT_A_TIME)
        for statement in tables.statements(tables.POSTGRES_SEQ):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO store_setting VALUES ('format', %s) ON CONFLICT DO NOTHING", (tables.FORMAT,)
        )
        found = connection.execute("SELECT value FROM store_setting WHERE name = 'format'").fetchone()
    if found != (tables.FORMAT,):
        raise DamagedStore(
            "the database holds no store of events that this version can read",
            allowed=f"a store of format {tables.FORMAT}",
            given=found,
            remedy="Correct HOLDFAST_STORE_URL, or run the version that wrote it.",
        )
    return store


def _wait_for_erasures(connection: Connection, customers: set[str]) -> None:
    for customer in sorted(customers):
        connection.execute(_TELLING, (customer,))


def _tell(connection: Connection, told: Kept) -> Outcome:
    erased = f"{tables.ERASED} WHERE customer_id = %s"
    if connection.execute(erased, (told.customer_id,)).fetchone():
        return of_erased(told)
    values = (told.event_id, told.customer_id, told.known_at, told.payload)
    if connection.execute(_INSERT, values).rowcount:
        return outcome_of(told, told, is_new=True)
    row = connection.execute(_UNDER, (told.event_id,)).fetchone()
    return outcome_of(told, None if row is None else Kept(*row), is_new=False)
