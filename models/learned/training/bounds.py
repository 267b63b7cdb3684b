"""Fitting the lower bound of the mean from closed rolling backtests of lifetime value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from models.learned.bounds import LowerBound

# How far a level drifts in one lag, before any drift was seen, and for how many lags' evidence that counts.
PRIOR_DEVIATION = 0.2
PRIOR_FREEDOM = 2.0
ASSUMED_DEVIATION = 0.25  # where no time was seen to pass at all
CONFIDENCE = 0.9
DECILES = 10
DECILE_BACKTESTS = 3
NOISE = 1.6449  # standard errors: chance alone takes a ratio as far below 1 one time in twenty
# Whoever is predicted next to nothing can be off by any factor without moving the money by a hundredth.
MATERIAL_SHARE = 0.01


@dataclass(frozen=True)
class ClosedBacktest:
    """One backtest whose value window has closed.

    day: of its cut, a count of local days. predicted: lifetime value [n]. actual: margin over W [n].
    """

    day: int
    predicted: NDArray[np.float64]
    actual: NDArray[np.float64]


def fit_bound(backtests: Sequence[ClosedBacktest], scoring_day: int) -> LowerBound:
    """k_lo from closed backtests, oldest first, for a score at `scoring_day`."""
    if not backtests:
        return LowerBound(0.0, "no backtest of value has closed; nothing is spendable")
    ratios = [log_ratio(backtest) for backtest in backtests]
    if any(not np.isfinite(ratio) for ratio in ratios):
        return LowerBound(0.0, "a backtest's predicted or actual total is not positive; nothing is spendable")
    days = [backtest.day for backtest in backtests]
    lag = scoring_day - days[-1]
    drift = lag_differences(days, ratios, lag)
    differences = [difference for _, difference in drift]
    seen = lags_seen([day for day, _ in drift], lag)
    deviation = level_deviation(differences, seen)
    freedom = PRIOR_FREEDOM + seen
    quantile = float(stdtrit(freedom, CONFIDENCE))
    factor = decile_factor(backtests[-DECILE_BACKTESTS:])
    level = min(1.0, float(np.exp(ratios[-1] - quantile * deviation)))
    source = f"from {len(differences)} lag difference(s)" if differences else "assumed, no lag has passed"
    return LowerBound(
        k_lo=level * factor,
        reason=f"{len(ratios)} closed backtests; deviation {source}",
        log_ratios=tuple(ratios),
        deviation=deviation,
        lag_differences=len(differences),
        lag_days=lag,
        freedom=freedom,
        quantile=quantile,
        decile_factor=factor,
    )


def bound_across_customers(predicted: NDArray[np.float64], actual: NDArray[np.float64]) -> LowerBound:
    """k_lo where customers were held out instead of time; totals of all folds, minor units [n].

    Nobody saw the level drift, so its deviation is the assumed one, with the degrees of freedom of the prior.
    """
    pooled = ClosedBacktest(0, predicted, actual)
    ratio = log_ratio(pooled)
    if not np.isfinite(ratio):
        return LowerBound(0.0, "the predicted or actual total is not positive; nothing is spendable")
    quantile = float(stdtrit(PRIOR_FREEDOM, CONFIDENCE))
    factor = decile_factor([pooled])
    return LowerBound(
        k_lo=min(1.0, float(np.exp(ratio - quantile * ASSUMED_DEVIATION))) * factor,
        reason=f"{len(predicted):,} customers held out by folds; deviation assumed, of one instant only",
        log_ratios=(ratio,),
        deviation=ASSUMED_DEVIATION,
        freedom=PRIOR_FREEDOM,
        quantile=quantile,
        decile_factor=factor,
    )


def log_ratio(backtest: ClosedBacktest) -> float:
    """The level error, l = log(actual ÷ predicted total); not finite unless both are positive."""
    actual, predicted = float(backtest.actual.sum()), float(backtest.predicted.sum())
    return float(np.log(actual / predicted)) if actual > 0 and predicted > 0 else float("nan")


def lag_differences(days: Sequence[int], ratios: Sequence[float], lag: int) -> list[tuple[int, float]]:
    """Day j and l_j − l_i, with i the newest backtest at least `lag` days before j."""
    found = []
    for j, day in enumerate(days):
        before = [i for i, earlier in enumerate(days) if earlier <= day - lag]
        if before:
            found.append((day, ratios[j] - ratios[before[-1]]))
    return found


def lags_seen(days: Sequence[int], lag: int) -> float:
    """How many lags' worth of evidence the differences that end on `days` are: no more where they overlap."""
    return 1.0 + (days[-1] - days[0]) / lag if days else 0.0


def level_deviation(differences: Sequence[float], seen: float) -> float:
    """How far the level drifts in one lag: the root mean square of the differences and what was known before.

    seen: how many lags' worth of evidence they are. The posterior scale of a normal variance under a scaled
    inverse χ² prior (Gelman et al., Bayesian Data Analysis, 2.6); what it foretells is Student's t.
    """
    measured = float(np.mean(np.square(differences))) if differences else 0.0
    known = PRIOR_FREEDOM * PRIOR_DEVIATION**2 + seen * measured
    return float(np.sqrt(known / (PRIOR_FREEDOM + seen)))


def decile_factor(backtests: Sequence[ClosedBacktest]) -> float:
    """min(1, worst relative ratio of a material decile), each as good as chance alone may have made it worse.

    Ratios are of all backtests together. Of thirty noisy ratios the worst lies far below 1 where nothing is
    amiss; so each is raised by `NOISE` standard errors. Overlapping windows see the same orders, so that all
    backtests together are taken for no more evidence than one.
    """
    tables = [decile_totals(backtest) for backtest in backtests]
    if not tables:
        return 1.0
    predicted, actual, noise = np.sum(tables, axis=0)
    material = predicted >= max(MATERIAL_SHARE * predicted.sum(), np.finfo(float).tiny)
    ratios = (actual + NOISE * noise)[material] / predicted[material]
    return float(np.clip(ratios.min(initial=1.0), 0.0, 1.0))


def decile_totals(backtest: ClosedBacktest) -> NDArray[np.float64]:
    """Predicted at the level that came, actual, and the standard error of actual, by decile [3, 10].

    Deciles of predicted value, lowest first. The standard error is that of a sum of customers each off by
    chance, as they were off around the decile's own ratio.
    """
    predicted = backtest.predicted * (backtest.actual.sum() / backtest.predicted.sum())
    groups = np.array_split(np.argsort(predicted, kind="stable"), DECILES)
    off = [backtest.actual[group] - predicted[group] for group in groups]
    return np.array(
        [
            [predicted[group].sum() for group in groups],
            [backtest.actual[group].sum() for group in groups],
            [np.sqrt(np.square(each - each.mean()).sum()) if len(each) else 0.0 for each in off],
        ]
    )
