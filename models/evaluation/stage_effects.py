"""What an offer changed in each lifecycle stage, and whether those who consider leaving are easiest kept."""

from math import sqrt
from typing import Any

import numpy as np

from models.domain.vocabulary import LifecycleStage
from models.evaluation.rounding import rounded
from models.evaluation.uplift_values import interval
from models.learned.training.uplift import CrossFitted
from models.learned.trial import Floats, Trial
from models.policy.customers import Words

LEAST_OF_STAGE = 50
SAVABLE = LifecycleStage.CONSIDERING.value
GOING = (LifecycleStage.DEFECTING.value, LifecycleStage.LOST.value, LifecycleStage.SILENT.value)
AGREE, DISAGREE, CANNOT_TELL = "agree", "disagree", "cannot_tell"


def by_stage(trial: Trial, found: CrossFitted, stage: Words, confidence: float) -> dict[str, Any]:
    """The mean effect of being given anything by lifecycle stage at the assignment, with intervals."""
    return _by_stage(trial, trial.averaged(found.added), stage, confidence)


def beyond_level(trial: Trial, found: CrossFitted, stage: Words, confidence: float) -> dict[str, Any]:
    """The same, beyond what the arms that were open to each customer do on average.

    Stages whose customers had arms or campaigns that do more are no stages that are easier to keep.
    """
    level = trial.averaged(trial.means_where_open(found.added)[:, None])
    return _by_stage(trial, trial.averaged(found.added) - level, stage, confidence)


def _by_stage(trial: Trial, added: Floats, stage: Words, confidence: float) -> dict[str, Any]:
    told = {}
    for name in np.unique(stage):
        of = stage == name
        if of.sum() >= LEAST_OF_STAGE:
            each = interval(added[of], trial.person[of], 1 - (1 - confidence) / 2)
            told[str(name)] = {
                "customers": int(of.sum()), "effect": each.mean, "low": each.low, "high": each.high
            }  # fmt: skip
    figures: dict[str, Any] = rounded(told)
    return figures


def considering_beyond(stages: dict[str, Any]) -> dict[str, Any]:
    """By how much more those who consider leaving were changed than those of stages nearer to the end.

    stages: as `beyond_level` tells them. verdict: whether the data agree that they are easier to keep.
    """
    if SAVABLE not in stages:
        return {}
    ours = stages[SAVABLE]
    told = {name: _beyond(ours, stages[name]) for name in GOING if name in stages}
    figures: dict[str, Any] = rounded(told)
    return figures


def _beyond(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, Any]:
    """The difference of two means of different assignments; errors add in squares."""
    mean = ours["effect"] - theirs["effect"]
    error = sqrt(sum((each["high"] - each["effect"]) ** 2 for each in (ours, theirs)))
    low, high = mean - error, mean + error
    verdict = AGREE if low > 0 else DISAGREE if high < 0 else CANNOT_TELL
    return {"effect": mean, "low": low, "high": high, "verdict": verdict}
