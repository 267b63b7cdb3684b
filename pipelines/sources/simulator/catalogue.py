"""What the shop sells: about four hundred articles in a dozen categories."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.streams import stream

# category: (articles, price against the shop's median, contribution margin share)
_ASSORTMENT = {
    "accessories": (40, 0.5, 0.48),
    "baby": (30, 0.9, 0.30),
    "bath": (35, 0.6, 0.42),
    "books": (45, 0.6, 0.25),
    "electronics": (25, 3.5, 0.14),
    "garden": (35, 1.3, 0.36),
    "kitchen": (50, 1.1, 0.34),
    "lighting": (25, 1.8, 0.40),
    "pets": (30, 0.9, 0.28),
    "sports": (30, 1.6, 0.33),
    "stationery": (40, 0.35, 0.50),
    "toys": (35, 0.9, 0.38),
}
CATEGORIES = tuple(_ASSORTMENT)
PRICE_DEVIATION = 0.55  # of the logarithm of price within a category


@dataclass(frozen=True)
class Catalogue:
    """Articles, category by category, cheapest first.

    An article: category (code), price_minor at the start. A category: margin_share, number of its first
    article, count of its articles.
    """

    category: NDArray[np.int64]
    price_minor: NDArray[np.float64]
    margin_share: NDArray[np.float64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]


def stock(settings: SimulatorSettings) -> Catalogue:
    """Draw the prices: lognormal within a category around its own level."""
    count = np.array([articles for articles, _, _ in _ASSORTMENT.values()])
    level = np.array([price for _, price, _ in _ASSORTMENT.values()])
    category = np.repeat(np.arange(len(CATEGORIES)), count)
    noise = stream(settings.seed, "catalogue").normal(0, PRICE_DEVIATION, len(category))
    price = settings.median_price_minor * level[category] * np.exp(noise)
    return Catalogue(
        category=category,
        price_minor=np.maximum(1, price[np.lexsort((price, category))]),
        margin_share=np.array([share for _, _, share in _ASSORTMENT.values()]),
        first=np.concatenate([[0], np.cumsum(count)[:-1]]),
        count=count,
    )
