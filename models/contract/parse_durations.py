"""A moment and how long after it: durations as a help desk exports them, to instants.

A duration is a number of a declared unit ('12.5' minutes) or a time that passed ('49:30:00'), which needs
no unit. It is never negative. Whether it counts every hour or open hours only is declared, not guessed.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.business_hours import BEYOND, BusinessHours, open_time
from models.contract.numerals import numerals
from models.contract.parse_instants import INSTANT
from models.contract.parsed import Parsed, by_distinct, parsed, understood
from models.contract.written_times import Numbers
from models.domain.instants import DAY, HOUR, MINUTE, SECOND
from models.domain.vocabulary import DurationUnit

# Nothing that a business waits for takes longer; what does is a mistake.
LONGEST = 10 * 366 * DAY

_MICROS = {
    DurationUnit.SECONDS: SECOND,
    DurationUnit.MINUTES: MINUTE,
    DurationUnit.HOURS: HOUR,
    DurationUnit.DAYS: DAY,
}
_PLAIN = r"^\+?\d{1,9}(\.\d*)?$"
# A billionth of a day is no microsecond; a sign or a bare point is nothing that a cast understands.
_NOISE = r"^\+|\.$|(\.\d{9})\d+$"
_PASSED = r"^(?P<hours>\d{1,7}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)$"


def add_duration(start: pa.Array, text: pa.Array, unit: DurationUnit, *, decimal_mark: str = ".") -> Parsed:
    """The instants `start` [n] and so much later, counting every hour.

    Null where either is missing; failed where `text` is no duration, is negative or beyond `LONGEST`.
    """
    return _later(start, text, unit, decimal_mark, lambda begun, passed: begun + passed)


def add_business_duration(
    start: pa.Array,
    text: pa.Array,
    unit: DurationUnit,
    hours: BusinessHours,
    zone: str,
    *,
    decimal_mark: str = ".",
) -> Parsed:
    """The first instants by which so much open time, by the local clock of `zone`, has passed since `start`.

    An hour that ends when the business closes ends there, not at the next opening; no time at all ends at
    `start`. A day of open time is 24 open hours. Null and failed as in `add_duration`.
    """

    def add(begun: Numbers, passed: Numbers) -> Numbers:
        return open_time(begun, passed, hours, zone)

    return _later(start, text, unit, decimal_mark, add)


def _later(
    start: pa.Array,
    text: pa.Array,
    unit: DurationUnit,
    decimal_mark: str,
    add: Callable[[Numbers, Numbers], Numbers],
) -> Parsed:
    durations = by_distinct(text, lambda distinct: _durations(distinct, unit, decimal_mark))
    starts = start.cast(INSTANT).cast(pa.int64())
    plausible = pc.and_(pc.less(starts, BEYOND), pc.greater(starts, -BEYOND)).fill_null(False)
    known = pc.and_(plausible, durations.values.is_valid())
    begun = _numbers(starts.filter(known))
    ended = pa.array(add(begun, _numbers(durations.values.filter(known))), pa.int64())
    reached = pc.replace_with_mask(pa.nulls(len(text), pa.int64()), known, ended)
    beyond = pc.greater_equal(reached, BEYOND).fill_null(False)
    values = pc.if_else(beyond, pa.scalar(None, pa.int64()), reached).cast(INSTANT)
    failed = durations.failed | beyond.to_numpy(zero_copy_only=False)
    return replace(understood(values), failed=failed)


def _durations(distinct: pa.Array, unit: DurationUnit, decimal_mark: str) -> Parsed:
    """Microseconds, rounded half to even, of the texts [n]."""
    said = numerals(distinct, decimal_mark)
    counted = _counted(pc.if_else(pc.equal(said.unit, ""), said.plain, pa.scalar(None, pa.string())), unit)
    micros = pc.coalesce(counted, _passed(said.tidy))
    short = pc.less_equal(micros, LONGEST)
    return parsed(said.tidy, pc.if_else(short, micros, pa.scalar(None, pa.int64())))


def _counted(plain: pa.Array, unit: DurationUnit) -> pa.Array:
    """Microseconds of plain decimals [n] of the unit; null for others."""
    matches = pc.match_substring_regex(plain, _PLAIN).fill_null(False)
    tidy = pc.replace_substring_regex(plain, _NOISE, r"\1")
    numbers = pc.if_else(matches, tidy, pa.scalar(None, pa.string())).cast(pa.decimal128(18, 9))
    micros = pc.multiply(numbers, pa.scalar(Decimal(_MICROS[unit]), pa.decimal128(11, 0)))
    within = pc.if_else(pc.less_equal(micros, Decimal(LONGEST)), micros, pa.scalar(None, micros.type))
    return pc.round(within, 0, "half_to_even").cast(pa.int64())


def _passed(tidy: pa.Array) -> pa.Array:
    """Microseconds of times [n] such as '49:30:00'; null for others."""
    found = pc.extract_regex(tidy, _PASSED)
    hours, minutes, seconds = (
        pc.struct_field(found, name).cast(pa.int64()) for name in ("hours", "minutes", "seconds")
    )
    in_minutes = pc.add(pc.multiply(hours, 60), minutes)
    return pc.multiply(pc.add(pc.multiply(in_minutes, 60), seconds), SECOND)


def _numbers(values: pa.Array) -> Numbers:
    numbers: Numbers = values.to_numpy(zero_copy_only=False)
    return numbers
