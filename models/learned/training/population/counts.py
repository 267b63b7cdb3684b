"""What is counted of each article at one instant: purchases and returns that are visible at it, no labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from models.features.population import SCALE
from models.learned.training.population.sales import Purchases, Sales

Ints = NDArray[np.int64]

YEAR = 365 * DAY
LAUNCH = 90 * DAY


@dataclass(frozen=True)
class Counts:
    """What was counted of every article [n].

    recent_buyers: customers who bought it in the last 365 days; buyers: ever. customers: how many bought any
    article in the last 365 days. statistics: int64 [., n] in millionths, in the order of
    `models.features.population`, without the vectors; others: the same of an article that nobody knows.
    """

    recent_buyers: Ints
    buyers: Ints
    customers: int
    statistics: Ints
    others: Ints


def count(sales: Sales, snapshot: int) -> Counts:
    """Count what is visible at a snapshot (microseconds)."""
    bought, returned, n = sales.purchases.until(snapshot), sales.returns.until(snapshot), len(sales.items)
    recent = bought.at > snapshot - YEAR
    buyers, recent_buyers = buyers_of(sales, bought.pair), buyers_of(sales, bought.pair[recent])
    again = _bought_again(sales, bought)
    lines, back = np.bincount(bought.item, minlength=n), np.bincount(returned.item, minlength=n)
    customers = int(np.count_nonzero(np.bincount(bought.customer[recent])))
    age = _age(bought, n, snapshot)
    statistics = np.array([
        millionths(recent_buyers, np.full(n, customers)),
        age // (DAY // SCALE),
        np.where(age < LAUNCH, SCALE, 0),
        millionths(again, buyers),
        millionths(back, lines),
        _price_level(bought, recent, n),
    ])  # fmt: skip
    repeat_rate, return_rate = millionths(
        np.array([again.sum(), back.sum()]), np.array([buyers.sum(), lines.sum()])
    )
    others = np.array([0, 0, SCALE, repeat_rate, return_rate, SCALE])
    return Counts(recent_buyers, buyers, customers, statistics, others)


def millionths(parts: Ints, wholes: Ints) -> Ints:
    """Parts ÷ wholes in whole millionths, halves up; 0 of nothing."""
    some = np.maximum(wholes, 1)
    shares: Ints = np.where(wholes > 0, (2 * SCALE * parts + some) // (2 * some), 0)
    return shares


def buyers_of(sales: Sales, pair: Ints) -> Ints:
    """How many customers bought each article [n], given the pair of each purchase."""
    met = np.bincount(pair, minlength=len(sales.item_of_pair)) > 0
    return np.bincount(sales.item_of_pair[met], minlength=len(sales.items))


def _bought_again(sales: Sales, bought: Purchases) -> Ints:
    """How many customers bought each article [n] at two instants or more."""
    moments = np.bincount(bought.moment, minlength=len(sales.pair_of_moment)) > 0
    times = np.bincount(sales.pair_of_moment[moments], minlength=len(sales.item_of_pair))
    return np.bincount(sales.item_of_pair[times > 1], minlength=len(sales.items))


def _age(bought: Purchases, items: int, snapshot: int) -> Ints:
    """Microseconds since each article [n] was first sold; 0 where it was not."""
    first = np.full(items, snapshot)
    np.minimum.at(first, bought.item, bought.at)
    return snapshot - first


def _price_level(bought: Purchases, recent: NDArray[np.bool_], items: int) -> Ints:
    """What each article [n] brought in the last 365 days, of what as many units of its category did.

    1 where it was not sold in them. An article of several categories is compared with each as it was sold.
    """
    item, category = bought.item[recent], bought.category[recent]
    amount, units = bought.amount[recent].astype(np.float64), bought.units[recent].astype(np.float64)
    mean = np.bincount(category, amount) / np.maximum(1.0, np.bincount(category, units))
    expected = np.bincount(item, units * mean[category], minlength=items)
    level = np.ones(items)
    np.divide(np.bincount(item, amount, minlength=items), expected, out=level, where=expected > 0)
    return np.rint(level * SCALE).astype(np.int64)
