"""Choosing a calibration: fitted on earlier backtests, judged by Brier score on each later one.

The level of churn moves with the seasons, and a curve that learned the last one misleads in the next. So a
curve must help at every later backtest, not just at one, or the log-odds stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.learned.calibration import Calibration, CalibrationKind, logit, probability

CUTS_TO_CHOOSE = 3  # a curve that helped at one later backtest may have been lucky


@dataclass(frozen=True)
class Judged:
    """Predictions of one closed backtest: log-odds before calibration [n] and what happened (0 or 1) [n]."""

    log_odds: NDArray[np.float64]
    churned: NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The chosen curve, why, and each candidate's mean Brier score over the backtests after the first."""

    calibration: Calibration
    reason: str
    brier: Mapping[str, float] = field(default_factory=dict)


def choose_calibration(history: Sequence[Judged]) -> Choice:
    """Choose among identity, sigmoid and isotonic, from backtests in order of time.

    At every backtest but the first, each candidate is fitted on all before it and judged there. A curve is
    chosen if it beats the identity at each of them, the one with the lowest mean first, and fitted again on
    all. With fewer than three backtests, or one outcome only, too little can be judged: the identity.
    """
    if len(history) < CUTS_TO_CHOOSE:
        reason = f"identity: {len(history)} closed backtest(s), choosing takes {CUTS_TO_CHOOSE}"
        return Choice(Calibration(), reason)
    if len(np.unique(history[0].churned)) < 2:
        return Choice(Calibration(), "identity: the first backtest holds one outcome only")
    scores = {kind: _rolling_brier(kind, history) for kind in CalibrationKind}
    plain = scores[CalibrationKind.IDENTITY]
    helps = [kind for kind, brier in scores.items() if np.all(brier < plain)]
    best = min(helps, key=lambda kind: float(scores[kind].mean()), default=CalibrationKind.IDENTITY)
    judged = f"{len(plain)} later of {len(history)} tuning backtests"
    reason = f"{best}: {'lower Brier score at each' if helps else 'no curve helps at each'} of {judged}"
    means = {str(kind): float(brier.mean()) for kind, brier in scores.items()}
    return Choice(_fit(best, _pooled(history)), reason, means)


def _rolling_brier(kind: CalibrationKind, history: Sequence[Judged]) -> NDArray[np.float64]:
    """Brier score at each backtest after the first, of a curve fitted on all before it."""
    later = range(1, len(history))
    return np.array([_brier(_fit(kind, _pooled(history[:at])), history[at]) for at in later])


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
