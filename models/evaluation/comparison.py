"""Is ours better than a peer on the same customers, or is it noise? A paired bootstrap at 90 %."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.evaluation.metrics import auc, average_ranks, log_losses

Floats = NDArray[np.float64]

LEVEL = 0.90
DRAWS = 300


class Verdict(StrEnum):
    """Ours against the peer."""

    BETTER = "better"
    TIE = "tie"
    WORSE = "worse"


@dataclass(frozen=True)
class Difference:
    """Peer's disadvantage: ours minus peer's figure, turned so that above 0 is better; its 90 % interval."""

    advantage: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Better or worse when the interval excludes 0."""
        if self.low > 0:
            return Verdict.BETTER
        return Verdict.WORSE if self.high < 0 else Verdict.TIE


def compare_log_loss(
    ours: Floats, peer: Floats, y: Floats, customer: NDArray[np.int64], seed: int
) -> Difference:
    """By how much the log-loss of `ours` [n] is lower than that of `peer` [n]."""
    gains = log_losses(peer, y) - log_losses(ours, y)
    return bootstrap_mean(gains, customer, seed)


def compare_auc(ours: Floats, peer: Floats, y: Floats, customer: NDArray[np.int64], seed: int) -> Difference:
    """By how much the AUC of `ours` [n] is higher than that of `peer` [n]."""
    return bootstrap_mean(auc_terms(ours, y) - auc_terms(peer, y), customer, seed)


def bootstrap_mean(gains: Floats, customer: NDArray[np.int64], seed: int) -> Difference:
    """Interval of the mean of `gains` [n], drawing customers (codes [n]) with all their rows.

    The same customer stands at several cuts; drawing rows one by one would make the interval too narrow.
    """
    sums = np.bincount(customer, weights=gains)
    counts = np.bincount(customer).astype(np.float64)
    random = np.random.default_rng(seed)
    means = np.empty(DRAWS)
    for draw in range(DRAWS):
        chosen = random.integers(0, len(sums), size=len(sums), dtype=np.int32)
        means[draw] = sums[chosen].sum() / max(counts[chosen].sum(), 1.0)
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(means, (tail, 1.0 - tail))
    return Difference(float(gains.mean()), float(low), float(high))


def auc_terms(score: Floats, y: Floats) -> Floats:
    """Per-customer terms [n] whose mean is the AUC and whose spread is its sampling error.

    Placements of DeLong, DeLong and Clarke-Pearson (1988): the share of the other outcome that a customer
    is ranked correctly against, centred and weighted by outcome. NaN for one outcome.
    """
    positive = y == 1
    share = float(positive.mean())
    if share in {0.0, 1.0}:
        return np.full(len(y), np.nan)
    within = np.empty(len(y))
    within[positive] = average_ranks(score[positive])
    within[~positive] = average_ranks(score[~positive])
    below = average_ranks(score) - within  # of the other outcome, ties half
    placement = np.where(positive, below / (~positive).sum(), 1.0 - below / positive.sum())
    area = auc(score, y)
    terms: Floats = area + (placement - area) / np.where(positive, share, 1.0 - share)
    return terms
