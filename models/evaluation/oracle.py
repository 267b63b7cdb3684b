"""Estimates beside the truth, where there is one: what a simulated world lets nobody else see.

Truth is a probability or an expectation, never one drawn future, so that an error is the estimate's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.metrics import (
    DECILES,
    auc,
    average_ranks,
    bias,
    decile_mape,
    equal_mass_bins,
    log_loss,
)
from models.evaluation.rounding import rounded

Floats = NDArray[np.float64]

TRUTH = "truth"
CLOSEST = 1e-9  # a probability told as 0 or 1 would make a log-loss infinite
DAYS_PER_YEAR = 365.0  # as labels discount


@dataclass(frozen=True)
class Truth:
    """What is true of n customers; amounts in minor units, discounted over the value window.

    churn_probability: of no order within the horizon, given all that the world knows (1: has left). churned:
    what came of it (0, 1). there: whether the customer has not left. value: expected margin as things stand.
    if_silent: the same given no order within the horizon. leaving_cost: what the customer would bring by
    staying, over nothing by leaving.
    """

    churn_probability: Floats
    churned: Floats
    there: NDArray[np.bool_]
    value: Floats
    if_silent: Floats
    leaving_cost: Floats

    @property
    def silence_cost(self) -> Floats:
        """M₁ − M₀ by their definition: margin given an order within the horizon less that given none [n].

        NaN for those who have left: they will not order.
        """
        p = np.where(self.there, self.churn_probability, np.nan)
        ordering = (self.value - p * self.if_silent) / (1 - p)
        cost: Floats = ordering - self.if_silent
        return cost


@dataclass(frozen=True)
class Estimates:
    """What was told of the same customers; p by the name of who said it, amounts in minor units [n]."""

    churn_probability: Mapping[str, Floats]
    lifetime_value: Floats
    stake: Floats
    stake_low: Floats
    cap: Floats


def discounted(margin: Floats, spans: Sequence[tuple[int, int]], window_days: int, rate: float) -> Floats:
    """Margin over the window [n], of margins by span of days [n, spans]; each discounted from its middle.

    Raises `ValueError` unless the window ends with a span.
    """
    if window_days not in [until for _, until in spans]:
        raise ValueError(f"no span ends after {window_days} days")
    middles = np.array([(after + until) / 2 for after, until in spans])
    within = np.array([until <= window_days for _, until in spans])
    weights = within * (1 + rate) ** (-middles / DAYS_PER_YEAR)
    summed: Floats = (margin * weights).sum(axis=1)
    return summed


def oracle_report(truth: Truth, told: Estimates) -> dict[str, Any]:
    """Plain values of every figure, six digits: truth beside estimate with its error."""
    there = truth.there
    report: dict[str, Any] = rounded(
        {
            "customers": len(there),
            "still_there": float(there.mean()),
            "churn": {
                name: churn_figures(p, truth)
                for name, p in {TRUTH: truth.churn_probability, **told.churn_probability}.items()
            },
            "lifetime_value": amount_figures(told.lifetime_value, truth.value),
            "stake": amount_figures(told.stake, truth.leaving_cost),
            "stake_of_those_still_there": amount_figures(told.stake[there], truth.leaving_cost[there]),
            "stake_against_silence": amount_figures(told.stake[there], truth.silence_cost[there]),
            "stake_low": bound_figures(told.stake_low, truth.leaving_cost),
            "stake_low_of_those_still_there": bound_figures(told.stake_low[there], truth.leaving_cost[there]),
            "cap": cap_figures(told.cap, truth.leaving_cost),
        }
    )
    return report


def churn_figures(p: Floats, truth: Truth) -> dict[str, Any]:
    """How far probabilities lie from the truth, and how they did on what came of it.

    regret: expected log-loss above that of the truth, the mean Kullback-Leibler divergence; 0 is perfect.
    log_odds_rmse: of the log-odds of decile means. Customer by customer it would be infinite, since who has
    left is certain not to order.
    """
    said = np.clip(p, CLOSEST, 1 - CLOSEST)
    true = np.clip(truth.churn_probability, CLOSEST, 1 - CLOSEST)
    deciles = [
        (float(said[group].mean()), float(true[group].mean())) for group in equal_mass_bins(p, DECILES)
    ]
    apart = np.diff(_log_odds(np.array(deciles)), axis=1)
    return {
        "mean": float(p.mean()),
        "bias": float(p.mean() - truth.churn_probability.mean()),
        "expected_log_loss": _expected_log_loss(said, true),
        "regret": _expected_log_loss(said, true) - _expected_log_loss(true, true),
        "log_loss": log_loss(said, truth.churned),
        "expected_auc": expected_auc(p, truth.churn_probability),
        "auc": auc(p, truth.churned),
        "log_odds_rmse": float(np.sqrt(np.mean(apart**2))),
        "deciles": [{"told": told, "true": really} for told, really in deciles],
    }


def expected_auc(score: Floats, p: Floats) -> float:
    """The AUC to be expected where each customer churns with probability `p`; NaN if all are certain alike.

    Every pair counts by the chance that the one churns and the other does not; ties half.
    """
    inverse = np.unique(score, return_inverse=True)[1]
    leaves, stays = np.bincount(inverse, p), np.bincount(inverse, 1 - p)
    below = np.cumsum(stays) - stays
    oneself = float((p * (1 - p)).sum())
    pairs = float(leaves.sum() * stays.sum()) - oneself
    won = float((leaves * (below + stays / 2)).sum()) - oneself / 2
    return won / pairs if pairs > 0 else float("nan")


def amount_figures(told: Floats, true: Floats) -> dict[str, float]:
    """Level and ranking of amounts, the level apart."""
    return {
        "told_total_minor": float(told.sum()),
        "true_total_minor": float(true.sum()),
        "bias": bias(told, true),
        "spearman": spearman(told, true),
        "decile_mape": decile_mape(told, true),
    }


def bound_figures(low: Floats, true: Floats) -> dict[str, Any]:
    """Whether bounded totals stay below the truth, over all and in each tenth of the bound, and how far."""
    groups = equal_mass_bins(low, DECILES)
    return {
        "share_of_truth": bias(low, true),
        "holds": bool(low.sum() <= true.sum()),
        "deciles_held": float(np.mean([low[group].sum() <= true[group].sum() for group in groups])),
    }


def cap_figures(cap: Floats, true: Floats) -> dict[str, Any]:
    """Customers who may get more than their leaving costs: no harm while all caps together stay below."""
    given = cap > 0
    beyond = given & (cap > true)
    return {
        "customers": int(given.sum()),
        "beyond_truth": float(beyond.sum() / given.sum()) if given.any() else 0.0,
        "cap_total_minor": float(cap[given].sum()),
        "true_total_minor": float(true[given].sum()),
        "holds": bool(cap[given].sum() <= true[given].sum()),
    }


def spearman(a: Floats, b: Floats) -> float:
    """Correlation of ranks, ties at their mean; NaN where either is constant or there are fewer than two."""
    if len(np.unique(a)) < 2 or len(np.unique(b)) < 2:
        return float("nan")
    return float(np.corrcoef(average_ranks(a), average_ranks(b))[0, 1])


def _expected_log_loss(said: Floats, true: Floats) -> float:
    return float(-(true * np.log(said) + (1 - true) * np.log1p(-said)).mean())


def _log_odds(p: Floats) -> Floats:
    p = np.clip(p, CLOSEST, 1 - CLOSEST)
    odds: Floats = np.log(p) - np.log1p(-p)
    return odds
