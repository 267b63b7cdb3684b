"""Texts as dates: in which order they can be read, and what calendar their years belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from models.contract.fates import Mask
from models.contract.parse_instants import YEARS
from models.contract.written_times import Numbers, Written, written_times, year_comes_last
from models.domain.vocabulary import Calendar, DateOrder

# A slip of the pen or a date that stands for none (1900-01-01) does not change the calendar.
NEARLY_ALL = 0.9
# Jalali years beyond 1420 lie in the future (from 2041): who writes 1445 means the lunar Hijri calendar.
PROPOSED = {**YEARS, Calendar.JALALI: (YEARS[Calendar.JALALI][0], 1420)}
_YEAR_LAST = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)


@dataclass(frozen=True)
class Days:
    """A column read as dates.

    share: of the filled rows that are dates. orders: the orders in which every date can exist. calendar: the
    one that nearly all years belong to, None where there is none. years: the lowest and the highest in it.
    first: the earliest day in it, year first. with_time: share of the dates that have a time of day. lunar:
    whether the years look like the lunar Hijri calendar's, which is not read.
    """

    share: float
    orders: tuple[DateOrder, ...] = ()
    calendar: Calendar | None = None
    years: tuple[int, int] | None = None
    first: str | None = None
    with_time: float = 0.0
    lunar: bool = False

    @property
    def order(self) -> DateOrder | None:
        """The order, where only one is possible."""
        return self.orders[0] if len(self.orders) == 1 else None


def days_of(texts: Mapping[str, int]) -> Days:
    """Normalised texts, with how often they occur, read as dates."""
    tidy = pa.array(list(texts), pa.string())
    # Month names tell Jalali dates from all others, and a year in front needs no order: nothing is lost so.
    written = written_times(tidy, Calendar.JALALI, DateOrder.DAY_FIRST)
    rows = np.where(written.matched, np.array([*texts.values()], dtype=np.int64), 0)
    dates = rows.sum()
    if not dates:
        return Days(0.0)
    orders = _orders(tidy)
    calendar = _calendar(written.year, rows)
    lunar = (
        calendar is None and rows[_within(written.year, YEARS[Calendar.JALALI])].sum() >= NEARLY_ALL * dates
    )
    within = written.matched & (_within(written.year, PROPOSED[calendar]) if calendar else True)
    years = written.year[within]
    return Days(
        float(dates / sum(texts.values())),
        orders,
        calendar,
        (int(years.min()), int(years.max())),
        _first(written, within, orders),
        float(rows[~written.whole_day].sum() / dates),
        bool(lunar),
    )


def _calendar(years: Numbers, rows: Numbers) -> Calendar | None:
    shares = {calendar: rows[_within(years, PROPOSED[calendar])].sum() / rows.sum() for calendar in Calendar}
    return next((calendar for calendar, share in shares.items() if share >= NEARLY_ALL), None)


def _within(years: Numbers, believed: tuple[int, int]) -> Mask:
    low, high = believed
    within: Mask = (years >= low) & (years <= high)
    return within


def _orders(tidy: pa.Array) -> tuple[DateOrder, ...]:
    """Every order in which no month is beyond twelve; where all years stand in front that is settled."""
    year_last = year_comes_last(tidy)
    if not year_last.any():
        return (DateOrder.YEAR_FIRST,)
    open_ones = tidy.filter(pa.array(year_last))
    readings = {order: written_times(open_ones, Calendar.JALALI, order) for order in _YEAR_LAST}
    return tuple(order for order, read in readings.items() if read.matched.all() and read.month.max() <= 12)


def _first(written: Written, within: Mask, orders: tuple[DateOrder, ...]) -> str | None:
    if not orders:
        return None
    swapped = orders[0] is DateOrder.MONTH_FIRST
    month, day = (written.day, written.month) if swapped else (written.month, written.day)
    every = (written.year * 100 + month) * 100 + day
    number = int(every[within].min())
    return f"{number // 10_000:04}-{number // 100 % 100:02}-{number % 100:02}"
