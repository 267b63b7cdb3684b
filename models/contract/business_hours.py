"""When a business is open, for durations that a help desk counts in business hours."""

from dataclasses import dataclass
from datetime import time

import numpy as np

from models.contract.local_times import placed
from models.contract.written_times import Numbers
from models.domain.errors import InvalidSetting, one_of
from models.domain.instants import DAY, MINUTE

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# 2200-01-01: no data reach so far.
BEYOND = 84_006 * DAY
_THURSDAY = 3  # 1970-01-01


@dataclass(frozen=True)
class BusinessHours:
    """The same local hours on each of these days of the week.

    opens and closes are written as '09:00'; '24:00' closes at midnight.
    """

    days: tuple[str, ...]
    opens: str
    closes: str

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for unknown days, or hours that end before they begin."""
        unknown = [day for day in self.days if day not in DAYS]
        if unknown or not self.days or len(set(self.days)) != len(self.days):
            raise InvalidSetting(
                "`business_hours.days` are not days of the week", allowed=one_of(DAYS), given=list(self.days)
            )
        if minutes_of(self.opens) >= minutes_of(self.closes):
            raise InvalidSetting(
                "`business_hours` end before they begin",
                allowed="opens earlier than closes, such as '09:00' and '17:00'",
                given=f"{self.opens} to {self.closes}",
            )


def minutes_of(clock: str) -> int:
    """Minutes since midnight of '09:00'. Raises `InvalidSetting`."""
    if clock == "24:00":
        return 24 * 60
    try:
        moment = time.fromisoformat(clock)
    except ValueError:
        raise InvalidSetting(
            "a time of `business_hours` is not a time of day",
            allowed="hours and minutes in quotes, such as '09:00'",
            given=clock,
        ) from None
    return moment.hour * 60 + moment.minute


def open_time(begun: Numbers, passed: Numbers, hours: BusinessHours, zone: str) -> Numbers:
    """The first instants [n] by which `passed` open microseconds have gone by since `begun`.

    What ends at closing time ends there and not at the next opening; nothing passed ends at `begun`. `BEYOND`
    where the end lies beyond it.
    """
    opens, closes = _open_hours(begun, passed, hours, zone)
    ends = np.cumsum(closes - opens)
    starts = ends - (closes - opens)
    last = np.searchsorted(opens, begun, side="right") - 1
    before = starts[last] + np.clip(begun - opens[last], 0, (closes - opens)[last])
    due = np.where(last < 0, 0, before) + passed
    day = np.searchsorted(ends, due, side="left")
    reached = np.append(opens - starts, BEYOND)[day] + due
    ended: Numbers = np.where(passed == 0, begun, np.minimum(reached, BEYOND))
    return ended


def _open_hours(begun: Numbers, passed: Numbers, hours: BusinessHours, zone: str) -> tuple[Numbers, Numbers]:
    """When each day opens and closes, from before the first start until all has passed."""
    opens, closes = minutes_of(hours.opens) * MINUTE, minutes_of(hours.closes) * MINUTE
    a_week = (closes - opens) * len(hours.days)
    # Clock changes take hours away; a tenth more than enough is enough.
    weeks = int(passed.max(initial=0) * 1.1 / a_week) + 3
    first, after = int(begun.min(initial=0) // DAY), int(begun.max(initial=0) // DAY)
    days = np.arange(first - 7, min(after + 7 * weeks, BEYOND // DAY))
    opened = days[np.isin((days + _THURSDAY) % 7, [DAYS.index(day) for day in hours.days])] * DAY
    return placed(opened + opens, zone).instants, placed(opened + closes, zone).instants
