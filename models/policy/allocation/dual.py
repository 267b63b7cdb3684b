"""Prices at which what customers would choose for themselves just fits the limits.

With a price on money and on every resource the customers part: each takes the option with the greatest gain
left after paying. What they then keep, plus the worth of the limits, bounds every possible plan from above
(the Lagrangian dual, which for this problem is the bound of the linear relaxation). It is a convex function
with corners, minimised here by Kelley's cutting planes: each pass over the customers gives one cut a segment,
and a small linear program finds the next prices.

Of a million customers most choose the same at all prices that are still possible: a sample (and for it a
sample of its own) says which prices these are, those customers are settled once, and only the others are
asked again.
"""

from dataclasses import dataclass

import numpy as np

from models.policy.allocation.cutting_planes import Box, Cut, lowest
from models.policy.allocation.problem import (
    NOTHING,
    ROWS_AT_ONCE,
    Flags,
    Floats,
    Integers,
    Limits,
    Options,
    Prices,
)
from models.policy.allocation.respond import Response, lead_of_best, respond, summed

MOST_PASSES = 80
CLOSE_ENOUGH = 1e-11  # of the bound, between it and what the cuts allow
CLOSE_ENOUGH_FOR_A_SAMPLE = 1e-6  # its prices only say where to look
SAMPLE = 20_000  # as few are enough to begin with
THINNING = 16  # one customer in so many is the sample of a large problem
TRUST = 7.0  # how far from a sample's prices those of everybody are looked for first, × √its customers


@dataclass(frozen=True)
class Bound:
    """The least upper bound that was found, at its prices.

    choice [n]: there. open: the customers whose choice hangs on the prices; all others are settled [m].
    """

    value: float
    prices: Prices
    choice: Integers
    open: Integers
    passes: int


