"""Connections to PostgreSQL: a few that are kept open, each used by one thread at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, LifoQueue
from threading import BoundedSemaphore

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from models.domain.ledger.refusals import LedgerUnavailable

Connection = psycopg.Connection[TupleRow]

AT_ONCE = 32
WAIT_SECONDS = 30.0

# A commit is on the disk before it is answered, whatever the server's own default is; and nobody waits for
# ever behind a connection that hangs.
_SETTINGS = "-c synchronous_commit=on -c lock_timeout=20s -c idle_in_transaction_session_timeout=60s"


@dataclass
class Pool:
    """Where to connect, what is free, and how many may work at once."""

    url: str
    at_once: int = AT_ONCE
    free: LifoQueue[Connection] = field(default_factory=LifoQueue)
    places: BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self.places = BoundedSemaphore(self.at_once)


@contextmanager
def connected(pool: Pool, begin: str = "") -> Iterator[Connection]:
    """A connection in autocommit mode, or in the transaction that `begin` begins and the caller ends.

    One that failed is not used again. Raises `LedgerUnavailable`; with `begin`, a free connection that died
    meanwhile makes way for a new one.
    """
    if not pool.places.acquire(timeout=WAIT_SECONDS):
        raise LedgerUnavailable(
            "the ledger is too busy", given=f"{pool.at_once} at once", remedy="Send it again in a moment."
        )
    try:
        connection = _free(pool, begin) or _new(pool)
        try:
            if begin and connection.info.transaction_status is TransactionStatus.IDLE:  # it is new
                connection.execute(begin)
            yield connection
        except psycopg.OperationalError as error:
            connection.close()
            close(pool)  # what is free was opened to the same server, and may be as dead
            raise unavailable(error) from error
        except BaseException:
            connection.close()
            raise
        pool.free.put(connection)
    finally:
        pool.places.release()


def close(pool: Pool) -> None:
    """Close what is free."""
    while True:
        try:
            pool.free.get_nowait().close()
        except Empty:
            return


def unavailable(error: psycopg.Error) -> LedgerUnavailable:
    """What a broken connection means: the write may have happened or not."""
    return LedgerUnavailable(
        "the ledger's database did not answer",
        given=str(error),
        remedy="Send it again with the same key: it will not be done twice.",
    )


def _free(pool: Pool, begin: str) -> Connection | None:
    """A free connection; None where there is none, or none on which a transaction begins."""
    try:
        connection = pool.free.get_nowait()
    except Empty:
        return None
    try:
        if begin:
            connection.execute(begin)
    except psycopg.OperationalError:
        connection.close()
        close(pool)  # as dead as this one, most likely
        return None
    return connection


def _new(pool: Pool) -> Connection:
    try:
        return psycopg.connect(pool.url, autocommit=True, options=_SETTINGS)
    except psycopg.OperationalError as error:
        raise unavailable(error) from error
