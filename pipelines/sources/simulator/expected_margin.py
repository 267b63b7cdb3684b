"""What an order of each customer is expected to earn: the law of the baskets, without drawing any."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.catalogue import CATEGORIES, Catalogue
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.orders import (
    DISCOUNT,
    DISCOUNTED,
    EXTRA_LINES,
    MORE_UNITS,
    TASTE_FOR_PRICE,
    TASTE_SHARES,
    WHIM,
)
from pipelines.sources.simulator.settings import SimulatorSettings

Floats = NDArray[np.float64]

# Fine enough that the sum over whims and the line between two tastes miss less than a thousandth.
_TASTES = np.linspace(-5, 5, 81)
_WHIMS = np.linspace(-4, 4, 161)


def margin_of_an_order(settings: SimulatorSettings, customers: Customers, catalogue: Catalogue) -> Floats:
    """Expected contribution margin of one order at the prices of the first day [n], minor units.

    Lines that come back count as never sold; a return is booked some days later than the order.
    """
    by_category = np.stack(
        [
            np.interp(customers.spend, _TASTES, _margin_of_an_article(catalogue, category))
            for category in range(len(CATEGORIES))
        ],
        axis=1,
    )
    favourites = np.take_along_axis(by_category, customers.tastes, axis=1)
    anywhere = by_category.mean(axis=1)
    a_line = (favourites * TASTE_SHARES).sum(axis=1) + (1 - sum(TASTE_SHARES)) * anywhere
    an_order: Floats = a_line * (1 + MORE_UNITS) * (1 + EXTRA_LINES) * (1 - settings.return_share)
    return an_order


def _margin_of_an_article(catalogue: Catalogue, category: int) -> Floats:
    """Expected margin of an article that customers of each of `_TASTES` choose in a category, minor units."""
    chance = np.exp(-(_WHIMS**2) / 2)
    wish = TASTE_FOR_PRICE * _TASTES[:, None] + WHIM * _WHIMS
    rank = 1 / (1 + np.exp(-1.3 * wish))
    article = catalogue.first[category] + (rank * catalogue.count[category]).astype(np.int64)
    price = (catalogue.price_minor[article] * chance).sum(axis=1) / chance.sum()
    margin: Floats = price * (catalogue.margin_share[category] - DISCOUNT * DISCOUNTED)
    return margin