def least_bound(options: Options, limits: Limits, close: float = CLOSE_ENOUGH) -> Bound:
    """Minimise the bound; where there are many customers, a sample of them tells where to look.

    close: which share of the bound may lie between it and what the cuts allow.
    """
    widest = Box.widest(options, limits)
    everybody = np.arange(len(options))
    if len(options) <= 2 * SAMPLE:
        begin, _ = widest.prices(len(limits.segments))
        return _descend(options, limits, widest, _Settled.nobody(options, limits), begin=begin, close=close)
    sample = options.of(everybody[:: min(THINNING, len(options) // SAMPLE)])
    in_small = limits.times(len(sample) / len(options))
    near = least_bound(sample, in_small, CLOSE_ENOUGH_FOR_A_SAMPLE).prices
    trust, passes = TRUST / len(sample) ** 0.5, 0
    while True:
        box = widest.around(near, trust)
        settled = _settle(options, limits, near, box)
        found = _descend(options.of(settled.open), limits, box, settled, begin=near, close=close)
        passes += found.passes
        if not box.held(found.prices, widest):
            return found
        near, trust = found.prices, 4 * trust


@dataclass(frozen=True)
class _Settled:
    """Whose choice is the same at every price in a box, and what those gain and take.

    choice [n]: of all, right for the settled ones. open [m]: the numbers of the others.
    """

    choice: Integers
    open: Integers
    cut: Cut

    @staticmethod
    def nobody(options: Options, limits: Limits) -> "_Settled":
        """Everybody is open."""
        choice, segments = np.full(len(options), NOTHING), len(limits.segments)
        nothing = Cut(
            np.zeros(segments, np.int64),
            np.zeros(segments, np.int64),
            np.zeros((segments, len(limits.resources)), np.int64),
        )
        return _Settled(choice, np.arange(len(options)), nothing)

    def kept(self, prices: Prices) -> float:
        """What the settled ones keep after paying."""
        money = self.cut.money @ (prices.total + prices.segments)
        return float(self.cut.gain.sum() - money - (self.cut.units @ prices.resources).sum())


def _settle(options: Options, limits: Limits, prices: Prices, box: Box) -> _Settled:
    """Who keeps to the choice at these prices wherever in the box the prices are."""
    between = box.prices(len(limits.segments))
    reach = _reach(options, limits, prices, between)
    choice, is_open = np.full(len(options), NOTHING), np.zeros(len(options), bool)
    for begin in range(0, len(options), ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        choice[part], lead = lead_of_best(options, prices, limits, part)
        close = begin + np.flatnonzero(lead <= reach[options.segment[part]])
        is_open[close] = _tempted(options, limits, close, choice[close], between)
    settled = np.where(is_open, NOTHING, choice)
    sums = summed(options, settled, np.zeros(len(options)), limits)
    return _Settled(settled, np.flatnonzero(is_open), _cut(sums))


def _reach(options: Options, limits: Limits, prices: Prices, box: tuple[Prices, Prices]) -> Floats:
    """The most by which the lead of one option over another changes in the box [s], and a hair more."""
    low, high = box
    dearest = float(options.liability.max(initial=0))
    wide = np.maximum(high.resources - prices.resources, prices.resources - low.resources)
    units = sum(each * (dearest if r.in_money else 1) for each, r in zip(wide, limits.resources, strict=True))
    asked, least, most = (each.total + each.segments for each in (prices, low, high))
    reach: Floats = 1e-6 + (1 + 1e-9) * (units + dearest * np.maximum(most - asked, asked - least))
    return reach


def _tempted(
    options: Options, limits: Limits, part: Integers, choice: Integers, box: tuple[Prices, Prices]
) -> Flags:
    """Who could gain by another option, or by none, at some prices in the box.

    An advantage is linear in each price, so it is greatest where what is taken more is cheap and what is
    taken less is dear.
    """
    segment, (low, high) = options.segment[part], box
    cheap, dear = low.of_budget(segment), high.of_budget(segment)
    gain, money, drawn = _taken(options, limits, part, choice)
    left = gain - dear * money
    for number, each in enumerate(drawn):
        left -= high.resources[number] * each
    tempted: Flags = (left < 0) & (choice != NOTHING)
    for option, uses in enumerate(options.uses):
        more = options.liability[option, part] - money
        best = options.gain[option, part] - gain - np.where(more > 0, cheap, dear) * more
        for number, resource in enumerate(limits.resources):
            own = options.drawn(option, resource, part) if number in uses else 0
            more = own - drawn[number]
            best -= np.where(more > 0, low.resources[number], high.resources[number]) * more
        tempted |= (best > 0) & (options.gain[option, part] >= 1)
    return tempted


def _taken(
    options: Options, limits: Limits, part: Integers, choice: Integers
) -> tuple[Integers, Integers, Integers]:
    """What customers gain and pay by their choice [m], and draw of each resource [k, m]."""
    gain, money = np.zeros((2, len(choice)), np.int64)
    drawn = np.zeros((len(limits.resources), len(choice)), np.int64)
    for option, uses in enumerate(options.uses):
        takers = np.flatnonzero(choice == option)
        gain[takers] = options.gain[option, part[takers]]
        money[takers] = options.liability[option, part[takers]]
        for number in uses:
            drawn[number, takers] = options.drawn(option, limits.resources[number], part[takers])
    return gain, money, drawn


def _descend(
    options: Options, limits: Limits, box: Box, settled: _Settled, *, begin: Prices, close: float
) -> Bound:
    """Kelley's method over the open customers: cut where the program says that the bound could be lowest."""
    prices, at, least = begin, begin, np.inf
    chosen = settled.choice[settled.open]
    cuts: list[Cut] = []
    while len(cuts) < MOST_PASSES:
        response = respond(options, prices, limits)
        value = float(response.kept.sum()) + settled.kept(prices) + limits.worth(prices)
        if value < least:
            least, at, chosen = value, prices, response.choice
        cuts.append(_cut(response).plus(settled.cut))
        prices, floor = lowest(cuts, limits, box)
        if least - floor <= close * max(least, 1.0):
            break
    choice = settled.choice.copy()
    choice[settled.open] = chosen
    return Bound(least, at, choice, settled.open, len(cuts))


def _cut(response: Response) -> Cut:
    return Cut(response.gain, response.money, response.units)
