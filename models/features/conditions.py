"""Which events count: conditions on an event that never change, and conditions that depend on the snapshot.

A fact of an event (a complaint's first answer) is *known* from the later of its own instant and its own
known_at. Every condition that depends on the snapshot is one interval of instants in which it holds, so the
kernel needs a single rule for all of them: `since <= snapshot < until`.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Above:
    """The column is greater than the limit; an empty value is not."""

    column: str
    limit: int


@dataclass(frozen=True)
class Below:
    """The column is less than the limit; an empty value is not."""

    column: str
    limit: int


@dataclass(frozen=True)
class Equals:
    """The column holds this word; an empty value does not."""

    column: str
    word: str


@dataclass(frozen=True)
class Known:
    """The dated fact has happened and is known: from then on, for ever."""

    fact: str


@dataclass(frozen=True)
class Settled:
    """Known to be resolved, until it is known to have been reopened at or after that resolution.

    A source without the column `reopened` has no reopenings.
    """

    resolved: str
    reopened: str


@dataclass(frozen=True)
class Late:
    """As far as is known, the fact came, or has been awaited, more than so many days after the event.

    Holds from the moment the days have passed, until the fact becomes known to have come in time after all.
    """

    fact: str
    days: int


StaticCondition: TypeAlias = Above | Below | Equals
IntervalCondition: TypeAlias = Known | Settled | Late
Condition: TypeAlias = StaticCondition | IntervalCondition


@dataclass(frozen=True)
class Filter:
    """An event passes when every condition of `all_of` holds and none of `none_of` does."""

    all_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions looked at."""
        return self.all_of + self.none_of


EVERY = Filter()


def column_of(condition: Condition) -> str:
    """The column without which the condition cannot be told."""
    match condition:
        case Above(column) | Below(column) | Equals(column):
            return column
        case Known(fact) | Late(fact):
            return fact
        case Settled(resolved):
            return resolved
