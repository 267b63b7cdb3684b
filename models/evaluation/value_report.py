"""How well lifetime value is predicted: the level apart from the ranking, per cut and over all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import iso
from models.evaluation.metrics import (
    DECILES,
    bias,
    decile_mape,
    equal_mass_bins,
    normalised_gini,
    top_decile_capture,
)
from models.evaluation.rounding import rounded

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class JudgedValue:
    """Value backtests to judge: cut (microseconds, or fold), predicted and actual minor units, all [n]."""

    cut: NDArray[np.int64]
    predicted: Floats
    actual: Floats

    def at(self, cut: int) -> "JudgedValue":
        """The rows of one cut."""
        mask = self.cut == cut
        return JudgedValue(self.cut[mask], self.predicted[mask], self.actual[mask])


def value_report(judged: JudgedValue, name: Callable[[int], str] = iso) -> dict[str, Any]:
    """Plain values of figures per cut and pooled, six digits; `pooled` is None without a closed backtest.

    name: what the figures of a cut stand under.
    """
    cuts = [int(cut) for cut in np.unique(judged.cut)]
    report: dict[str, Any] = rounded(
        {
            "cuts": {name(cut): _figures(judged.at(cut)) for cut in cuts},
            "pooled": _figures(judged) if cuts else None,
        }
    )
    return report


def decile_points(judged: JudgedValue) -> list[dict[str, Any]]:
    """Rows of `value_deciles.csv`: mean predicted and actual per decile of predicted value."""
    groups = equal_mass_bins(judged.predicted, DECILES)
    return [
        rounded(
            {
                "decile": number,
                "predicted_minor": float(judged.predicted[group].mean()),
                "actual_minor": float(judged.actual[group].mean()),
            }
        )
        for number, group in enumerate(groups, start=1)
    ]


def _figures(judged: JudgedValue) -> dict[str, Any]:
    predicted, actual = judged.predicted, judged.actual
    level = bias(predicted, actual)
    levelled = predicted / level if np.isfinite(level) and level > 0 else predicted
    return {
        "customers": len(predicted),
        "predicted_total_minor": int(predicted.sum()),
        "actual_total_minor": int(actual.sum()),
        "bias": level,
        "normalised_gini": normalised_gini(predicted, actual),
        "decile_mape": decile_mape(predicted, actual),
        "decile_mape_levelled": decile_mape(levelled, actual),
        "top_decile_capture": top_decile_capture(predicted, actual),
    }
