"""BG/NBD: as Pareto/NBD, but a customer can leave only right after a purchase.

Rates of buying are Gamma(r, α); after each purchase the customer leaves with a probability that is Beta(a, b)
(Fader, Hardie & Lee 2005). With δ = a / (b+x-1) · (α+t_x)^-(r+x) for x > 0, else 0, and

    G(T) = (α+T)^-(r+x) + δ

the likelihood of (x, t_x, T) is proportional to G(T), and the probability of no purchase in the next H is
G(T+H) / G(T). Whoever bought once has not had the chance to leave: P(alive) is 1 for all of them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.learned.btyd.histories import Floats, PurchaseHistories
from models.learned.btyd.quadrature import blocks

# The double-exponential rule below: e^-NEGLIGIBLE ends a tail; STEP suits a Beta of shapes up to 1.
NEGLIGIBLE = 42.0
STEP = 0.055
_SMALLEST = 1e-300


@dataclass(frozen=True)
class BGNBD:
    """A fitted BG/NBD. r, a, b: shapes without unit. alpha: in the unit of time of the histories."""

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        """Raise `ValueError` unless all parameters are positive."""
        if not all(np.isfinite(value) and value > 0 for value in (self.r, self.alpha, self.a, self.b)):
            raise ValueError(f"the parameters of a BG/NBD must be positive; got {self}")

    def log_odds_of_silence(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Log-odds [n] of no purchase in (T, T + horizon]; the horizon in the unit of the histories."""
        power = self.r + histories.repeats
        alive_now, alive_then = self._log_alive(histories, 0.0), self._log_alive(histories, horizon)
        silent = np.logaddexp(alive_then, self._log_gone(histories))
        fell = power * np.log1p(horizon / (self.alpha + histories.age))
        odds: Floats = silent - alive_now - np.log(-np.expm1(-fell))
        return odds

    def probability_alive(self, histories: PurchaseHistories) -> Floats:
        """Probability [n] of not having left by T: 1 for all who bought on one day only."""
        alive, gone = self._log_alive(histories, 0.0), self._log_gone(histories)
        return np.exp(alive - np.logaddexp(alive, gone))

    def expected_purchases(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Expected number [n] of purchase days in (T, T + horizon]."""
        power = self.r + histories.repeats
        reach = horizon / (self.alpha + histories.age)
        return self.probability_alive(histories) * self._expected_if_alive(histories.repeats, power, reach)

    def _expected_if_alive(self, repeats: Floats, power: Floats, reach: Floats) -> Floats:
        """E[(1 - (1 + p·reach)^-power) / p] [n] over p ~ Beta(a, b + x): a hypergeometric function."""
        log_p, log_q, log_weight = self._beta_nodes()
        p = np.maximum(np.exp(log_p), _SMALLEST)
        result = np.empty(len(repeats))
        for rows in blocks(len(repeats)):
            log_each = log_weight + repeats[rows, None] * log_q
            weight = np.exp(log_each - log_each.max(axis=1, keepdims=True))
            fell = power[rows, None] * np.log1p(reach[rows, None] * p)
            result[rows] = np.vecdot(weight, -np.expm1(-fell) / p) / weight.sum(axis=1)
        return result

    def _beta_nodes(self) -> tuple[Floats, Floats, Floats]:
        """Nodes of the Beta(a, b), log-odds of p at π·sinh of equal steps: log p, log(1 - p), log weight."""
        lowest, highest = (
            np.arcsinh(NEGLIGIBLE / (np.pi * min(shape, 1.0))) + 0.5 for shape in (self.a, self.b)
        )
        step = STEP / max(1.0, np.sqrt(self.a))
        v = np.arange(-lowest, highest + step, step)
        log_odds = np.pi * np.sinh(v)
        log_p, log_q = -np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds)
        return log_p, log_q, self.a * log_p + self.b * log_q + np.log(np.cosh(v))

    def _log_alive(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """The first term of G(T + horizon) as a logarithm [n]: those who are still there."""
        alive: Floats = -(self.r + histories.repeats) * np.log(self.alpha + histories.age + horizon)
        return alive

    def _log_gone(self, histories: PurchaseHistories) -> Floats:
        """The logarithm of δ [n]; -inf for those without a repeat purchase."""
        with np.errstate(divide="ignore"):
            left = np.log(np.where(histories.repeats > 0, self.a, 0.0))
        stayed = np.log(self.b + np.maximum(histories.repeats, 1.0) - 1.0)
        return left - stayed - (self.r + histories.repeats) * np.log(self.alpha + histories.active)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "BGNBD":
        """The inverse of `to_json`."""
        return BGNBD(**values)
