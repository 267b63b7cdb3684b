"""Choosing a calibration: fitted on earlier backtests, judged by Brier score on the latest of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.learned.calibration import Calibration, CalibrationKind, logit, probability

CUTS_TO_CHOOSE = 2


@dataclass(frozen=True)
class Judged:
    """Predictions of one closed backtest: log-odds before calibration [n] and what happened (0 or 1) [n]."""

    log_odds: NDArray[np.float64]
    churned: NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The chosen curve, why, and each candidate's Brier score on the latest cut."""

    calibration: Calibration
    reason: str
    brier: Mapping[str, float] = field(default_factory=dict)


def choose_calibration(history: Sequence[Judged]) -> Choice:
    """Choose among identity, sigmoid and isotonic, from backtests in order of time.

    Each candidate is fitted on all but the latest and judged on that one; the winner is fitted again on all.
    With fewer than two, or only one outcome, nothing can be judged: the identity, and the reason.
    """
    if len(history) < CUTS_TO_CHOOSE:
        return Choice(Calibration(), f"identity: {len(history)} closed backtest(s), choosing takes two")
    earlier, latest = _pooled(history[:-1]), history[-1]
    if len(np.unique(earlier.churned)) < 2:
        return Choice(Calibration(), "identity: the earlier backtests hold one outcome only")
    brier = {kind: _brier(_fit(kind, earlier), latest) for kind in CalibrationKind}
    # The kinds stand in order of simplicity and min() keeps the first, so a tie goes to the simpler.
    best = min(brier, key=lambda kind: round(brier[kind], 8))
    reason = f"{best}: lowest Brier score on the latest of {len(history)} tuning backtests"
    return Choice(_fit(best, _pooled(history)), reason, {str(kind): score for kind, score in brier.items()})


def _pooled(history: Sequence[Judged]) -> Judged:
    return Judged(
        np.concatenate([judged.log_odds for judged in history]),
        np.concatenate([judged.churned for judged in history]),
    )


def _brier(calibration: Calibration, judged: Judged) -> float:
    return float(np.mean((probability(calibration.apply(judged.log_odds)) - judged.churned) ** 2))


def _fit(kind: CalibrationKind, judged: Judged) -> Calibration:
    if kind is CalibrationKind.SIGMOID:
        return _fit_sigmoid(judged)
    if kind is CalibrationKind.ISOTONIC:
        return _fit_isotonic(judged)
    return Calibration()


def _fit_sigmoid(judged: Judged) -> Calibration:
    """Platt's curve on log-odds. A falling one would turn the ranking round: the slope is at least 0."""
    fitted = LogisticRegression(C=1e6, solver="newton-cholesky", tol=1e-8)
    with threadpool_limits(limits=1):
        fitted.fit(judged.log_odds[:, None], judged.churned)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope < 0:
        slope, intercept = 0.0, float(logit(np.array([judged.churned.mean()]))[0])
    return Calibration(
        CalibrationKind.SIGMOID, slope=float(f"{slope:.10g}"), intercept=float(f"{intercept:.10g}")
    )


def _fit_isotonic(judged: Judged) -> Calibration:
    """Pool-adjacent-violators; the ends stay half a customer away from certainty."""
    half = 0.5 / len(judged.churned)
    fitted = IsotonicRegression(y_min=half, y_max=1.0 - half, out_of_bounds="clip")
    fitted.fit(judged.log_odds, judged.churned)
    y = logit(np.asarray(fitted.y_thresholds_, dtype=np.float64))
    return Calibration(
        CalibrationKind.ISOTONIC,
        x=tuple(float(value) for value in fitted.X_thresholds_),
        y=tuple(float(value) for value in y),
    )
