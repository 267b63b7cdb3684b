"""Who asked about which customers, when: a line for each answer, in a file of each day that only grows.

Lines hold ids, never names, amounts or answers. A line is written before its answer is sent: what cannot be
written down is not told.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.domain.instants import DAY, from_micros
from serving.operation.lines import line_of
from serving.refusals import AuditUnavailable


@dataclass
class AuditTrail:
    """Where lines go, and the file that is open for a day since 1970 (UTC). clock: microseconds."""

    folder: Path
    clock: Callable[[], int]
    day: int | None = None
    descriptor: int | None = field(default=None, repr=False)


def write_line(trail: AuditTrail, facts: Mapping[str, object]) -> None:
    """Append one line with the instant and `facts`, of which there is one. Raises `AuditUnavailable`."""
    now = trail.clock()
    line = line_of(now, facts).encode()
    try:
        written = os.write(_file_of(trail, now // DAY), line)
    except OSError as error:
        raise _unavailable(trail, error.strerror or "") from error
    if written < len(line):
        raise _unavailable(trail, "the disk is full")


def close(trail: AuditTrail) -> None:
    """Close the file of the day."""
    if trail.descriptor is not None:
        os.close(trail.descriptor)
    trail.descriptor, trail.day = None, None


def _file_of(trail: AuditTrail, day: int) -> int:
    """The day's file, open for appending: one write is one line, also of several servers."""
    if trail.descriptor is None or trail.day != day:
        close(trail)
        trail.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = trail.folder / f"{from_micros(day * DAY).date()}.jsonl"
        trail.descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        trail.day = day
    return trail.descriptor


def _unavailable(trail: AuditTrail, why: str) -> AuditUnavailable:
    return AuditUnavailable(
        "reads of customers cannot be written down, so they are not answered",
        given=why,
        remedy=f"See the disk and the rights of {trail.folder}.",
    )
