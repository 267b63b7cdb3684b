"""Text to instants: year first, with or without a time, with or without an offset from UTC.

`2011-12-09`, `2011/12/9`, `2011-12-09 12:50`, `2011-12-09T12:50:00.25Z`, `2011-12-09 12:50:00+03:30`.
Day-first and month-first dates are refused: nothing in `03/04/2011` says which it is.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.fates import Mask
from models.contract.parsed import Parsed, by_distinct
from models.domain.errors import BadSource
from models.domain.instants import DAY, HOUR, MINUTE, SECOND

INSTANT = pa.timestamp("us", tz="UTC")
YEARS = (1900, 2199)
JALALI_YEARS = (1300, 1500)

_PATTERN = (
    r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r" ?(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_TIME_PARTS = ("hour", "minute", "second")
_Numbers = NDArray[np.int64]


def parse_instants(text: pa.Array, zone: str, where: str, *, starts_day: bool = False) -> Parsed:
    """Instants of the texts [n]. A time without an offset is local to `zone`.

    A date alone happened at the end (24:00) of that local day, or at its start where `starts_day`. A local
    time that a clock change removed is the first instant after the gap; one that occurred twice, the first.
    `where` names the column in messages. Raises `BadSource` when years look like another calendar's.
    """
    return by_distinct(text, lambda distinct: _parse(distinct, zone, where, starts_day=starts_day))


def plausible_instants(values: pa.Array, where: str) -> Parsed:
    """Instants that came typed, checked for years as texts are. Raises `BadSource`."""
    days = values.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype("datetime64[Y]")
    years = days.astype(np.int64) + 1970
    present = values.is_valid().to_numpy(zero_copy_only=False)
    _refuse_jalali(years, present, values.cast(pa.string()), where)
    failed = present & ((years < YEARS[0]) | (years > YEARS[1]))
    kept = pc.if_else(pa.array(failed), pa.scalar(None, INSTANT), values)
    return Parsed(kept, failed, np.zeros(len(values), dtype=np.bool_))


def parse_instant(text: str, zone: str, where: str) -> int:
    """One instant in microseconds, by the same rules. Raises `BadSource` when it is none."""
    values = parse_instants(pa.array([text]), zone, where).values.cast(pa.int64()).to_pylist()
    if values[0] is None:
        raise BadSource(
            f"`{where}` is not a time",
            allowed="2011-12-09, 2011-12-09 12:50:00 or 2011-12-09T12:50:00Z",
            given=text,
            remedy=f"Correct {where}.",
        )
    return int(values[0])


def _parse(text: pa.Array, zone: str, where: str, *, starts_day: bool) -> Parsed:
    found = pc.extract_regex(pc.utf8_trim_whitespace(text), _PATTERN)
    matched = found.is_valid().to_numpy(zero_copy_only=False)
    fields = found.fill_null(dict.fromkeys((*_TIME_PARTS, "fraction", "offset"), "") | _SOME_DAY)
    parts = {name: _numbers(fields, name) for name in ("year", "month", "day", *_TIME_PARTS)}
    _refuse_jalali(parts["year"], matched, text, where)
    valid = matched & _exists(parts)
    whole_day = pc.equal(fields.field("hour"), "").to_numpy(zero_copy_only=False)
    offset = fields.field("offset")
    local = _days(parts) * DAY + _time_of_day(parts, fields) + (0 if starts_day else whole_day * DAY)
    aware = pc.not_equal(offset, "").to_numpy(zero_copy_only=False)
    micros = np.where(aware, local - _offset_micros(offset), _from_local(np.where(valid, local, 0), zone))
    values = pa.array(micros, mask=~valid).cast(INSTANT)
    present = text.is_valid().to_numpy(zero_copy_only=False)
    return Parsed(values, present & ~valid, whole_day & valid)


_SOME_DAY = {"year": "1970", "month": "1", "day": "1"}


def _numbers(fields: pa.StructArray, name: str) -> _Numbers:
    digits = fields.field(name)
    filled = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())
    numbers: _Numbers = filled.to_numpy(zero_copy_only=False)
    return numbers


def _months(parts: Mapping[str, _Numbers]) -> NDArray[np.datetime64]:
    return ((parts["year"] - 1970) * 12 + np.clip(parts["month"], 1, 12) - 1).astype("datetime64[M]")


def _days(parts: Mapping[str, _Numbers]) -> _Numbers:
    """Days since 1970-01-01 of a calendar date."""
    return _months(parts).astype("datetime64[D]").astype(np.int64) + parts["day"] - 1


def _exists(parts: Mapping[str, _Numbers]) -> Mask:
    """Whether the calendar has that day (no 30 February) and the clock that time."""
    months = _months(parts)
    same_month = _days(parts).astype("datetime64[D]").astype("datetime64[M]") == months
    in_year = (parts["month"] >= 1) & (parts["month"] <= 12) & (parts["day"] >= 1) & same_month
    in_day = (parts["hour"] < 24) & (parts["minute"] < 60) & (parts["second"] < 60)
    in_years = (parts["year"] >= YEARS[0]) & (parts["year"] <= YEARS[1])
    exists: Mask = in_year & in_day & in_years
    return exists


def _time_of_day(parts: Mapping[str, _Numbers], fields: pa.StructArray) -> _Numbers:
    six_digits = pc.utf8_slice_codeunits(pc.utf8_rpad(fields.field("fraction"), 6, "0"), 0, 6)
    micros: _Numbers = six_digits.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return parts["hour"] * HOUR + parts["minute"] * MINUTE + parts["second"] * SECOND + micros


def _offset_micros(offset: pa.Array) -> _Numbers:
    """'+03:30' as microseconds; 0 for 'Z' and for none."""
    digits = pc.replace_substring_regex(offset, r"[^0-9]", "")
    number = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64()).to_numpy(zero_copy_only=False)
    sign = np.where(pc.starts_with(offset, "-").to_numpy(zero_copy_only=False), -1, 1)
    micros: _Numbers = sign * (number // 100 * HOUR + number % 100 * MINUTE)
    return micros


def _from_local(local: _Numbers, zone: str) -> _Numbers:
    naive = pa.array(local).cast(pa.timestamp("us"))
    placed = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest")
    micros: _Numbers = placed.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return micros


def _refuse_jalali(years: _Numbers, present: Mask, shown: pa.Array, where: str) -> None:
    suspect = np.flatnonzero(present & (years >= JALALI_YEARS[0]) & (years <= JALALI_YEARS[1]))
    if len(suspect):
        raise BadSource(
            f"`{where}` looks like a Jalali (Persian) calendar: {len(suspect)} distinct dates lie in "
            f"{JALALI_YEARS[0]} to {JALALI_YEARS[1]}",
            allowed="Gregorian dates, year first",
            given=shown[int(suspect[0])].as_py(),
            remedy="This version reads Gregorian dates only: convert the column before ingesting it.",
        )
