"""The machine: room on the disk, what it takes text for, and what it knows of time zones."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.domain.findings import Finding, note, well, wrong

GB = 1024**3
LEAST_FREE = 1 * GB
ROOM_OF_A_RUN = 3  # a run writes what it makes, DVC keeps a copy, and the run before is still there

# Iran gave up summer time in 2022: who still knows of it has old rules for everybody.
CHANGED_ZONE, CHANGED_AT, OFFSET_SINCE = "Asia/Tehran", datetime(2024, 7, 1, 12), timedelta(hours=3.5)  # noqa: DTZ001


def disk(folder: Path, made: Path) -> Finding:
    """Whether another run fits beside the one in `made`."""
    free = disk_usage(folder).free
    used = sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
    words = f"{free / GB:.1f} GB free; the last run takes {used / GB:.2f} GB"
    if free < LEAST_FREE or free < used:
        return wrong("disk", words, "Make room: `make clean` removes caches, not results.")
    if free < ROOM_OF_A_RUN * used:
        return note("disk", words, f"Keep {ROOM_OF_A_RUN} times what a run takes.")
    return well("disk", words)


def encodings(told: Mapping[str, str]) -> Iterator[Finding]:
    """Whether names and text are UTF-8. told: what Python says of each, by what it is for."""
    for what, encoding in told.items():
        if encoding.lower().replace("-", "") in ("utf8", "utf8sig"):
            yield well(what, "UTF-8")
        else:
            remedy = "Set PYTHONUTF8=1, or LANG=C.UTF-8."
            yield wrong(what, f"{encoding}: letters beyond English are lost", remedy)


def time_zone(name: str) -> Finding:
    """Whether this machine knows a zone, by rules that are not years old."""
    try:
        ZoneInfo(name)
        known = CHANGED_AT.replace(tzinfo=ZoneInfo(CHANGED_ZONE)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return wrong(
            "time zones", f"nothing is known of {name}", "Install tzdata, or correct source.timezone."
        )
    if known != OFFSET_SINCE:
        words = f"the rules are older than 2022: {CHANGED_ZONE} is off by an hour in summer"
        return wrong("time zones", words, "Update the system's tzdata.")
    return well("time zones", f"{name} is known, and the rules are not older than 2022")
