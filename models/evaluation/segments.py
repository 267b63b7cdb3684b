"""Where the model fails: the figures of churn by segment, since a good mean may hide a bad part."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.metrics import auc, log_loss
from models.evaluation.rounding import rounded

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

LEAST = 50  # customers; fewer say nothing of their own
SURE = 2.576  # standard errors: one segment in a hundred fails by chance
TENURES = ((90, "first 90 days"), (365, "first year"), (730, "second year"), (np.inf, "longer"))
UNKNOWN = "unknown"


def tenure_bands(tenure_days: Floats) -> Words:
    """The band of each customer [n], by days since the first purchase."""
    ends = np.array([days for days, _ in TENURES[:-1]])
    bands = np.array([name for _, name in TENURES])[np.searchsorted(ends, tenure_days)]
    return np.where(np.isnan(tenure_days), UNKNOWN, bands)


def segment_report(p: Floats, churned: Floats, segments: Mapping[str, Words]) -> dict[str, Any]:
    """Figures by kind of segment, then by segment; p [n] and churned [n], of 0 and 1.

    Those of fewer than `LEAST` customers are left out, and counted under `too_few`. `excess` is by how much
    the churn rate was predicted too high, `apart` how much more so than over all customers.
    """
    level = float(p.mean() - churned.mean())
    return {kind: _of_kind(p, churned, words, level) for kind, words in segments.items()}


def failing(report: Mapping[str, Any]) -> list[str]:
    """In words, the segments that the model misses otherwise than everybody, beyond chance, worst first."""
    missed = [
        (abs(figures["apart"]), f"{kind} {name}: {_missed(figures)}")
        for kind, found in report.items()
        for name, figures in found.items()
        if name != "too_few" and figures["beyond_chance"]
    ]
    return [words for _, words in sorted(missed, reverse=True)]


def _of_kind(p: Floats, churned: Floats, words: Words, level: float) -> dict[str, Any]:
    names, counts = np.unique(words, return_counts=True)
    told = {
        str(name): _figures(p[words == name], churned[words == name], level)
        for name, count in zip(names, counts, strict=True)
        if count >= LEAST
    }
    few = int(counts[counts < LEAST].sum())
    return told | ({"too_few": few} if few else {})


def _figures(p: Floats, churned: Floats, level: float) -> dict[str, Any]:
    excess = float(p.mean() - churned.mean())
    error = float(np.sqrt((p * (1 - p)).sum())) / len(p)  # of the rate, were every p true
    figures: dict[str, Any] = rounded(
        {
            "customers": len(p),
            "churn_rate": float(churned.mean()),
            "predicted": float(p.mean()),
            "excess": excess,
            "apart": excess - level,
            "log_loss": log_loss(p, churned),
            "auc": auc(p, churned),
        }
    )
    return figures | {"beyond_chance": bool(abs(excess - level) > SURE * error)}


def _missed(figures: Mapping[str, Any]) -> str:
    side = "higher" if figures["apart"] > 0 else "lower"
    return (
        f"predicted {figures['predicted']:.3f} and found {figures['churn_rate']:.3f}, "
        f"{abs(figures['apart']):.3f} {side} than over all ({figures['customers']:,} customers)"
    )
