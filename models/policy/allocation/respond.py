"""What customers would choose for themselves at given prices, and what that adds up to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.policy.allocation.problem import NOTHING, ROWS_AT_ONCE, Floats, Integers, Limits, Options, Prices


@dataclass(frozen=True)
class Response:
    """What customers choose at some prices.

    choice [n]. kept: what they keep after paying, by segment [s]. gain, money [s] and units [s, k]: what they
    gain and take, exact.
    """

    choice: Integers
    kept: Floats
    gain: Integers
    money: Integers
    units: Integers


def respond(options: Options, prices: Prices, limits: Limits) -> Response:
    """Every customer's best option at these prices; one that gains less than a minor unit is not worth it."""
    rows = len(options)
    choice, kept = np.full(rows, NOTHING), np.zeros(rows)
    for begin in range(0, rows, ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        best, taken = kept[part], choice[part]
        for option, left in enumerate(_left(options, prices, limits, part)):
            # What is left is never more than the gain, so that whatever beats nothing gains something.
            np.copyto(taken, option, where=left > best)
            np.maximum(best, left, out=best)
    return summed(options, choice, kept, limits)


def lead_of_best(options: Options, prices: Prices, limits: Limits, part: slice) -> tuple[Integers, Floats]:
    """The same for a part of the customers: what each chooses, and by how much it leads the next best [m]."""
    rows = len(options.segment[part])
    choice, best, second = np.full(rows, NOTHING), np.zeros(rows), np.full(rows, -np.inf)
    for option, left in enumerate(_left(options, prices, limits, part)):
        np.copyto(choice, option, where=left > best)
        np.maximum(second, np.minimum(best, left), out=second)
        np.maximum(best, left, out=best)
    return choice, best - second


def _left(options: Options, prices: Prices, limits: Limits, part: slice) -> Iterator[Floats]:
    """What each option in turn leaves to some customers after paying [m]."""
    price = prices.of_budget(options.segment[part])
    for option, uses in enumerate(options.uses):
        per_money, per_option = prices.toll(uses, limits.resources)
        left = options.gain[option, part] - (price + per_money) * options.liability[option, part]
        left -= per_option
        yield left


def summed(options: Options, choice: Integers, kept: Floats, limits: Limits) -> Response:
    """What a choice [n], keeping so much [n], gains and takes segment by segment."""
    segments = len(limits.segments)
    first = np.searchsorted(options.segment, np.arange(segments + 1))
    gain, money = np.zeros((2, segments), np.int64)
    units = np.zeros((segments, len(limits.resources)), np.int64)
    for option, uses in enumerate(options.uses):
        takers = np.flatnonzero(choice == option)
        ends = np.searchsorted(takers, first)
        gain += _between(ends, options.gain[option, takers])
        money += _between(ends, options.liability[option, takers])
        for each in uses:
            units[:, each] += _between(ends, options.drawn(option, limits.resources[each], takers))
    sums = np.array([kept[first[number] : first[number + 1]].sum() for number in range(segments)])
    return Response(choice, sums, gain, money, units)


def _between(ends: Integers, values: Integers) -> Integers:
    """Sums of whole numbers between places [len(ends) - 1]."""
    return np.diff(np.append(0, np.cumsum(values))[ends])
