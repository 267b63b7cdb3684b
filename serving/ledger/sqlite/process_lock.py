"""One process writes to a file: a lock of the operating system, which ends with its process."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from models.domain.errors import HoldfastError
from models.domain.ledger.refusals import LedgerInUse


def hold(database: Path, refusal: type[HoldfastError] = LedgerInUse, what: str = "ledger") -> TextIO:
    """Lock the file beside a database; closing it gives the lock back. Raises `refusal`."""
    held = database.with_name(f"{database.name}.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        holder = held.read(20).strip()
        held.close()
        raise refusal(
            f"another process writes to this {what}",
            given=f"{database}, process {holder}",
            remedy=f"Stop that process, or keep the {what} in PostgreSQL, which several servers can share.",
        ) from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held
