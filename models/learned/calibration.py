"""Calibration: a curve from a model's log-odds to log-odds that came true as often as they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

P_MIN = 1e-6


class CalibrationKind(StrEnum):
    """Shapes of the curve."""

    IDENTITY = "identity"
    SIGMOID = "sigmoid"
    ISOTONIC = "isotonic"


@dataclass(frozen=True)
class Calibration:
    """A non-falling curve on log-odds.

    sigmoid: intercept + slope·x. isotonic: straight lines between the knots (x, y), flat outside them.
    """

    kind: CalibrationKind = CalibrationKind.IDENTITY
    slope: float = 1.0
    intercept: float = 0.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def apply(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated log-odds [n]."""
        if self.kind is CalibrationKind.SIGMOID:
            return self.intercept + self.slope * log_odds
        if self.kind is CalibrationKind.ISOTONIC:
            return np.interp(log_odds, self.x, self.y)
        return log_odds

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind.value,
            "slope": self.slope,
            "intercept": self.intercept,
            "x": list(self.x),
            "y": list(self.y),
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Calibration":
        """The inverse of `to_json`."""
        return Calibration(
            CalibrationKind(values["kind"]),
            values["slope"],
            values["intercept"],
            tuple(values["x"]),
            tuple(values["y"]),
        )


def probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities in [1e-6, 1 - 1e-6] of log-odds."""
    # Log-odds beyond ±700 overflow exp; far inside that the clip has already decided.
    return _within(1.0 / (1.0 + np.exp(-_within(log_odds, -50.0, 50.0))), P_MIN, 1.0 - P_MIN)


def logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of probabilities, clipped to [1e-6, 1 - 1e-6] first."""
    clipped = _within(p, P_MIN, 1.0 - P_MIN)
    odds: NDArray[np.float64] = np.log(clipped / (1.0 - clipped))
    return odds


def _within(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """What `np.clip` gives, in a third of the time where there is one customer."""
    return np.minimum(np.maximum(values, low), high)
