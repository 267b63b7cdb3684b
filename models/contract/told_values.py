"""One value as a program tells it in JSON, held to the column that it is for.

A program can be asked for more than a file of an export: numbers are numbers, amounts are whole minor units,
and an instant has a time of day.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeAlias

from models.contract.columns import Column, Kind
from models.contract.conform import STARTS_DAY
from models.contract.parse_instants import YEARS
from models.contract.parse_numbers import LARGEST_MINOR
from models.domain.errors import BadEvent, one_of
from models.domain.instants import local_instant, local_midnight, to_micros
from models.domain.text import normalise
from models.domain.vocabulary import Calendar

LONGEST_TEXT = 200

Value: TypeAlias = str | int | float | bool

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = YEARS[Calendar.GREGORIAN]
_UNWRITABLE = ("Cc", "Cs")  # control characters, and half characters that no encoding can carry


def understood(value: object, column: Column, where: str, zone: str) -> Value:
    """The value in the contract's terms: instants int µs, money int minor units, texts normalised.

    where: what the value is called in messages. zone: of an instant without an offset. Raises `BadEvent`.
    """
    return _BY_KIND[column.kind](value, column, where, zone)


def refused(where: str, problem: str, allowed: str, value: object) -> BadEvent:
    """The error for a value that cannot be: '`ordered_at` is not an instant; allowed: …; given: …'."""
    return BadEvent(f"`{where}` {problem}", allowed=allowed, given=value, remedy=f"Correct `{where}`.")


def _text(value: object, column: Column, where: str, _: str) -> str:
    text = normalise(value) if isinstance(value, str) and len(value) <= 10 * LONGEST_TEXT else ""
    if not 0 < len(text) <= LONGEST_TEXT or not _writable(text):
        allowed = f"1 to {LONGEST_TEXT} characters of text"
        raise refused(where, "is not a text that can be kept", allowed, value)
    if column.values and text not in column.values:
        raise refused(where, "is none of the words known here", one_of(column.values), value)
    return text


def _writable(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return all(unicodedata.category(letter) not in _UNWRITABLE for letter in text)


def _whole(value: object, column: Column, where: str, _: str) -> int:
    if isinstance(value, float) and value.is_integer():  # 1250.0 is the same number in JSON
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        what = "whole minor units, as a number" if column.kind is Kind.MONEY else "a whole number"
        raise refused(where, f"is not {what}", "1250 for 12.50 EUR" if "minor" in what else "1, 2, 3", value)
    return int(_within(value, column, where, LARGEST_MINOR))


def _number(value: object, column: Column, where: str, _: str) -> float:
    # Whatever is too long for a float is no number that anybody means.
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise refused(where, "is not a number", "numbers such as 1 or 0.5", value)
    return float(_within(value, column, where, math.inf))


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _within(value: float, column: Column, where: str, greatest: float) -> float:
    low = -greatest if column.low is None else column.low
    high = greatest if column.high is None else column.high
    if not low <= value <= high:
        raise refused(where, "is out of range", f"{low:,g} to {high:,g}", value)
    return value


def _boolean(value: object, _: Column, where: str, __: str) -> bool:
    if not isinstance(value, bool):
        raise refused(where, "is neither true nor false", "true or false", value)
    return value


def _instant(value: object, column: Column, where: str, zone: str) -> int:
    if column.name in STARTS_DAY:
        return local_midnight(_day(value, where), zone)
    moment = _moment(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else None
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise refused(
            where,
            "is not an instant",
            f"date and time, 2026-03-01T14:05:00+01:00, or without an offset in {zone}",
            value,
        )
    return to_micros(moment) if moment.tzinfo else local_instant(moment, zone)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:  # the 31st of February
        return None


def _day(value: object, where: str) -> date:
    found = None
    if isinstance(value, str) and _DAY.fullmatch(value):
        found = _moment(value)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise refused(where, "is not a day", "1987-05-23", value)
    return found.date()


_BY_KIND: Mapping[Kind, Callable[[object, Column, str, str], Value]] = {
    Kind.ID: _text,
    Kind.CATEGORY: _text,
    Kind.MONEY: _whole,
    Kind.INTEGER: _whole,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.INSTANT: _instant,
}
