"""Who is at work in a folder: the lock of a nightly run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.domain.findings import Finding, note, well

NIGHTLY = Path("var") / "nightly.lock"
DVC = Path(".dvc") / "tmp" / "rwlock"


@contextmanager
def alone(lock: Path) -> Iterator[int | None]:
    """Hold a lock as long as the block runs; yields None, or the process that has it, and then holds nothing.

    The operating system gives the lock back however its process ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            yield int(held.read().strip() or 0)
            return
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield None


def nightly_lock(lock: Path) -> Finding:
    """Whether a nightly run is under way."""
    if not lock.is_file():
        return well("nightly run", "none is under way")
    with alone(lock) as holder:
        if holder is None:
            return well("nightly run", "none is under way")
    return note("nightly run", f"process {holder} is at it", "Wait for it; a second one is refused.")


def dvc_lock(lock: Path) -> Finding:
    """Whether DVC works in the folder, or once did and never came to an end."""
    if not lock.is_file() or not lock.read_text().strip("{} \n"):
        return well("DVC", "nothing is under way")
    remedy = f"Wait for it. If no `dvc` runs, remove {lock}."
    return note("DVC", "it reads or writes files of the pipeline, or was killed at it", remedy)
