"""Who gets what under limits: a multiple-choice knapsack over customers and options.

Each customer gets one option at most. An option costs money (its liability) and may take one unit of a
capacity (a channel, a save team). Money is limited in total and by segment, capacities by their units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

NOTHING = -1
FORBIDDEN = -(2**62)  # the gain of an option that a customer may not get


@dataclass(frozen=True)
class Options:
    """What could be done for n customers.

    gain, liability: minor units [options, n], liability >= 0; what gains less than 1, as what is `FORBIDDEN`
    does, is never taken. capacity: which capacity each option takes, `NOTHING` for none [options]. segment:
    of each customer, by number, ascending [n].
    """

    gain: Integers
    liability: Integers
    capacity: tuple[int, ...]
    segment: Integers

    def __post_init__(self) -> None:
        """Raise `ValueError` when shapes disagree, money is negative or segments are not in order."""
        if self.gain.shape != self.liability.shape or self.gain.shape != (len(self.capacity), len(self)):
            raise ValueError(
                f"gain {self.gain.shape} and liability {self.liability.shape} must be "
                f"[{len(self.capacity)} options, {len(self)} customers]"
            )
        if self.liability.size and self.liability.min() < 0:
            raise ValueError("a liability must not be negative")
        if np.any(np.diff(self.segment) < 0) or (len(self) and self.segment[0] < 0):
            raise ValueError("customers must come segment by segment, numbered from 0")

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.segment)

    def of(self, customers: NDArray[np.int64] | slice) -> "Options":
        """The same for some customers, in ascending order."""
        segment = self.segment[customers]
        return Options(self.gain[:, customers], self.liability[:, customers], self.capacity, segment)


@dataclass(frozen=True)
class Limits:
    """What there is to give: whole numbers, None where there is no limit.

    total: minor units. segments: minor units, one a segment. capacities: units, one a capacity.
    """

    total: int | None = None
    segments: tuple[int | None, ...] = (None,)
    capacities: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` for a negative limit."""
        if any(limit is not None and limit < 0 for limit in (self.total, *self.segments, *self.capacities)):
            raise ValueError("a limit must not be negative")

    def times(self, share: float) -> "Limits":
        """The same in small, for a sample of the customers."""

        def scaled(limits: Sequence[int | None]) -> tuple[int | None, ...]:
            return tuple(None if limit is None else round(limit * share) for limit in limits)

        (total,) = scaled((self.total,))
        capacities = tuple(round(limit * share) for limit in self.capacities)
        return Limits(total, scaled(self.segments), capacities)

    def worth(self, prices: "Prices") -> float:
        """What the limits are worth at some prices, minor units."""
        worth = (self.total or 0) * prices.total
        for limit, price in zip(self.segments, prices.segments.tolist(), strict=True):
            worth += (limit or 0) * price
        for limit, price in zip(self.capacities, prices.capacities.tolist(), strict=True):
            worth += limit * price
        return worth


@dataclass(frozen=True)
class Prices:
    """What a limit is worth at the margin.

    total: gain per minor unit more of the total budget. segments [s]: the same of each segment's own budget.
    capacities [k]: gain in minor units per unit more.
    """

    total: float
    segments: Floats
    capacities: Floats

    def of_money(self, segment: Integers) -> Floats:
        """What a minor unit costs each customer's option [n]."""
        prices: Floats = (self.total + self.segments)[segment]
        return prices

    def toll(self, option: int, capacity: Sequence[int]) -> float:
        """What an option costs beside money."""
        taken = capacity[option]
        return 0.0 if taken == NOTHING else float(self.capacities[taken])


@dataclass(frozen=True)
class Use:
    """What a choice takes: money in total, by segment [s], and units by capacity [k]; and what it gains."""

    gain: int
    total: int
    segments: Integers
    capacities: Integers

    def fits(self, limits: Limits) -> bool:
        """Whether no limit is exceeded."""
        return (
            (limits.total is None or self.total <= limits.total)
            and all(
                limit is None or used <= limit
                for used, limit in zip(self.segments.tolist(), limits.segments, strict=True)
            )
            and all(
                used <= limit for used, limit in zip(self.capacities.tolist(), limits.capacities, strict=True)
            )
        )


def use_of(options: Options, choice: Integers, limits: Limits) -> Use:
    """What a choice [n], an option's number or `NOTHING`, gains and takes: exact whole numbers."""
    chosen = np.flatnonzero(choice != NOTHING)
    option = choice[chosen]
    money = options.liability[option, chosen]
    segments = np.zeros(len(limits.segments), np.int64)
    np.add.at(segments, options.segment[chosen], money)
    taken = np.array((*options.capacity, NOTHING), np.int64)[option]
    return Use(
        gain=int(options.gain[option, chosen].sum()),
        total=int(money.sum()),
        segments=segments,
        capacities=np.bincount(taken[taken != NOTHING], minlength=len(limits.capacities)).astype(np.int64),
    )
