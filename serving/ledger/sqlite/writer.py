"""One thread writes, as many commands in a transaction as wait: the disk is waited for once for them all."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from models.domain.errors import HoldfastError
from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger.sqlite.transaction import Batch, Clock, begin, commit

MOST_IN_A_BATCH = 256

Job = Callable[[Batch], Any]


@dataclass
class Waiting:
    """A job, and what came of it once `there` can be had: a bare lock is the cheapest way to wait.

    result: or the error to raise.
    """

    job: Job
    there: Lock = field(default_factory=Lock)
    result: object = None

    def __post_init__(self) -> None:
        self.there.acquire()

    def tell(self, result: object) -> None:
        """Let whoever waits have it."""
        self.result = result
        self.there.release()


Lane = SimpleQueue[Waiting | None]


def start(connection: sqlite3.Connection, clock: Clock, currency: str) -> tuple[Lane, Thread]:
    """Start the thread; None in its lane ends it after what came before."""
    lane: Lane = SimpleQueue()
    thread = Thread(target=_run, args=(connection, clock, currency, lane), name="ledger writer", daemon=True)
    thread.start()
    return lane, thread


def submit(lane: Lane, job: Job) -> Waiting:
    """Queue a job; its result is there when it is on the disk."""
    waiting = Waiting(job)
    lane.put(waiting)
    return waiting


def _run(connection: sqlite3.Connection, clock: Clock, currency: str, lane: Lane) -> None:
    going = True
    while going:
        batch, going = _gather(lane)
        _commit(connection, clock, currency, batch)


def _gather(lane: Lane) -> tuple[list[Waiting], bool]:
    """What waits, at least one unless this is the end; and whether to go on."""
    first = lane.get()
    if first is None:
        return [], False
    found = [first]
    while len(found) < MOST_IN_A_BATCH:
        try:
            one = lane.get_nowait()
        except Empty:
            break
        if one is None:
            return found, False
        found.append(one)
    return found, True


def _commit(connection: sqlite3.Connection, clock: Clock, currency: str, waiting: Sequence[Waiting]) -> None:
    """All in one transaction. Nobody is answered before it is on the disk, and all fail if it fails."""
    if not waiting:
        return
    try:
        batch = begin(connection, clock, currency)
        results = [_done(one.job, batch) for one in waiting]
        commit(batch)
    except sqlite3.Error as error:
        _roll_back(connection)
        for one in waiting:
            one.tell(_unavailable(error))
        return
    except BaseException as error:
        # A mistake of ours: nothing of it is kept, nobody waits for ever, and the thread ends loudly.
        _roll_back(connection)
        for one in waiting:
            one.tell(error)
        raise
    for one, result in zip(waiting, results, strict=True):
        one.tell(result)


def _done(job: Job, batch: Batch) -> object:
    """The job's result, or its refusal: a refused job has written nothing."""
    try:
        return job(batch)
    except HoldfastError as refused:
        return refused


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _unavailable(error: sqlite3.Error) -> LedgerUnavailable:
    return LedgerUnavailable(
        "the ledger could not write, and nothing of this was done",
        given=str(error),
        remedy="See that its disk has room and that no other program locks the file; then send it again.",
    )
