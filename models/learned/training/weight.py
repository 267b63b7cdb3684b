"""How much boosted trees count beside the logistic model: what closed backtests ask for.

Both halves of every backtest are fitted anyway, so choosing costs no further fit. Like a calibration
(decision 7) another weight must help at every closed backtest: one season favours trees, the next few terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.learned.calibration import probability
from models.learned.churn import blended
from models.learned.training.calibration import Choice, Judged, choose_calibration

Floats = NDArray[np.float64]

CUTS_TO_WEIGH = 2  # a weight that helped once may have been lucky
LEAST_GAIN = 0.001  # in log-loss; for less it is not worth trusting one half more than was set
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Halves:
    """Predictions of one closed backtest: log-odds before calibration by each half [n], and outcomes [n].

    boosted: None where the logistic model (or one rate) stood alone.
    """

    boosted: Floats | None
    logistic: Floats
    churned: Floats

    def at(self, weight: float) -> Judged:
        """What the blend said with so much weight on the boosters."""
        return Judged(blended(self.boosted, self.logistic, weight), self.churned)


@dataclass(frozen=True)
class Weight:
    """The chosen weight of the boosters, why, and each candidate's mean log-loss over the backtests."""

    value: float
    reason: str
    log_loss: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Choices:
    """What closed backtests chose: the weight, then the calibration of the blend with that weight."""

    weight: Weight
    calibration: Choice

    def as_recipe(self) -> dict[str, object]:
        """Plain values of what was chosen and why."""
        curve = self.calibration
        return {
            "weight": {"reason": self.weight.reason, "log_loss": dict(self.weight.log_loss)},
            "calibration": {
                "kind": curve.calibration.kind,
                "reason": curve.reason,
                "brier": dict(curve.brier),
            },
        }


def choose(history: Sequence[Halves], weight: float, *, weigh: bool) -> Choices:
    """Choose from backtests in order of time. weight: the one set; it stays unless `weigh` and they agree."""
    chosen = choose_weight(history, weight) if weigh else Weight(weight, f"{weight:g}: as set")
    return Choices(chosen, choose_calibration([one.at(chosen.value) for one in history]))


def choose_weight(history: Sequence[Halves], weight: float) -> Weight:
    """The weight with the lowest mean log-loss among those that beat the one set at each closed backtest.

    It must be lower by a thousandth at least: both halves err differently, and each hedges the other.
    Backtests without boosters say nothing. With fewer than two others, or none that helps at each: as set.
    """
    weighed = [one for one in history if one.boosted is not None]
    if len(weighed) < CUTS_TO_WEIGH:
        reason = f"{weight:g} as set: {len(weighed)} closed backtest(s), weighing takes {CUTS_TO_WEIGH}"
        return Weight(weight, reason)
    losses = {each: _losses(weighed, each) for each in sorted({weight, *WEIGHTS})}
    helps = [
        each
        for each, loss in losses.items()
        if np.all(loss < losses[weight]) and losses[weight].mean() - loss.mean() >= LEAST_GAIN
    ]
    best = min(helps, key=lambda each: float(losses[each].mean()), default=weight)
    what = f": lower log-loss than {weight:g}, at each" if helps else " as set: no other helps at each"
    means = {f"{each:g}": float(loss.mean()) for each, loss in losses.items()}
    return Weight(best, f"{best:g}{what} of {len(weighed)} closed backtests", means)


def _losses(history: Sequence[Halves], weight: float) -> Floats:
    return np.array([_log_loss(one.at(weight)) for one in history])


def _log_loss(judged: Judged) -> float:
    p = probability(judged.log_odds)
    return float(-np.log(np.where(judged.churned == 1, p, 1.0 - p)).mean())
