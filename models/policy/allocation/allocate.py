"""The plan under a budget: who gets what, how far it may be from the best, and what more would be worth."""

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from models.policy.allocation.dual import least_bound
from models.policy.allocation.problem import NOTHING, Integers, Limits, Options, Prices, Use, use_of
from models.policy.allocation.repair import nearest, repaired


@dataclass(frozen=True)
class Allocation:
    """A plan within all limits.

    choice [n]: an option's number or NOTHING. use: what it gains and takes. bound: no plan gains more, minor
    units. prices: what each limit is worth at the margin.
    """

    choice: Integers
    use: Use
    bound: float
    prices: Prices

    @property
    def gap(self) -> float:
        """By which share of the best plan this one may fall short; 0 where nothing can be gained."""
        return max(0.0, 1.0 - self.use.gain / self.bound) if self.bound > 0 else 0.0


def allocate(options: Options, limits: Limits) -> Allocation:
    """The plan for n customers: the same for the same input.

    Raises `ValueError` where limits and options name different segments or resources.
    """
    _check(options, limits)
    if not options.uses:
        return _nothing(options, limits)
    found = least_bound(options, limits)
    choice = found.choice.copy()
    near = found.open[nearest(options.of(found.open), choice[found.open], limits, found.prices)]
    for some in (near, found.open, np.arange(len(options))):
        others = _without(options, choice, some, limits)
        if others.fits(limits):
            left = left_after(limits, others)
            choice[some] = repaired(options.of(some), choice[some], left, found.prices)
            break
    return Allocation(choice, use_of(options, choice, limits), found.value, found.prices)


def _nothing(options: Options, limits: Limits) -> Allocation:
    """The plan where no action is switched on: no limit is worth anything."""
    choice = np.full(len(options), NOTHING)
    free = Prices(0.0, np.zeros(len(limits.segments)), np.zeros(len(limits.resources)))
    return Allocation(choice, use_of(options, choice, limits), 0.0, free)


def profit_curve(options: Options, limits: Limits, budgets: Integers) -> tuple[Allocation, ...]:
    """The plan for each of some total budgets, all other limits as they are."""
    return tuple(allocate(options, replace(limits, total=int(budget))) for budget in budgets)


def _without(options: Options, choice: Integers, some: Integers, limits: Limits) -> Use:
    """What all others take."""
    others = choice.copy()
    others[some] = NOTHING
    return use_of(options, others, limits)


def left_after(limits: Limits, used: Use) -> Limits:
    """What is left of the limits once some of it is used. Raises `ValueError` where that is too much."""
    own = zip(limits.segments, used.segments.tolist(), strict=True)
    units = zip(limits.resources, used.resources.tolist(), strict=True)
    return Limits(
        None if limits.total is None else limits.total - used.total,
        tuple(None if limit is None else limit - taken for limit, taken in own),
        tuple(replace(resource, limit=resource.limit - taken) for resource, taken in units),
    )


def _check(options: Options, limits: Limits) -> None:
    if int(options.segment.max(initial=0)) >= len(limits.segments):
        raise ValueError(f"customers are in more segments than the {len(limits.segments)} that have a limit")
    if max(chain.from_iterable(options.uses), default=-1) >= len(limits.resources):
        raise ValueError(f"options draw on more resources than the {len(limits.resources)} that have a limit")
