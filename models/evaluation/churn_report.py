"""How well churn is predicted: per cut, over all cuts, and beside the peers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import iso
from models.evaluation.comparison import (
    Difference,
    auc_terms,
    bootstrap_mean,
    compare_auc,
    compare_log_loss,
)
from models.evaluation.expected_profit import expected_maximum_profit
from models.evaluation.metrics import auc, brier, ece, ece_noise, equal_mass_bins, log_loss, log_losses
from models.evaluation.rounding import rounded

Floats = NDArray[np.float64]

MODEL = "model"
SEED = 1
CURVE_BINS = 15
GAIN_POINTS = 20


@dataclass(frozen=True)
class JudgedChurn:
    """Churn backtests to judge: customer codes, cuts, outcomes and p per model, all [n].

    Cuts are microseconds, or folds where customers were held out.

    `p` maps `model` (ours) and each peer to its probabilities; a peer that was not run is absent.
    """

    customer: NDArray[np.int64]
    cut: NDArray[np.int64]
    churned: Floats
    p: Mapping[str, Floats]

    def at(self, cut: int) -> "JudgedChurn":
        """The rows of one cut."""
        mask = self.cut == cut
        p = {name: values[mask] for name, values in self.p.items()}
        # Codes are compressed so that the bootstrap draws only customers who are there.
        customer = np.unique(self.customer[mask], return_inverse=True)[1]
        return JudgedChurn(customer, self.cut[mask], self.churned[mask], p)


def churn_report(judged: JudgedChurn, name: Callable[[int], str] = iso) -> dict[str, Any]:
    """Plain values for `data/metrics/churn.json`: `final_cut`, `pooled` and `cuts`, six digits.

    name: what the figures of a cut stand under. Where no backtest has closed there are no figures: None.
    """
    cuts = [int(cut) for cut in np.unique(judged.cut)]
    if not cuts:
        return {"final_cut": None, "pooled": None, "cuts": {}}
    by_cut = {cut: _section(judged.at(cut)) for cut in cuts}
    final = judged.at(cuts[-1])
    report: dict[str, Any] = rounded(
        {
            "final_cut": {"cut": name(cuts[-1]), **by_cut[cuts[-1]], "against": _against_peers(final)},
            "pooled": {**_section(judged), "against": _against_peers(judged)},
            "cuts": {name(cut): section for cut, section in by_cut.items()},
        }
    )
    return report


def logistic_name(report: Mapping[str, Any]) -> str:
    """The plain peer as people call it: a table has attributes, and no recency, frequency and money."""
    return "logistic regression" if "validated" in report else "logistic RFM"


def final_part(report: Mapping[str, Any]) -> str:
    """What no choice looked at: the last of the cuts in time, or of the folds of customers."""
    return "final fold" if "validated" in report else "final cut"


def calibration_points(judged: JudgedChurn) -> list[dict[str, Any]]:
    """Rows of `calibration.csv`: per equal-mass bin of our p, what was said and what happened."""
    p = judged.p[MODEL]
    return [
        rounded(
            {
                "predicted": float(p[group].mean()),
                "observed": float(judged.churned[group].mean()),
                "customers": len(group),
            }
        )
        for group in equal_mass_bins(p, CURVE_BINS)
    ]


def gain_points(judged: JudgedChurn) -> list[dict[str, Any]]:
    """Rows of `gains.csv`: the share of those who left that the riskiest share of customers holds."""
    if not len(judged.churned):
        return []
    return [point for name, p in judged.p.items() for point in _gains(name, p, judged.churned)]


def _section(judged: JudgedChurn) -> dict[str, Any]:
    figures = {name: _figures(p, judged.churned) for name, p in judged.p.items()}
    figures[MODEL] |= _intervals(judged)
    return {"customers": len(judged.churned), "churn_rate": float(judged.churned.mean()), **figures}


def _intervals(judged: JudgedChurn) -> dict[str, Any]:
    """The 90 % intervals of our log-loss and AUC, customers drawn with all their rows."""
    p, y, customer = judged.p[MODEL], judged.churned, judged.customer
    terms = {"log_loss": log_losses(p, y), "auc": auc_terms(p, y)}
    found = {name: bootstrap_mean(each, customer, SEED) for name, each in terms.items()}
    return {f"{name}_interval": [each.low, each.high] for name, each in found.items()}


def _figures(p: Floats, churned: Floats) -> dict[str, float]:
    noise_mean, noise_q95 = ece_noise(p, SEED)
    earned = expected_maximum_profit(p, churned)
    return {
        "log_loss": log_loss(p, churned),
        "brier": brier(p, churned),
        "auc": auc(p, churned),
        "ece": ece(p, churned),
        "ece_noise_mean": noise_mean,
        "ece_noise_q95": noise_q95,
        "empc": earned.per_customer,
        "empc_share": earned.share,
    }


def _against_peers(judged: JudgedChurn) -> dict[str, Any]:
    return {name: _against(judged, name) for name in judged.p if name != MODEL}


def _against(judged: JudgedChurn, peer: str) -> dict[str, Any]:
    ours, theirs, y = judged.p[MODEL], judged.p[peer], judged.churned
    return {
        "log_loss": _words(compare_log_loss(ours, theirs, y, customer=judged.customer, seed=SEED)),
        "auc": _words(compare_auc(ours, theirs, y, customer=judged.customer, seed=SEED)),
    }


def _words(difference: Difference) -> dict[str, Any]:
    return {
        "advantage": difference.advantage,
        "low": difference.low,
        "high": difference.high,
        "verdict": difference.verdict.value,
    }


def _gains(name: str, p: Floats, churned: Floats) -> list[dict[str, Any]]:
    riskiest_first = churned[np.argsort(-p, kind="stable")]
    captured = np.cumsum(riskiest_first) / max(float(churned.sum()), 1.0)
    points = [{"model": name, "customers_share": 0.0, "leavers_share": 0.0}]
    for step in range(1, GAIN_POINTS + 1):
        last = max(1, round(len(p) * step / GAIN_POINTS))
        share = float(captured[last - 1])
        points.append(rounded({"model": name, "customers_share": step / GAIN_POINTS, "leavers_share": share}))
    return points
