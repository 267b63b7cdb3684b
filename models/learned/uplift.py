"""What each arm of past campaigns changes for whom: effects of all arms share one shape over customers.

    τ_a(x) = τ̄_a + c_a · κ · (h(x) − h̄)

h: boosted stumps of the effect of being given anything, or a line for each side, or both; h̄ its mean; τ̄_a
the mean effect of arm a, pulled towards those of the others as far as they cannot be told apart; c_a = τ̄_a ÷
τ̄; κ in [0, 1] the slope by which what was foretold of others came true out of fold. Where nothing differs, κ
is 0 and all have τ̄_a.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.learned.booster import Booster
from models.learned.lines import Lines

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """Effects of the arms beside the control, learned from a trial.

    boosters, weights: h, a weighted sum of boosters. lines, line_weight: what is added to it of two lines, if
    any. means: τ̄_a [arms − 1]. scales: c_a [arms − 1]. slope: κ.
    middle: h̄.
    """

    boosters: tuple[Booster, ...]
    weights: tuple[float, ...]
    means: Floats
    scales: Floats
    slope: float
    middle: float
    lines: Lines | None = None
    line_weight: float = 0.0

    def shape(self, values: NDArray[np.float32]) -> Floats:
        """The shape h of feature values [n, k], in points of the outcome [n]."""
        told = np.zeros(len(values))
        for booster, weight in zip(self.boosters, self.weights, strict=True):
            told += weight * booster.raw(values)
        if self.lines is not None:
            told += self.line_weight * self.lines.difference(values)
        return told

    def of(self, values: NDArray[np.float32]) -> Floats:
        """τ_a of every arm but the control [arms − 1, n]."""
        beyond = self.slope * (self.shape(values) - self.middle)
        found: Floats = self.means[:, None] + self.scales[:, None] * beyond
        return found

    def flat(self) -> "Effects":
        """The same mean effects, alike for everybody."""
        return Effects((), (), self.means, np.zeros_like(self.scales), 0.0, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain values, without the boosters' trees."""
        return {
            "means": self.means.tolist(),
            "scales": self.scales.tolist(),
            "weights": list(self.weights),
            "slope": self.slope,
            "middle": self.middle,
            "lines": None if self.lines is None else self.lines.to_json(),
            "line_weight": self.line_weight,
        }

    @staticmethod
    def from_json(values: Mapping[str, Any], boosters: tuple[Booster, ...]) -> "Effects":
        """The inverse of `to_json`."""
        means, scales = (np.array(values[name], dtype=np.float64) for name in ("means", "scales"))
        weights = tuple(float(weight) for weight in values["weights"])
        told = values.get("lines")  # releases before there were any
        return Effects(
            boosters,
            weights,
            means,
            scales,
            float(values["slope"]),
            float(values["middle"]),
            None if told is None else Lines.from_json(told),
            float(values.get("line_weight", 0.0)),
        )
