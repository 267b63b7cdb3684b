"""The figures of `data/metrics/uplift.json`: how well effects are known, and what treating by them earns."""

from dataclasses import asdict
from typing import Any

import numpy as np

from models.domain.vocabulary import ResponseState
from models.evaluation.rounding import rounded
from models.evaluation.uplift_curves import auuc, qini, share_of_effect
from models.evaluation.uplift_gate import Verdict, first, open_only
from models.evaluation.uplift_values import Stakes, Treated, earned, interval, treat
from models.learned.settings import UpliftSettings
from models.learned.training.uplift import CrossFitted
from models.learned.training.uplift_shapes import Learner
from models.learned.trial import OTHER, Floats, Trial

TARGETED_SHARE = 0.3


def report(
    trial: Trial, found: CrossFitted, stakes: Stakes, verdict: Verdict, settings: UpliftSettings
) -> dict[str, Any]:
    """Plain values, rounded."""
    told = verdict.to_json()
    shares = np.bincount(trial.arm[trial.arm != OTHER], minlength=len(trial.arms)) / len(trial)
    figures: dict[str, Any] = rounded(
        {
            **{name: told[name] for name in ("state", "reason", "learner", "slope", "low_share")},
            "assignments": len(trial),
            "arms": dict(zip(trial.arms, shares.tolist(), strict=True)),
            "propensity": {"least": float(trial.propensity.min()), "greatest": float(trial.propensity.max())},
            "policy_value_minor": told["values"],
            "beyond_value_alone_minor": told["beyond"],
            "rules_of_thumb_minor": rules_of_thumb(trial, found, stakes, settings),
            "found_first": told["found"],
            "mean_effect": verdict.mean_effect,
            "treated_share": verdict.treated_share,
            "learners": {
                learner.value: {
                    name: ranking(trial, found, found.effects[learner], arm)
                    for arm, name in enumerate(trial.arms[1:])
                }
                for learner in Learner
            },
            "sleeping_dogs": sleeping_dogs(trial, found, stakes, verdict),
            "confidence": settings.confidence,
        }
    )
    return figures


def ranking(trial: Trial, found: CrossFitted, effects: Floats, arm: int) -> dict[str, float]:
    """How well out-of-fold effects of one arm order the customers who had it or nothing."""
    opened = trial.open[arm + 1]
    of = opened & ((trial.arm == arm + 1) | (trial.arm == 0))
    weight, treated = 1 / trial.propensity[of], trial.treated[of]
    told = {
        "share_of_effect_at_30": share_of_effect(
            found.added[arm][opened], effects[arm][opened], TARGETED_SHARE
        )
    }
    if trial.binary:
        outcome, score = trial.outcome[of], effects[arm][of]
        told["qini"] = qini(outcome, score, treated, weight)
        told["auuc"] = auuc(outcome, score, treated, weight)
    return told


def rules_of_thumb(
    trial: Trial, found: CrossFitted, stakes: Stakes, settings: UpliftSettings
) -> dict[str, dict[str, float]]:
    """What treating everybody, or the riskiest or dearest share `reach`, would have earned a customer.

    Each gets the arm that gains most by mean effects. Intervals are for each alone, uncorrected.
    """
    realised = stakes.gain(found.added, found.scores[0])
    best = open_only(trial, stakes.gain(found.effects[None], found.means[0])).argmax(axis=0)
    weights = {
        "everybody": np.ones(len(trial)),
        "by_risk": first(1 - found.means[0], settings.reach),
        "by_value": first(stakes.stake, settings.reach),
    }
    return {
        name: asdict(interval(earned(Treated(best, weight), realised), trial.person, settings.confidence))
        for name, weight in weights.items()
    }


def sleeping_dogs(
    trial: Trial, found: CrossFitted, stakes: Stakes, verdict: Verdict
) -> dict[str, float | None]:
    """Customers whom offers are foretold to drive away: how many, how they fared, how many are treated.

    effect: the mean of what was seen among them, in points. treated: of those whom the policy treats.
    """
    effects = found.effects[verdict.learner]
    dogs = effects.mean(axis=0) < 0
    chosen = found.effects[verdict.learner if verdict.state is ResponseState.LEARNED else None]
    treated = treat(open_only(trial, stakes.gain(chosen, found.means[0]))).weight
    if verdict.state is ResponseState.NO_EFFECT:
        treated = np.zeros_like(treated)
    return {
        "share": float(dogs.mean()),
        "effect": float(found.added[trial.open[1:] & dogs].mean()) if dogs.any() else None,
        "treated": float(treated[dogs].sum() / treated.sum()) if treated.sum() else 0.0,
    }
