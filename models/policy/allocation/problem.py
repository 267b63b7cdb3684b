"""Who gets what under limits: a multiple-choice knapsack over customers and options.

Each customer gets one option at most. An option costs money (its liability), which is limited in total and by
segment, and draws on resources: one unit of a channel's or a team's, its money of a campaign's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NOTHING = -1
ROWS_AT_ONCE = 1 << 15  # as many as stay in a processor's cache
FORBIDDEN = -(2**62)  # the gain of an option that a customer may not get


@dataclass(frozen=True)
class Options:
    """What could be done for n customers.

    gain, liability: minor units [options, n], liability >= 0; what gains less than 1, as what is `FORBIDDEN`
    does, is never taken. uses: the numbers of the resources that each option draws on [options]. segment: of
    each customer, by number, ascending [n].
    """

    gain: Integers
    liability: Integers
    uses: tuple[tuple[int, ...], ...]
    segment: Integers

    def __post_init__(self) -> None:
        """Raise `ValueError` when shapes disagree, money is negative or segments are not in order."""
        if self.gain.shape != self.liability.shape or self.gain.shape != (len(self.uses), len(self)):
            raise ValueError(
                f"gain {self.gain.shape} and liability {self.liability.shape} must be "
                f"[{len(self.uses)} options, {len(self)} customers]"
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
        return Options(self.gain[:, customers], self.liability[:, customers], self.uses, segment)

    def drawn(self, option: int, resource: "Resource", customers: NDArray[np.int64] | slice) -> Integers:
        """What an option takes of a resource that it uses, of each of some customers."""
        money = self.liability[option, customers]
        return money if resource.in_money else np.ones_like(money)


@dataclass(frozen=True)
class Resource:
    """Something beside the budget that runs out: contacts by phone, a team's cases, a campaign's money.

    in_money: whether the limit is in minor units and an option takes its liability of it, not one unit.
    """

    limit: int
    in_money: bool = False


@dataclass(frozen=True)
class Limits:
    """What there is to give: whole numbers, None where there is no limit.

    total: minor units. segments: minor units, one a segment. resources: whatever else runs out.
    """

    total: int | None = None
    segments: tuple[int | None, ...] = (None,)
    resources: tuple[Resource, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` for a negative limit."""
        each = (self.total, *self.segments, *(resource.limit for resource in self.resources))
        if any(limit is not None and limit < 0 for limit in each):
            raise ValueError("a limit must not be negative")

    def times(self, share: float) -> "Limits":
        """The same in small, for a sample of the customers."""

        def scaled(limits: Sequence[int | None]) -> tuple[int | None, ...]:
            return tuple(None if limit is None else round(limit * share) for limit in limits)

        (total,) = scaled((self.total,))
        resources = tuple(replace(each, limit=round(each.limit * share)) for each in self.resources)
        return Limits(total, scaled(self.segments), resources)

    def worth(self, prices: "Prices") -> float:
        """What the limits are worth at some prices, minor units."""
        worth = (self.total or 0) * prices.total
        for limit, price in zip(self.segments, prices.segments.tolist(), strict=True):
            worth += (limit or 0) * price
        for resource, price in zip(self.resources, prices.resources.tolist(), strict=True):
            worth += resource.limit * price
        return worth


@dataclass(frozen=True)
class Prices:
    """What a limit is worth at the margin.

    total: gain per minor unit more of the total budget. segments [s]: the same of each segment's own budget.
    resources [k]: the same per unit, or minor unit, more of each resource.
    """

    total: float
    segments: Floats
    resources: Floats

    def of_budget(self, segment: Integers) -> Floats:
        """What the budgets ask of each customer for a minor unit [n]."""
        prices: Floats = (self.total + self.segments)[segment]
        return prices

    def toll(self, uses: Sequence[int], resources: Sequence[Resource]) -> tuple[float, float]:
        """What an option's resources ask: for each minor unit of it, and for the option itself."""
        money = [float(self.resources[each]) for each in uses if resources[each].in_money]
        units = [float(self.resources[each]) for each in uses if not resources[each].in_money]
        return sum(money), sum(units)


@dataclass(frozen=True)
class Use:
    """What a choice takes: money in total, by segment [s], and of each resource [k]; and what it gains."""

    gain: int
    total: int
    segments: Integers
    resources: Integers

    def fits(self, limits: Limits) -> bool:
        """Whether no limit is exceeded."""
        return (
            (limits.total is None or self.total <= limits.total)
            and all(
                limit is None or used <= limit
                for used, limit in zip(self.segments.tolist(), limits.segments, strict=True)
            )
            and all(
                used <= each.limit
                for used, each in zip(self.resources.tolist(), limits.resources, strict=True)
            )
        )


def use_of(options: Options, choice: Integers, limits: Limits) -> Use:
    """What a choice [n], an option's number or `NOTHING`, gains and takes: exact whole numbers."""
    chosen = np.flatnonzero(choice != NOTHING)
    option = choice[chosen]
    money = options.liability[option, chosen]
    segments = np.zeros(len(limits.segments), np.int64)
    np.add.at(segments, options.segment[chosen], money)
    return Use(
        gain=int(options.gain[option, chosen].sum()),
        total=int(money.sum()),
        segments=segments,
        resources=np.array(
            [
                sum(
                    int(options.drawn(number, resource, chosen[option == number]).sum())
                    for number, uses in enumerate(options.uses)
                    if each in uses
                )
                for each, resource in enumerate(limits.resources)
            ],
            np.int64,
        ),
    )
