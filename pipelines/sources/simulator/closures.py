"""Complaints that nobody solved: a business closes most of them some day, and forgets a few for ever."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

LAPSES_AFTER_DAYS = (30.0, 90.0)  # from the opening, where nobody solved it
CLOSED_AGAIN_AFTER_DAYS = (1.0, 15.0)  # from the reopening
FORGOTTEN_FOR_EVER = 0.02


def close(
    seed: int,
    opened_at: NDArray[np.int64],
    resolved: NDArray[np.bool_],
    reopened_at: NDArray[np.int64],
) -> NDArray[np.int64]:
    """When the business's system closes each complaint without a solution; NEVER where there was a good one.

    It is closed on paper: the customer's mind is the law's business.
    """
    rng = stream(seed, "closures")
    share, forgotten = rng.random(len(opened_at)), rng.random(len(opened_at)) < FORGOTTEN_FOR_EVER
    again = reopened_at + lasting(_between(CLOSED_AGAIN_AFTER_DAYS, share))
    lapsed = opened_at + lasting(_between(LAPSES_AFTER_DAYS, share))
    closes = ~forgotten & (~resolved | (reopened_at != NEVER))
    return np.where(closes, np.where(resolved, again, lapsed), NEVER)


def _between(days: tuple[float, float], share: NDArray[np.float64]) -> NDArray[np.float64]:
    return days[0] + (days[1] - days[0]) * share
