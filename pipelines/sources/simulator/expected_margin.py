"""What an order of each customer is expected to earn: the law of the baskets, without drawing any."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.catalogue import CATEGORIES, Catalogue
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.orders import (
    CHEAPER,
    DISCOUNT,
    DISCOUNTED,
    EXTRA_LINES,
    HABIT,
    MORE_UNITS,
    STRAYS,
    TASTE_SHARES,
    WHIM,
    chosen,
    habit_of,
)
from pipelines.sources.simulator.settings import SimulatorSettings

Floats = NDArray[np.float64]

# Fine enough that the sum over whims and the line between two tastes miss less than a thousandth.
_TASTES = np.linspace(-5, 5, 81)
_WHIMS = np.linspace(-4, 4, 161)


def margin_of_an_order(
    settings: SimulatorSettings, customers: Customers, catalogue: Catalogue, turned: float = 0.0
) -> Floats:
    """Expected contribution margin of one order at the prices of the first day [n], minor units.

    turned: how far the customers have turned away, 0 to 1. Lines that come back count as never sold; a return
    is booked some days later than the order.
    """
    habitual, loyal = HABIT * (1 - turned), 1 - STRAYS * turned
    by_category = np.stack(
        [
            habitual * _margin_of_a_habit(catalogue, customers, category)
            + (1 - habitual) * _margin_of_a_whim(catalogue, customers, category, turned)
            for category in range(len(CATEGORIES))
        ],
        axis=1,
    )
    favourites = np.take_along_axis(by_category, customers.tastes, axis=1)
    anywhere = by_category.mean(axis=1)
    a_line = loyal * (favourites * TASTE_SHARES).sum(axis=1) + (1 - loyal * sum(TASTE_SHARES)) * anywhere
    an_order: Floats = a_line * (1 + MORE_UNITS) * (1 + EXTRA_LINES) * (1 - settings.return_share)
    return an_order


def _margin_of_a_whim(catalogue: Catalogue, customers: Customers, category: int, turned: float) -> Floats:
    """Expected margin of an article that each customer chooses in a category for the day [n], minor units."""
    chance = np.exp(-(_WHIMS**2) / 2)
    article = chosen(catalogue, category, _TASTES[:, None], _WHIMS - CHEAPER / WHIM * turned)
    price = (catalogue.price_minor[article] * chance).sum(axis=1) / chance.sum()
    margin: Floats = np.interp(customers.spend, _TASTES, price) * _margin_share(catalogue, category)
    return margin


def _margin_of_a_habit(catalogue: Catalogue, customers: Customers, category: int) -> Floats:
    """Expected margin of the article that is each customer's own in a category [n], minor units."""
    article = chosen(catalogue, category, customers.spend, habit_of(customers.habit, category))
    margin: Floats = catalogue.price_minor[article] * _margin_share(catalogue, category)
    return margin


def _margin_share(catalogue: Catalogue, category: int) -> float:
    return float(catalogue.margin_share[category] - DISCOUNT * DISCOUNTED)
