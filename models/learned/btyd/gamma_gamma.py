"""Gamma-Gamma: how much a customer spends on a purchase day, learned from the days there were.

A customer's amounts are Gamma(p, ν), and ν differs between customers as Gamma(q, γ) (Fader & Hardie 2013).
After x repeat days of mean amount z̄ the expectation is a weighted mean of theirs and everybody's:

    E = p (γ + x z̄) / (p x + q - 1)

It holds that how much and how often have nothing to do with each other; look at that before relying on it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.learned.btyd.histories import Floats


@dataclass(frozen=True)
class GammaGamma:
    """A fitted Gamma-Gamma. p, q: shapes without unit, q above 1. gamma: in the unit of the amounts."""

    p: float
    q: float
    gamma: float

    def __post_init__(self) -> None:
        """Raise `ValueError` unless all are positive and everybody's mean is finite (q above 1)."""
        if not all(np.isfinite(value) and value > 0 for value in (self.p, self.q - 1.0, self.gamma)):
            raise ValueError(f"a Gamma-Gamma needs p and gamma above 0 and q above 1; got {self}")

    @property
    def population_mean(self) -> float:
        """Expected amount of a purchase day of somebody of whom nothing is known."""
        return self.p * self.gamma / (self.q - 1.0)

    def expected_mean(self, repeats: Floats, mean_amount: Floats) -> Floats:
        """Expected amount [n] of a purchase day, given the mean of so many repeat days.

        Without any (repeats 0; the mean is then not read and may be NaN) it is the population's.
        """
        spent = np.where(repeats > 0, repeats * mean_amount, 0.0)
        expected: Floats = self.p * (self.gamma + spent) / (self.p * repeats + self.q - 1.0)
        return expected

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "GammaGamma":
        """The inverse of `to_json`."""
        return GammaGamma(**values)
