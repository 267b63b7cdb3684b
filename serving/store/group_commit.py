"""One thread writes, as many jobs in a transaction as wait: the disk is waited for once for them all."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from serving.store.refusals import StoreUnavailable

MOST_IN_A_BATCH = 256
LOOK_SECONDS = 1.0

Job = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True)
class Waiting:
    """A job, and who waits for its result."""

    job: Job
    result: Future[Any]


@dataclass
class Commits:
    """How many transactions are on the disk: by which it is seen whether what was read still holds."""

    number: int = 0


@dataclass(frozen=True)
class Writer:
    """The thread, the lane in which jobs wait for it, None to end it, and what it has committed."""

    lane: SimpleQueue[Waiting | None]
    thread: Thread
    commits: Commits


def start(connection: sqlite3.Connection) -> Writer:
    """Start the thread, which alone uses this connection."""
    lane: SimpleQueue[Waiting | None] = SimpleQueue()
    commits = Commits()
    thread = Thread(target=_run, args=(connection, lane, commits), name="event writer", daemon=True)
    thread.start()
    return Writer(lane, thread, commits)


def stop(writer: Writer) -> None:
    """Do what waits, and end the thread."""
    writer.lane.put(None)
    writer.thread.join()


def done(writer: Writer, job: Job) -> Any:
    """The job's result, when it is on the disk. Raises `StoreUnavailable`: then nothing of it was done."""
    result: Future[Any] = Future()
    writer.lane.put(Waiting(job, result))
    while True:
        try:
            return result.result(timeout=LOOK_SECONDS)
        except TimeoutError:
            # Closed meanwhile, or ended by a mistake that the log tells of: nobody will answer.
            if not writer.thread.is_alive() and not result.done():
                remedy = "Start the server again."
                raise StoreUnavailable("the store of events is closed", remedy=remedy) from None


def _run(connection: sqlite3.Connection, lane: SimpleQueue[Waiting | None], commits: Commits) -> None:
    while (first := lane.get()) is not None:
        batch = [first]
        ending = False
        while len(batch) < MOST_IN_A_BATCH and not ending:
            try:
                following = lane.get_nowait()
            except Empty:
                break
            if following is None:
                ending = True
            else:
                batch.append(following)
        _commit(connection, batch, commits)
        if ending:
            return


def _commit(connection: sqlite3.Connection, batch: list[Waiting], commits: Commits) -> None:
    """All in one transaction: nobody is answered before it is on the disk, and all fail if it fails."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        results = [each.job(connection) for each in batch]
        connection.execute("COMMIT")
        commits.number += 1
    except sqlite3.Error as error:
        _roll_back(connection)
        for each in batch:
            each.result.set_exception(unavailable(error))
        return
    except BaseException as error:
        # A mistake of ours: nothing of it is kept, nobody waits for ever, and the thread ends loudly.
        _roll_back(connection)
        for each in batch:
            each.result.set_exception(error)
        raise
    for each, result in zip(batch, results, strict=True):
        each.result.set_result(result)


def unavailable(error: sqlite3.Error) -> StoreUnavailable:
    """What a database that fails means to whoever asked."""
    return StoreUnavailable(
        "the store of events could not be used, and nothing of this was kept",
        given=str(error),
        remedy="See that its disk has room and that no other program locks the file; then send it again.",
    )


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
