"""One thread writes, as many commands in a transaction as wait: the disk is waited for once for them all."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from models.domain.errors import HoldfastError
from models.domain.ledger.refusals import LedgerUnavailable
from serving.ledger.sqlite.transaction import Batch, Clock, begin, commit

MOST_IN_A_BATCH = 256

Job = Callable[[Batch], Any]


@dataclass(frozen=True)
class Waiting:
    """A job, and who is told its result, or the error to raise, by the writer's thread."""

    job: Job
    tell: Callable[[object], None]


@dataclass
class Lane:
    """Where jobs wait for the thread; None ends it after what came before. closed: it reads no more."""

    jobs: SimpleQueue[Waiting | None] = field(default_factory=SimpleQueue)
    closed: bool = False


def start(connection: sqlite3.Connection, clock: Clock, currency: str) -> tuple[Lane, Thread]:
    """Start the thread that alone uses this connection."""
    lane = Lane()
    thread = Thread(target=_run, args=(connection, clock, currency, lane), name="ledger writer", daemon=True)
    thread.start()
    return lane, thread


def submit(lane: Lane, job: Job, tell: Callable[[object], None]) -> None:
    """Queue a job; its result is told when it is on the disk, and of a closed lane that it is closed."""
    lane.jobs.put(Waiting(job, tell))
    if lane.closed:  # the thread may have turned away what waited before this came
        _turn_away(lane)


def _run(connection: sqlite3.Connection, clock: Clock, currency: str, lane: Lane) -> None:
    going = True
    try:
        while going:
            batch, going = _gather(lane)
            _commit(connection, clock, currency, batch)
    finally:  # at the end, or after a mistake of ours: nobody waits for ever
        lane.closed = True
        _turn_away(lane)


def _turn_away(lane: Lane) -> None:
    """Tell whoever waits that nobody writes any more."""
    while True:
        try:
            one = lane.jobs.get_nowait()
        except Empty:
            return
        if one is not None:
            one.tell(LedgerUnavailable("the ledger is closed", remedy="Start the server again."))


def _gather(lane: Lane) -> tuple[list[Waiting], bool]:
    """What waits, at least one unless this is the end; and whether to go on."""
    first = lane.jobs.get()
    if first is None:
        return [], False
    found = [first]
    while len(found) < MOST_IN_A_BATCH:
        try:
            one = lane.jobs.get_nowait()
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
        _fail(connection, waiting, _unavailable(error))
        return
    except BaseException as error:
        # A mistake of ours: nothing of it is kept, nobody waits for ever, and the thread ends loudly.
        _fail(connection, waiting, error)
        raise
    for one, result in zip(waiting, results, strict=True):
        one.tell(result)


def _done(job: Job, batch: Batch) -> object:
    """The job's result, or its refusal: a refused job has written nothing."""
    try:
        return job(batch)
    except HoldfastError as refused:
        return refused


def _fail(connection: sqlite3.Connection, waiting: Sequence[Waiting], error: BaseException) -> None:
    """Nothing of it is kept, and all are told so: also where not even that can be said to the file."""
    try:
        _roll_back(connection)
    finally:
        for one in waiting:
            one.tell(error)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _unavailable(error: sqlite3.Error) -> LedgerUnavailable:
    return LedgerUnavailable(
        "the ledger could not write, and nothing of this was done",
        given=str(error),
        remedy="See that its disk has room and that no other program locks the file; then send it again.",
    )
