"""Figures of one setting: means over its cuts and over seeds, and what peers are behind, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.prediction_quality.predicted import OURS, Cut
from models.evaluation.comparison import Difference, auc_terms, bootstrap_mean
from models.evaluation.metrics import (
    auc,
    bias,
    decile_mape,
    ece,
    ece_noise,
    log_loss,
    log_losses,
    normalised_gini,
)

Floats = NDArray[np.float64]

SEED = 1


@dataclass(frozen=True)
class Silence:
    """How well one model tells who falls silent; `noise`: ECE of a perfect one at that n, 95 % quantile."""

    auc: float
    log_loss: float
    ece: float
    noise: float


@dataclass(frozen=True)
class Worth:
    """How well one model tells what customers spend; bias: predicted ÷ actual."""

    gini: float
    bias: float
    decile_mape: float


def silence(cuts: Sequence[Cut], model: str) -> Silence:
    """Means over cuts."""
    rows = [
        (
            auc(cut.p[model], cut.churned),
            log_loss(cut.p[model], cut.churned),
            ece(cut.p[model], cut.churned),
            ece_noise(cut.p[model], SEED)[1],
        )
        for cut in cuts
    ]
    return Silence(*(float(each) for each in np.mean(rows, axis=0)))


def worth(cuts: Sequence[Cut], model: str) -> Worth:
    """Means over cuts."""
    rows = [
        (
            normalised_gini(cut.worth[model], cut.spent),
            bias(cut.worth[model], cut.spent),
            decile_mape(cut.worth[model], cut.spent),
        )
        for cut in cuts
    ]
    return Worth(*(float(each) for each in np.mean(rows, axis=0)))


def behind(cuts: Sequence[Cut], peer: str) -> tuple[Difference, Difference]:
    """By how much a peer's AUC and log-loss are worse than ours, all cuts; customers drawn with all rows."""
    names = np.unique(np.concatenate([cut.customer_id for cut in cuts]), return_inverse=True)[1]
    area = [auc_terms(cut.p[OURS], cut.churned) - auc_terms(cut.p[peer], cut.churned) for cut in cuts]
    loss = [log_losses(cut.p[peer], cut.churned) - log_losses(cut.p[OURS], cut.churned) for cut in cuts]
    found = [bootstrap_mean(np.concatenate(each), names, SEED) for each in (area, loss)]
    return found[0], found[1]


def in_all(cuts: Sequence[Cut]) -> list[str]:
    """The models that speak at every cut, ours first."""
    return [model for model in cuts[0].p if all(model in cut.p for cut in cuts)]
