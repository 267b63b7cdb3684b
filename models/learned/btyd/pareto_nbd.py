"""Pareto/NBD: customers buy at random at their own rate until, at a random time, they are gone for good.

Rates of buying are Gamma(r, α), of leaving Gamma(s, β) (Schmittlein, Morrison & Colombo 1987). With

    G(T) = (α+T)^-(r+x) (β+T)^-s + s ∫ from t_x to T of (α+y)^-(r+x) (β+y)^-(s+1) dy

the likelihood of (x, t_x, T) is Γ(r+x)/Γ(r) α^r β^s G(T). No purchase in the next H is the history
(x, t_x, T+H), so its probability is G(T+H) / G(T), and

    G(T) - G(T+H) = (r+x) ∫ from T to T+H of (α+y)^-(r+x+1) (β+y)^-s dy

makes its odds a ratio of positive terms: no digit is lost, however sure the answer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.learned.btyd.histories import Floats, PurchaseHistories
from models.learned.btyd.quadrature import Integrand, log_integral


@dataclass(frozen=True)
class ParetoNBD:
    """A fitted Pareto/NBD. r, s: shapes without unit. alpha, beta: in the unit of time of the histories."""

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        """Raise `ValueError` unless all parameters are positive."""
        if not all(np.isfinite(value) and value > 0 for value in (self.r, self.alpha, self.s, self.beta)):
            raise ValueError(f"the parameters of a Pareto/NBD must be positive; got {self}")

    def log_odds_of_silence(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Log-odds [n] of no purchase in (T, T + horizon]; the horizon in the unit of the histories."""
        return self._log_silent(histories, horizon) - self._log_not_silent(histories, horizon)

    def probability_alive(self, histories: PurchaseHistories) -> Floats:
        """Probability [n] of not having left by T. It is no churn score: the living may be slow to buy."""
        return np.exp(self._log_alive(histories, histories.age) - self._log_silent(histories, 0.0))

    def expected_purchases(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Expected number [n] of purchase days in (T, T + horizon]."""
        return self.probability_alive(histories) * self.expected_if_alive(histories, horizon)

    def expected_if_alive(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """The same [n] of those who have not left by T."""
        rate = (self.r + histories.repeats) / (self.alpha + histories.age)
        return rate * self._expected_lifetime(histories, horizon)

    def _expected_lifetime(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Expected time [n] alive within the horizon, of those alive at T."""
        left = self.beta + histories.age
        grown = np.log1p(horizon / left)
        if self.s == 1.0:
            return left * grown
        lifetime: Floats = left * -np.expm1(-(self.s - 1.0) * grown) / (self.s - 1.0)
        return lifetime

    def _log_silent(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """The logarithm of G(T + horizon) [n]."""
        until = histories.age + horizon
        leaving = Integrand(self.alpha, self.r + histories.repeats, self.beta, self.s + 1.0)
        gone = log_integral(leaving, histories.active, until)
        silent: Floats = np.logaddexp(self._log_alive(histories, until), np.log(self.s) + gone)
        return silent

    def _log_alive(self, histories: PurchaseHistories, until: Floats) -> Floats:
        """The first term of G(until) as a logarithm [n]: those who are still there."""
        alive: Floats = -(self.r + histories.repeats) * np.log(self.alpha + until) - self.s * np.log(
            self.beta + until
        )
        return alive

    def _log_not_silent(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """The logarithm of G(T) - G(T + horizon) [n]."""
        power = self.r + histories.repeats
        buying = Integrand(self.alpha, power + 1.0, self.beta, self.s)
        bought: Floats = np.log(power) + log_integral(buying, histories.age, histories.age + horizon)
        return bought

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "ParetoNBD":
        """The inverse of `to_json`."""
        return ParetoNBD(**values)
