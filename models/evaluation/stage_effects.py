"""What an offer changed in each lifecycle stage, and whether those who consider leaving are easiest kept."""

from math import sqrt
from typing import Any

import numpy as np

from models.domain.vocabulary import LifecycleStage
from models.evaluation.rounding import rounded
from models.evaluation.uplift_values import interval
from models.learned.training.uplift import CrossFitted
from models.learned.trial import Trial
from models.policy.customers import Words

LEAST_OF_STAGE = 50
SAVABLE = LifecycleStage.CONSIDERING.value
GOING = (LifecycleStage.DEFECTING.value, LifecycleStage.LOST.value, LifecycleStage.SILENT.value)
AGREE, DISAGREE, CANNOT_TELL = "agree", "disagree", "cannot_tell"


def by_stage(trial: Trial, found: CrossFitted, stage: Words, confidence: float) -> dict[str, Any]:
    """The mean effect of being given anything by lifecycle stage at the assignment, with intervals."""
    added, told = trial.averaged(found.added), {}
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

    stages: as `by_stage` tells them. verdict: whether the data agree that they are easier to keep.
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
