"""Text to instants, by a declared calendar, order and time zone. How they may be written: `written_times`.

Nothing is guessed: `03/04/2011` is no date until a source declares what stands first, a year that belongs to
another calendar than declared stops the run, and a bare number (days of a spreadsheet, seconds of Unix) is
no time.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Mask
from models.contract.jalali import jalali_days
from models.contract.local_times import placed
from models.contract.parse_text import normalise_distinct
from models.contract.parsed import Parsed, by_distinct, nothing, without_marks
from models.contract.written_times import Numbers, Written, written_times, year_comes_last
from models.domain.errors import BadSource
from models.domain.instants import DAY
from models.domain.vocabulary import Calendar, DateOrder

INSTANT = pa.timestamp("us", tz="UTC")
# Years in which each calendar's dates are believed. They do not overlap, so each betrays the other.
YEARS = {Calendar.GREGORIAN: (1900, 2199), Calendar.JALALI: (1300, 1500)}
_OTHER = {Calendar.GREGORIAN: Calendar.JALALI, Calendar.JALALI: Calendar.GREGORIAN}
_LOOK = {Calendar.GREGORIAN: "Gregorian", Calendar.JALALI: "Jalali (Persian)"}

# Lunar Hijri years of 2004 to 2038, which as Jalali ones lie beyond 2045.
_LUNAR = (1425, 1460)

# So many dates in an undeclared order, and none that is understood, are a habit and no slip.
_A_HABIT = 3
# So many different days, all at midnight, are dates that an export wrote with a time.
_MANY_MIDNIGHTS = 20
# Microseconds in the units of Arrow's timestamps; what is finer is cut off.
_MICROS = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1}


def parse_instants(
    text: pa.Array,
    zone: str,
    where: str,
    *,
    starts_day: bool = False,
    calendar: Calendar = Calendar.GREGORIAN,
    order: DateOrder = DateOrder.YEAR_FIRST,
    may_lie_ahead: bool = False,
) -> Parsed:
    """Instants of the texts [n]. A time without an offset is local to `zone`.

    A date alone happened at the end (24:00) of that local day, or at its start where `starts_day`. A local
    time that a clock change removed is the first instant after the gap; one that occurred twice, the first.
    Many different days, all of them at midnight and without an offset, are dates alone. `where` names the
    column in messages. Raises `BadSource` when years look like another calendar's (lunar Hijri ones are told
    by lying ahead, unless they `may_lie_ahead`), or when dates are written in an order that nobody declared.
    """
    rules = _Rules(zone, where, starts_day, calendar, order, may_lie_ahead)
    return by_distinct(text, lambda distinct: _parse(distinct, rules))


def plausible_instants(values: pa.Array, where: str) -> Parsed:
    """Instants that came typed [n], checked for years as texts are. Raises `BadSource`."""
    reach = 2**62 // _MICROS[values.type.unit]
    ticks = values.cast(pa.int64())
    within = pc.and_(pc.less_equal(ticks, reach), pc.greater_equal(ticks, -reach))
    instants = pc.if_else(within, values, pa.scalar(None, values.type)).cast(INSTANT, safe=False)
    moments = instants.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    _refuse_other_calendar(years, values, Calendar.GREGORIAN, where)
    low, high = YEARS[Calendar.GREGORIAN]
    failed = values.is_valid().to_numpy(zero_copy_only=False) & ((years < low) | (years > high))
    kept = pc.if_else(pa.array(failed), pa.scalar(None, INSTANT), instants)
    return without_marks(kept, failed)


def parse_instant(text: str, zone: str, where: str) -> int:
    """One instant in microseconds, year first and Gregorian. Raises `BadSource` when it is none."""
    values = parse_instants(pa.array([text]), zone, where).values.cast(pa.int64()).to_pylist()
    if values[0] is None:
        raise BadSource(
            f"`{where}` is not a time",
            allowed="2011-12-09, 2011-12-09 12:50:00 or 2011-12-09T12:50:00Z",
            given=text,
            remedy=f"Correct {where}.",
        )
    return int(values[0])


@dataclass(frozen=True)
class _Rules:
    zone: str
    where: str
    starts_day: bool
    calendar: Calendar
    order: DateOrder
    may_lie_ahead: bool


def _parse(text: pa.Array, rules: _Rules) -> Parsed:
    tidy = normalise_distinct(text)
    written, midnight = _midnights_as_days(written_times(tidy, rules.calendar, rules.order))
    _refuse_other_calendar(np.where(written.matched, written.year, 0), tidy, rules.calendar, rules.where)
    _refuse_lunar(written, tidy, rules)
    days, exists = _days(written, rules.calendar)
    valid = written.matched & written.clock & exists
    present = tidy.is_valid().to_numpy(zero_copy_only=False)
    _refuse_undeclared_order(tidy, valid, present, rules)
    ends = DAY * (written.whole_day & (not rules.starts_day))
    local = np.where(valid, days * DAY + written.in_day + ends, 0)
    on_clock = placed(local, rules.zone)
    micros = np.where(written.aware, local - written.ahead, on_clock.instants)
    naive = valid & ~written.aware
    return Parsed(
        pa.array(micros, mask=~valid).cast(INSTANT),
        present & ~valid,
        whole_day=written.whole_day & valid,
        moved=on_clock.moved & naive,
        doubled=on_clock.doubled & naive,
        midnight=midnight & valid & (not rules.starts_day),
        rounded=nothing(len(text)),
    )


def _midnights_as_days(written: Written) -> tuple[Written, Mask]:
    """Dates that an export wrote as midnights, as the dates they are; and which those are.

    One time of another hour or with an offset, and midnights are what they say.
    """
    timed = written.matched & written.clock & ~written.whole_day
    few = np.count_nonzero(timed) < _MANY_MIDNIGHTS
    if few or written.in_day[timed].any() or written.aware[timed].any():
        return written, nothing(len(timed))
    return replace(written, whole_day=written.whole_day | timed), timed


def _days(written: Written, calendar: Calendar) -> tuple[Numbers, Mask]:
    """Days since 1970-01-01 and whether the calendar, within its believed years, has such a day."""
    low, high = YEARS[calendar]
    believed = (written.year >= low) & (written.year <= high)
    convert = jalali_days if calendar is Calendar.JALALI else _gregorian_days
    days, exists = convert(written.year, written.month, written.day)
    return days, exists & believed


def _gregorian_days(year: Numbers, month: Numbers, day: Numbers) -> tuple[Numbers, Mask]:
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days: Numbers = months.astype("datetime64[D]").astype(np.int64) + day - 1
    same_month = days.astype("datetime64[D]").astype("datetime64[M]") == months
    return days, (month >= 1) & (month <= 12) & (day >= 1) & same_month


def _refuse_other_calendar(years: Numbers, shown: pa.Array, calendar: Calendar, where: str) -> None:
    low, high = YEARS[_OTHER[calendar]]
    suspect = np.flatnonzero((years >= low) & (years <= high))
    if len(suspect):
        raise BadSource(
            f"`{where}` is declared {calendar}, but {len(suspect):,} dates lie in {low} to {high} and look "
            f"{_LOOK[_OTHER[calendar]]}",
            allowed=f"{calendar} dates in the years {YEARS[calendar][0]} to {YEARS[calendar][1]}",
            given=str(shown[int(suspect[0])]),
            remedy=f"Declare `calendar: {_OTHER[calendar]}` for {where}, or for its table or source. "
            "Hijri (lunar) dates cannot be read: convert them first.",
        )


def _refuse_lunar(written: Written, tidy: pa.Array, rules: _Rules) -> None:
    if rules.calendar is not Calendar.JALALI or rules.may_lie_ahead:
        return
    low, high = _LUNAR
    suspect = np.flatnonzero(written.matched & (written.year >= low) & (written.year <= high))
    if len(suspect) >= _A_HABIT and 2 * len(suspect) > np.count_nonzero(written.matched):
        raise BadSource(
            f"`{rules.where}` is declared jalali, but {len(suspect):,} of its dates would lie beyond 2045: "
            f"it looks like the lunar Hijri calendar, whose years {low} to {high} are those around today",
            allowed="Jalali or Gregorian dates; lunar Hijri ones are not read",
            given=str(tidy[int(suspect[0])]),
            remedy=f"Convert the lunar Hijri dates of {rules.where} to Gregorian or Jalali ones.",
        )


def _refuse_undeclared_order(tidy: pa.Array, valid: Mask, present: Mask, rules: _Rules) -> None:
    if valid.any() or rules.order is not DateOrder.YEAR_FIRST:
        return
    undeclared = np.flatnonzero(year_comes_last(tidy))
    if len(undeclared) >= _A_HABIT and len(undeclared) == np.count_nonzero(present):
        raise BadSource(
            f"`{rules.where}` holds dates whose year comes last, and nothing says what comes first",
            allowed="the year first; or `order: day_first` or `order: month_first` declared for the column",
            given=tidy[int(undeclared[0])].as_py(),
            remedy=f"Declare `order` for {rules.where} in the mapping.",
        )
