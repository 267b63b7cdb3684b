"""What a written date and time says, in numbers: before anybody asks whether there is such a day.

    2011-12-09  2011/12/9 12:50  2011-12-09T12:50:00.25Z  2011.12.09, 02:05 pm +03:30
    09/12/2011 12:50 (where a source declares its order)  3 مرداد 1403 (Jalali, day first)
    3 May 2024  May 3, 2024  3-May-24 (day first; `month_names`)

The year has four digits (two may stand beside an English month), and the time, if any, after the date.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.fates import Mask
from models.contract.jalali import MONTHS
from models.contract.month_names import needs_order, with_month_numbers
from models.domain.instants import HOUR, MINUTE, SECOND
from models.domain.vocabulary import Calendar, DateOrder

Numbers = NDArray[np.int64]

_PATTERN = (
    r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:(?:T|[,،]? | - )(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>(?i:am|pm|a\.m\.|p\.m\.)|[قب]\.? ?ظ\.?|[صم]))?"
    r" ?(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_AFTERNOON = r"^[pPبم]"
_YEAR_LAST = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(\D.*)?$"
_TURNED = {DateOrder.DAY_FIRST: r"\3-\2-\1\4", DateOrder.MONTH_FIRST: r"\3-\1-\2\4"}
_NAMED = r"^(\d{{1,2}})[-/. ]({month})[-/. ](\d{{4}})(\D.*)?$"


@dataclass(frozen=True)
class Written:
    """Numbers [n], zeros where `matched` is False.

    in_day: microseconds since midnight; clock: whether there is such a time of day. ahead: microseconds that
    local time is ahead of UTC, where `aware` says that the text tells. whole_day: a date without a time.
    """

    matched: Mask
    year: Numbers
    month: Numbers
    day: Numbers
    in_day: Numbers
    clock: Mask
    ahead: Numbers
    aware: Mask
    whole_day: Mask


def written_times(tidy: pa.Array, calendar: Calendar, order: DateOrder) -> Written:
    """The numbers of normalised texts [n]. A date that begins with its year needs no declared order."""
    found = pc.extract_regex(_year_first(tidy, calendar, order), _PATTERN)
    matched = found.is_valid().to_numpy(zero_copy_only=False)
    texts = {name: pc.struct_field(found, name).fill_null("") for name in found.type.names}
    numbers = {name: _numbers(texts[name]) for name in _PARTS}
    hour, on_clock = _hours(numbers["hour"], texts["half"])
    micros = _numbers(pc.utf8_slice_codeunits(pc.utf8_rpad(texts["fraction"], 6, "0"), 0, 6))
    return Written(
        matched=matched,
        year=numbers["year"],
        month=numbers["month"],
        day=numbers["day"],
        in_day=hour * HOUR + numbers["minute"] * MINUTE + numbers["second"] * SECOND + micros,
        clock=on_clock & (numbers["minute"] < 60) & (numbers["second"] < 60),
        ahead=_ahead(texts["offset"]),
        aware=_present(texts["offset"]),
        whole_day=matched & ~_present(texts["hour"]),
    )


def year_comes_last(tidy: pa.Array) -> Mask:
    """Which normalised texts [n] are dates of an order that somebody has to declare."""
    named = _NAMED.format(month="|".join(MONTHS))
    last = pc.match_substring_regex(tidy, f"{_YEAR_LAST}|{named}").fill_null(False)
    mask: Mask = last.to_numpy(zero_copy_only=False) | needs_order(tidy)
    return mask


def _year_first(tidy: pa.Array, calendar: Calendar, order: DateOrder) -> pa.Array:
    """The texts with their dates in the order that needs no declaration."""
    tidy = with_month_numbers(tidy, order)
    if order is DateOrder.YEAR_FIRST:
        return tidy
    turned = pc.replace_substring_regex(tidy, _YEAR_LAST, _TURNED[order])
    if calendar is Calendar.JALALI and order is DateOrder.DAY_FIRST:
        for name, number in MONTHS.items():
            turned = pc.replace_substring_regex(turned, _NAMED.format(month=name), rf"\3-{number}-\1\4")
    return turned


def _hours(hour: Numbers, half: pa.Array) -> tuple[Numbers, Mask]:
    """Hours of the day, and whether a clock of 24 hours, or of 12 where the text names a half, shows them."""
    halved = _present(half)
    afternoon = pc.match_substring_regex(half, _AFTERNOON).to_numpy(zero_copy_only=False)
    shown = np.where(halved, (hour >= 1) & (hour <= 12), hour < 24)
    return np.where(halved, hour % 12 + 12 * afternoon, hour), shown


def _ahead(offset: pa.Array) -> Numbers:
    """'+03:30' as microseconds; 0 for 'Z' and for none."""
    number = _numbers(pc.replace_substring_regex(offset, r"\D", ""))
    sign = np.where(pc.starts_with(offset, "-").to_numpy(zero_copy_only=False), -1, 1)
    micros: Numbers = sign * (number // 100 * HOUR + number % 100 * MINUTE)
    return micros


def _numbers(digits: pa.Array) -> Numbers:
    filled = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())
    numbers: Numbers = filled.to_numpy(zero_copy_only=False)
    return numbers


def _present(texts: pa.Array) -> Mask:
    present: Mask = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    return present
