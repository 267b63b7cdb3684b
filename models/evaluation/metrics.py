"""Figures that judge a prediction, on NumPy alone.

Churn: p [n] probabilities, y [n] of 0 and 1. Value: predicted and actual [n] in minor units.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 15
DECILES = 10
NOISE_DRAWS = 100


def log_losses(p: Floats, y: Floats) -> Floats:
    """−log of the probability given to what happened, per customer [n]."""
    losses: Floats = -np.log(np.where(y == 1, p, 1.0 - p))
    return losses


def log_loss(p: Floats, y: Floats) -> float:
    """Mean of `log_losses`; lower is better."""
    return float(log_losses(p, y).mean())


def brier(p: Floats, y: Floats) -> float:
    """Mean squared error of the probability; lower is better."""
    return float(np.mean((p - y) ** 2))


def auc(score: Floats, y: Floats) -> float:
    """Chance that one who left scores higher than one who stayed, ties half; NaN for one outcome."""
    positives = int(y.sum())
    negatives = len(y) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    rank_sum = float(average_ranks(score)[y == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def average_ranks(values: Floats) -> Floats:
    """Ranks from 1 [n]; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2.0)[inverse]
    return ranks


def equal_mass_bins(ordered_by: Floats, bins: int) -> list[NDArray[np.int64]]:
    """Indices of at most `bins` groups of (nearly) equal size, lowest values first; none is empty."""
    order = np.argsort(ordered_by, kind="stable")
    return [group for group in np.array_split(order, bins) if len(group)]


def ece(p: Floats, y: Floats, bins: int = BINS) -> float:
    """Expected calibration error: |mean p − churn rate| over equal-mass bins, weighted by their size."""
    groups = equal_mass_bins(p, bins)
    return float(sum(abs(p[group].sum() - y[group].sum()) for group in groups) / len(p))


def ece_noise(p: Floats, seed: int, bins: int = BINS, draws: int = NOISE_DRAWS) -> tuple[float, float]:
    """Mean and 95 % quantile of the ECE that these very probabilities would score if they were true.

    Parametric bootstrap: outcomes drawn from p. An ECE below the quantile is indistinguishable from perfect.
    """
    ordered = np.sort(p)
    starts = np.cumsum([0, *(len(group) for group in equal_mass_bins(ordered, bins))])[:-1]
    expected = np.add.reduceat(ordered, starts)
    random = np.random.default_rng(seed)
    found = np.empty(draws)
    for draw in range(draws):
        happened = (random.random(len(ordered), dtype=np.float32) < ordered).astype(np.float64)
        found[draw] = np.abs(np.add.reduceat(happened, starts) - expected).sum() / len(ordered)
    return float(found.mean()), float(np.quantile(found, 0.95))


def normalised_gini(predicted: Floats, actual: Floats) -> float:
    """Gini of the actual values in predicted order ÷ in their own order: 1 is a perfect ranking, 0 chance.

    NaN when the actual values are all alike.
    """
    best = _gini(actual, actual)
    return _gini(predicted, actual) / best if best > 0 else float("nan")


def _gini(by: Floats, actual: Floats) -> float:
    """Area between the Lorenz curve in the order of `by`, highest first, and the diagonal.

    Ties in `by` share the mean of their actual values, so that the order of rows does not matter.
    """
    _, inverse, counts = np.unique(-by, return_inverse=True, return_counts=True)
    shared = (np.bincount(inverse, weights=actual) / counts)[inverse]
    ordered = shared[np.argsort(-by, kind="stable")]
    total, n = ordered.sum(), len(ordered)
    if total <= 0:
        return float("nan")
    return float(np.cumsum(ordered).sum() / total / n - (n + 1) / (2 * n))


def bias(predicted: Floats, actual: Floats) -> float:
    """Predicted total ÷ actual total: 1 is right, above is too high; NaN without a positive actual total."""
    total = float(actual.sum())
    return float(predicted.sum()) / total if total > 0 else float("nan")


def decile_mape(predicted: Floats, actual: Floats) -> float:
    """Σ |predicted − actual| of decile totals ÷ Σ |actual| of decile totals.

    Weighted by what deciles are worth: the cheapest customers, whose totals are near 0, do not decide it.
    """
    groups = equal_mass_bins(predicted, DECILES)
    sums = np.array([(predicted[group].sum(), actual[group].sum()) for group in groups])
    scale = np.abs(sums[:, 1]).sum()
    return float(np.abs(sums[:, 0] - sums[:, 1]).sum() / scale) if scale > 0 else float("nan")


def top_decile_capture(predicted: Floats, actual: Floats) -> float:
    """Share of the actual total that the predicted best tenth brought."""
    total = float(actual.sum())
    best = equal_mass_bins(predicted, DECILES)[-1]
    return float(actual[best].sum()) / total if total > 0 else float("nan")
