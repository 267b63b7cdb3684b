"""Customers with equal histories are one row with a weight, and a sample of customers is an even one."""

from dataclasses import dataclass

import numpy as np

from models.learned.btyd.histories import Floats, PurchaseHistories


@dataclass(frozen=True)
class WeightedHistories:
    """Distinct histories [n] in order of x, t_x, T, and how many customers each stands for [n]."""

    histories: PurchaseHistories
    weights: Floats

    @property
    def customers(self) -> float:
        """How many customers all of them stand for."""
        return float(self.weights.sum())

    @property
    def mean_age(self) -> float:
        """Mean T of those customers."""
        return float(self.weights @ self.histories.age) / self.customers


def grouped(histories: PurchaseHistories) -> WeightedHistories:
    """Distinct histories with the number of customers that have them."""
    order = np.lexsort((histories.age, histories.active, histories.repeats))
    values = np.stack([histories.repeats[order], histories.active[order], histories.age[order]])
    differs = np.any(np.diff(values, axis=1, prepend=np.nan) != 0, axis=0)
    starts = np.flatnonzero(differs)
    weights = np.diff(starts, append=len(histories)).astype(np.float64)
    return WeightedHistories(PurchaseHistories(*values[:, starts]), weights)


def sampled(whole: WeightedHistories, most: int) -> WeightedHistories:
    """At most so many customers, evenly spaced in the order of the histories: nothing is drawn by chance."""
    if whole.customers <= most:
        return whole
    rows, counts = np.unique(
        np.searchsorted(np.cumsum(whole.weights), even_places(whole.customers, most), side="right"),
        return_counts=True,
    )
    return WeightedHistories(whole.histories.rows(rows), counts.astype(np.float64))


def standing_for(part: WeightedHistories, customers: float) -> WeightedHistories:
    """The same histories, weighted to stand for so many customers."""
    return WeightedHistories(part.histories, part.weights * (customers / part.customers))


def even_places(length: float, most: int) -> Floats:
    """The middles of `most` equal parts of [0, length]."""
    return (np.arange(most, dtype=np.float64) + 0.5) * (length / most)
