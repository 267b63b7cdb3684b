"""Fitting the lower bound of the mean from closed rolling backtests of lifetime value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from models.learned.bounds import LowerBound

LEAST_DEVIATION = 0.08
ASSUMED_DEVIATION = 0.25
LEAST_FREEDOM = 2.0
CONFIDENCE = 0.9
DIFFERENCES_NEEDED = 2
DECILES = 10
DECILE_BACKTESTS = 3
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


def fit_bound(backtests: Sequence[ClosedBacktest], scoring_day: int, window_days: int) -> LowerBound:
    """k_lo from closed backtests, oldest first, for a score at `scoring_day`."""
    if not backtests:
        return LowerBound(0.0, "no backtest of value has closed; nothing is spendable")
    ratios = [log_ratio(backtest) for backtest in backtests]
    if any(not np.isfinite(ratio) for ratio in ratios):
        return LowerBound(0.0, "a backtest's predicted or actual total is not positive; nothing is spendable")
    days = [backtest.day for backtest in backtests]
    lag = scoring_day - days[-1]
    differences = lag_differences(days, ratios, lag)
    deviation = level_deviation(differences)
    freedom = degrees_of_freedom(days, window_days)
    quantile = float(stdtrit(freedom, CONFIDENCE))
    factor = decile_factor(backtests[-DECILE_BACKTESTS:])
    level = min(1.0, float(np.exp(ratios[-1] - quantile * deviation)))
    source = "measured" if len(differences) >= DIFFERENCES_NEEDED else "assumed"
    return LowerBound(
        k_lo=level * factor,
        reason=f"{len(ratios)} closed backtests; deviation {source}, {len(differences)} lag difference(s)",
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

    Nobody saw the level drift, so its deviation is the assumed one, with the least degrees of freedom.
    """
    pooled = ClosedBacktest(0, predicted, actual)
    ratio = log_ratio(pooled)
    if not np.isfinite(ratio):
        return LowerBound(0.0, "the predicted or actual total is not positive; nothing is spendable")
    quantile = float(stdtrit(LEAST_FREEDOM, CONFIDENCE))
    factor = decile_factor([pooled])
    return LowerBound(
        k_lo=min(1.0, float(np.exp(ratio - quantile * ASSUMED_DEVIATION))) * factor,
        reason=f"{len(predicted):,} customers held out by folds; deviation assumed, of one instant only",
        log_ratios=(ratio,),
        deviation=ASSUMED_DEVIATION,
        freedom=LEAST_FREEDOM,
        quantile=quantile,
        decile_factor=factor,
    )


def log_ratio(backtest: ClosedBacktest) -> float:
    """The level error, l = log(actual ÷ predicted total); not finite unless both are positive."""
    actual, predicted = float(backtest.actual.sum()), float(backtest.predicted.sum())
    return float(np.log(actual / predicted)) if actual > 0 and predicted > 0 else float("nan")


def lag_differences(days: Sequence[int], ratios: Sequence[float], lag: int) -> list[float]:
    """l_j − l_i, with i the newest backtest at least `lag` days before j."""
    found = []
    for j, day in enumerate(days):
        before = [i for i, earlier in enumerate(days) if earlier <= day - lag]
        if before:
            found.append(ratios[j] - ratios[before[-1]])
    return found


def level_deviation(differences: Sequence[float]) -> float:
    """Root mean square of the lag differences, at least .08; .25 when fewer than two are known."""
    if len(differences) < DIFFERENCES_NEEDED:
        return ASSUMED_DEVIATION
    return max(LEAST_DEVIATION, float(np.sqrt(np.mean(np.square(differences)))))


def degrees_of_freedom(days: Sequence[int], window_days: int) -> float:
    """ν = max(2, days that the backtests' windows cover ÷ W): overlapping windows are no new evidence."""
    return max(LEAST_FREEDOM, (days[-1] - days[0] + window_days) / window_days)


def decile_factor(backtests: Sequence[ClosedBacktest]) -> float:
    """min(1, worst relative ratio of a material decile of the backtests)."""
    worst = [float(min(relative_decile_ratios(backtest), default=1.0)) for backtest in backtests]
    return max(0.0, min(1.0, *worst))


def relative_decile_ratios(backtest: ClosedBacktest) -> list[float]:
    """(actual ÷ predicted) ÷ (total actual ÷ total predicted) of deciles of predicted value, lowest first.

    A decile that holds less than a hundredth of the predicted total is left out: it is not material.
    """
    predicted, actual = backtest.predicted, backtest.actual
    least = MATERIAL_SHARE * predicted.sum()
    groups = np.array_split(np.argsort(predicted, kind="stable"), DECILES)
    material = [group for group in groups if predicted[group].sum() >= least > 0]
    level = actual.sum() / predicted.sum()
    return [float(actual[group].sum() / predicted[group].sum() / level) for group in material]
