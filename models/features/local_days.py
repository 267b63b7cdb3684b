"""Local calendar days of many instants at once, from the zone's changes of offset."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, SECOND, from_micros, to_micros


def local_days(instants: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Number of the local calendar day of each instant [n]: days since 1 January 1970."""
    if len(instants) == 0:
        return np.empty(0, np.int64)
    first, last = (from_micros(int(end)).year for end in (instants.min(), instants.max()))
    changes = [change for year in range(first, last + 1) for change in _offsets_of_year(zone, year)]
    starts = np.array([start for start, _ in changes])
    offsets = np.array([offset for _, offset in changes])
    local: NDArray[np.int64] = instants + offsets[np.searchsorted(starts, instants, side="right") - 1]
    return local // DAY


@cache
def _offsets_of_year(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """(from instant, offset) in microseconds for one UTC year.

    Found by looking once a day and halving the day in which the offset differs; no zone has changed twice
    within one day and back.
    """
    start, end = (to_micros(datetime(at, 1, 1, tzinfo=UTC)) for at in (year, year + 1))
    found = [(start, _offset(start, zone))]
    for day in range(start + DAY, end + 1, DAY):
        if (later := _offset(day, zone)) != found[-1][1]:
            found.append((_change_between(day - DAY, day, zone), later))
    return tuple(found)


def _change_between(before: int, after: int, zone: str) -> int:
    """The first second at which the offset is the one at `after`."""
    new = _offset(after, zone)
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(middle * SECOND, zone) == new else (middle, high)
    return high * SECOND


def _offset(instant: int, zone: str) -> int:
    offset = from_micros(instant).astimezone(ZoneInfo(zone)).utcoffset()
    return round(offset.total_seconds()) * SECOND if offset is not None else 0
