"""A lower bound of the mean: how much of a predicted total past backtests let us count on.

    k_lo = min(1, exp(l_last − t₀.₉(ν) · s)) · decile factor
    s² = (ν₀ · s₀² + n · mean((l_j − l_{j−lag})²)) ÷ ν      ν = ν₀ + n, ν₀ = 2, s₀ = .2
    S_lo = k_lo · max(S, 0)

with l = log(actual ÷ predicted total) of closed backtests. The level error one lag ago says how far the
level may drift before a value predicted today can be checked; n is how many lags' worth of such drift has
been seen. Fitted in `training/bounds.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LowerBound:
    """The share k_lo of a stake that may be counted on, and every figure it came from.

    log_ratios: l per closed backtest, oldest first. deviation: s, or the one assumed. freedom: ν.
    quantile: t₀.₉(ν). lag_days: from the last closed backtest to the scoring snapshot.
    """

    k_lo: float
    reason: str
    log_ratios: tuple[float, ...] = ()
    deviation: float = 0.0
    lag_differences: int = 0
    lag_days: int = 0
    freedom: float = 0.0
    quantile: float = 0.0
    decile_factor: float = 0.0

    def of_stake(self, stake: NDArray[np.float64]) -> NDArray[np.float64]:
        """S_lo [n] for stakes S [n], in the unit of S."""
        return self.k_lo * np.maximum(stake, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain values for `bounds.json`."""
        return {**asdict(self), "log_ratios": list(self.log_ratios)}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "LowerBound":
        """The inverse of `to_json`."""
        return LowerBound(**{**values, "log_ratios": tuple(values["log_ratios"])})
