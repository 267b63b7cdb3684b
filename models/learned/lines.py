"""What customers do with an offer and without, by a logistic regression for each side.

    z_j = (g_j(x_j) − mean_j) ÷ deviation_j,  h(x) = p(base₁ + Σ β₁_j·z_j) − p(base₀ + Σ β₀_j·z_j)

g_j is log(1 + x) where amounts and counts are skewed; a missing value stands at the mean. p is the logistic
function where the outcome is 0 or 1, and nothing at all where it is an amount.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.learned.calibration import probability

Floats = NDArray[np.float64]

FAR = 4.0  # deviations beyond which nothing is said of a customer that is not said of those there


@dataclass(frozen=True)
class Columns:
    """How k columns are read. logged: whose logarithm; means, deviations: of what is read [k]."""

    logged: NDArray[np.bool_]
    means: Floats
    deviations: Floats

    def read(self, values: NDArray[np.float32]) -> Floats:
        """Standardised columns [n, k]."""
        found = values.astype(np.float64)
        found[:, self.logged] = np.log1p(np.maximum(found[:, self.logged], 0.0))
        found = (found - self.means) / self.deviations
        return np.clip(np.where(np.isfinite(found), found, 0.0), -FAR, FAR)


@dataclass(frozen=True)
class Lines:
    """Two lines, without an offer and with one: bases [2], slopes [2, k]; log-odds where `binary`."""

    columns: Columns
    bases: Floats
    slopes: Floats
    binary: bool

    def difference(self, values: NDArray[np.float32]) -> Floats:
        """The effect of being given anything, in points of the outcome [n]."""
        told = self.bases[:, None] + self.slopes @ self.columns.read(values).T
        without, given = probability(told) if self.binary else told
        difference: Floats = given - without
        return difference

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "logged": self.columns.logged.tolist(),
            "means": self.columns.means.tolist(),
            "deviations": self.columns.deviations.tolist(),
            "bases": self.bases.tolist(),
            "slopes": self.slopes.tolist(),
            "binary": self.binary,
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Lines":
        """The inverse of `to_json`."""
        means, deviations, bases, slopes = (
            np.array(values[name], np.float64) for name in ("means", "deviations", "bases", "slopes")
        )
        columns = Columns(np.array(values["logged"], np.bool_), means, deviations)
        return Lines(columns, bases, slopes, bool(values["binary"]))
