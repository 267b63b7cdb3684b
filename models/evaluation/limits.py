"""What a candidate must hold to whoever its rival is: limits of the gate, each told in words when it refuses.

A figure that could not be measured refuses nobody; what cannot be judged is `promotion.py`'s to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

from models.domain.settings import in_range

PROMISED = 0.9  # the bound of the mean is one that holds nine times in ten
ACCIDENT = 0.05


@dataclass(frozen=True)
class GateLimits:
    """Limits on the candidate's own figures.

    max_ece_over_noise: by how much the calibration error at the final cut may exceed the 95 % quantile of a
    perfect model's. max_value_factor: between which factor and one over it all backtests' predicted ÷ actual
    value must lie. min_bound_tightness: which share of the actual total the bounded one must reach, by the
    median of the backtests that judge it.
    """

    max_ece_over_noise: float = 0.06
    max_value_factor: float = 2.0
    min_bound_tightness: float = 0.1

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a meaningless limit."""
        in_range("promote.limits.max_ece_over_noise", self.max_ece_over_noise, 0, 1)
        in_range("promote.limits.max_value_factor", self.max_value_factor, 1, 1000)
        in_range("promote.limits.min_bound_tightness", self.min_bound_tightness, 0, 1)


def broken(
    churn: Mapping[str, Any], value: Mapping[str, Any], limits: GateLimits, *, first: bool = False
) -> tuple[str, ...]:
    """A sentence for each limit that is broken, by `metrics/churn.json` and `lifetime_value.json`.

    first: nothing is live. A bound that is too low is then no reason to have none: it only spends less.
    """
    least = 0.0 if first else limits.min_bound_tightness
    found = (
        _calibration(churn["final_cut"], limits.max_ece_over_noise),
        _level(value["pooled"], limits.max_value_factor),
        _coverage(value["bound"]),
        _tightness(value["bound"], least),
    )
    return tuple(sentence for sentence in found if sentence)


def chance_of_so_few(covered: int, judged: int) -> float:
    """How likely a bound that holds nine times in ten covers no more than `covered` of `judged`.

    By the binomial law, so of windows that do not overlap: those that do miss together.
    """
    return sum(
        comb(judged, hits) * PROMISED**hits * (1 - PROMISED) ** (judged - hits) for hits in range(covered + 1)
    )


def _calibration(final: Mapping[str, Any] | None, limit: float) -> str:
    if final is None:
        return ""
    error, noise = final["model"]["ece"], final["model"]["ece_noise_q95"]
    if error <= noise + limit:
        return ""
    return (
        f"probabilities are off by {error:.3f} on average, chance explains {noise:.3f}, "
        f"and {limit:g} more is allowed (promote.limits.max_ece_over_noise)"
    )


def _level(pooled: Mapping[str, Any] | None, factor: float) -> str:
    bias = None if pooled is None else pooled["bias"]
    if bias is None or 1 / factor <= bias <= factor:
        return ""
    return (
        f"predicted value is {bias:.2f} times what came, "
        f"and {1 / factor:.2g} to {factor:g} is allowed (promote.limits.max_value_factor)"
    )


def _coverage(bound: Mapping[str, Any]) -> str:
    held = bound.get("backtests", {}).get("apart")
    if not held or chance_of_so_few(held["covered"], held["judged"]) >= ACCIDENT:
        return ""
    return (
        f"the lower bound of value held at {held['covered']} of {held['judged']} backtests "
        f"whose windows do not overlap; it promises {PROMISED:.0%}, and so few are no accident"
    )


def _tightness(bound: Mapping[str, Any], least: float) -> str:
    tightness = bound.get("backtests", {}).get("tightness")
    if tightness is None or tightness >= least:
        return ""
    return (
        f"the lower bound of value is {tightness:.2f} of what came by the median, "
        f"and at least {least:g} is wanted (promote.limits.min_bound_tightness)"
    )
