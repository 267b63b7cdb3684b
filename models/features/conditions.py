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
class NotNull:
    """The column is not empty. Of a dated fact that would tell what is not known yet: see `Announced`."""

    column: str


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


@dataclass(frozen=True)
class Announced:
    """The dated fact is known, whether or not its moment has come: a promise, an end with notice."""

    fact: str


@dataclass(frozen=True)
class Within:
    """The dated fact is known to have come within so many hours of the event: from then on, for ever."""

    fact: str
    hours: int


@dataclass(frozen=True)
class Kept:
    """The promise is known, and so is that the fact came by then: from then on, for ever."""

    fact: str
    promise: str


@dataclass(frozen=True)
class Broken:
    """As far as is known, the promised moment has passed without the fact.

    Holds from the moment the promise has passed, until the fact becomes known to have come in time after all.
    """

    fact: str
    promise: str


@dataclass(frozen=True)
class Told:
    """The undated value is known, where it has a known-at of its own: from then on, for ever.

    Plans add it wherever such a value is read; where its known-at is absent or empty it always holds.
    """

    value: str


StaticCondition: TypeAlias = Above | Below | Equals | NotNull
IntervalCondition: TypeAlias = Known | Announced | Settled | Late | Within | Kept | Broken | Told
Condition: TypeAlias = StaticCondition | IntervalCondition


@dataclass(frozen=True)
class Filter:
    """An event passes when every condition of `all_of` holds and none of `none_of` does.

    Raises `ValueError` when a condition is in both.
    """

    all_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        """Check that something can pass."""
        if both := set(self.all_of) & set(self.none_of):
            raise ValueError(f"{both.pop()} cannot hold and not hold")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions looked at."""
        return self.all_of + self.none_of


EVERY = Filter()


def columns_of(condition: Condition) -> tuple[str, ...]:
    """The columns without which the condition cannot be told."""
    match condition:
        case Above(column) | Below(column) | Equals(column) | NotNull(column):
            return (column,)
        case Known(fact) | Announced(fact) | Late(fact) | Within(fact) | Told(fact):
            return (fact,)
        case Settled(resolved):
            return (resolved,)
        case Kept(fact, promise) | Broken(fact, promise):
            return (fact, promise)
