"""What is folded: one whole number per event, or nothing.

Time is folded in microseconds and divided by `per` once, after the fold, so that every fold is of integers.
"""

from dataclasses import dataclass
from typing import TypeAlias

from models.domain.instants import DAY


@dataclass(frozen=True)
class One:
    """1 for every event: summing it counts."""


@dataclass(frozen=True)
class Value:
    """A whole-number column, or its negative."""

    column: str
    negated: bool = False


@dataclass(frozen=True)
class Key:
    """A column whose distinct values are counted."""

    column: str


@dataclass(frozen=True)
class LocalDay:
    """The number of the local calendar day of the event; gaps are measured between these."""


@dataclass(frozen=True)
class Age:
    """From the event to the snapshot, in units of `per` microseconds."""

    per: int = DAY


@dataclass(frozen=True)
class Elapsed:
    """From the event to one of its facts; to the snapshot while that is not known ("at least so long")."""

    until: str
    per: int = DAY


@dataclass(frozen=True)
class Since:
    """From an instant in a column to the snapshot, below 0 while that is still to come; empty where none is.

    Of a dated fact (a first answer) only those are measured that have happened and are known.
    """

    column: str
    per: int = DAY


@dataclass(frozen=True)
class Until:
    """From the snapshot to an instant in a column, below 0 once that is over; empty where none is.

    Of a dated fact (a promise) only those are measured that are known, whether or not they have happened.
    """

    column: str
    per: int = DAY


@dataclass(frozen=True)
class Looked:
    """A statistic of the article, as it was known of all customers by the snapshot (`population.py`)."""

    statistic: str


ITEM = "item_id"

Measure: TypeAlias = One | Value | Key | LocalDay | Age | Elapsed | Since | Until | Looked
Duration: TypeAlias = Age | Elapsed | Since | Until


def column_of(measure: Measure) -> str | None:
    """The column that a measure reads; None when it reads the event's own time or nothing."""
    match measure:
        case Value(column) | Key(column) | Since(column) | Until(column):
            return column
        case Elapsed(until):
            return until
        case Looked():
            return ITEM
        case _:
            return None
