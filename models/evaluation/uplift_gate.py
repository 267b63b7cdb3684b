"""The gate: whether effects that were learned may decide whom to treat, or value alone, or nobody is treated.

Compared are, out of fold, treating by what each learner says of every customer and treating by value alone as
if all were changed alike, both without a limit and where only a share of customers can be reached. Learned
effects open the gate only where they earn more than nothing and a tenth more than value alone, beyond what
chance gives to the best of all that were tried.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_values import Interval, Stakes, Treated, earned, interval, treat
from models.learned.settings import UpliftSettings
from models.learned.training.uplift import CrossFitted, Learner, slope_of
from models.learned.trial import Floats, Trial

ALL, REACH = "all_that_pay", "within_reach"
UNIFORM = "uniform"
LOW_QUANTILE = 0.9  # of τ_lo: cautious one time in ten
WORTH = 0.1  # learned effects must surely earn a tenth more than value alone: less is not worth targeting on


@dataclass(frozen=True)
class Verdict:
    """What the gate found.

    state: `learned`, `uniform` or `no_effect`. learner: whose effects are the best. slope: κ of what to
    release. low_share: s in [0, 1], how much of a mean effect is left at its lower bound. values: by
    policy and reach what it earned a customer. beyond: by learner and reach, how much more than value alone.
    """

    state: ResponseState
    learner: Learner
    slope: float
    low_share: float
    values: Mapping[str, Mapping[str, Interval]]
    beyond: Mapping[str, Mapping[str, Interval]]
    treated_share: float
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        plain: dict[str, Any] = asdict(self)
        return plain | {"state": self.state.value, "learner": self.learner.value}


def judge(trial: Trial, found: CrossFitted, stakes: Stakes, settings: UpliftSettings) -> Verdict:
    """Hold what was cross-fitted to the gate."""
    retention, realised = found.means[0], stakes.gain(found.added, found.scores[0])
    reaches = {ALL: 1.0, REACH: settings.reach}
    policies = {
        learner: {name: treat(stakes.gain(effects, retention), reach) for name, reach in reaches.items()}
        for learner, effects in found.effects.items()
    }
    comparisons = len(reaches) * len(policies)

    def told(values: Floats) -> Interval:
        return interval(values, trial.person, settings.confidence, comparisons)

    gains = {
        learner: {name: earned(treated, realised) for name, treated in by.items()}
        for learner, by in policies.items()
    }
    values = {
        _name(learner): {name: told(each) for name, each in by.items()} for learner, by in gains.items()
    }
    beyond = {
        learner.value: {name: told(gains[learner][name] - gains[None][name]) for name in reaches}
        for learner in Learner
    }
    best = max(Learner, key=lambda learner: sum(each.mean for each in beyond[learner.value].values()))
    state, reason = _state(values, beyond, best)
    chosen = policies[best if state is ResponseState.LEARNED else None][ALL]
    effects = found.effects[best if state is ResponseState.LEARNED else None]
    return Verdict(
        state=state,
        learner=best,
        slope=slope_of(found.effects[best], found.effects[None], found.added),
        low_share=low_share(trial, found, effects, chosen),
        values=values,
        beyond=beyond,
        treated_share=chosen.share,
        reason=reason,
    )


def low_share(trial: Trial, found: CrossFitted, effects: Floats, treated: Treated) -> float:
    """S = lower bound of the effect among the treated ÷ their mean τ̂, cut to 0 … 1; 0 where nobody is."""
    if not treated.weight.any():
        return 0.0
    added, foretold = (earned(treated, each) for each in (found.added, effects))
    low, mean = interval(added, trial.person, LOW_QUANTILE).low, float(foretold.mean())
    return float(np.clip(low / mean, 0, 1)) if mean > 0 else 0.0


def _state(
    values: Mapping[str, Mapping[str, Interval]], beyond: Mapping[str, Mapping[str, Interval]], best: Learner
) -> tuple[ResponseState, str]:
    helps = any(
        values[best.value][name].low > 0 and more.low > WORTH * max(values[UNIFORM][name].mean, 0.0)
        for name, more in beyond[best.value].items()
    )
    if helps:
        return ResponseState.LEARNED, "treating by learned effects earns more than treating by value alone"
    if any(each.low > 0 for each in values[UNIFORM].values()):
        return ResponseState.UNIFORM, "treating earns, but whom it changes more could not be told"
    return ResponseState.NO_EFFECT, "no way of treating was shown to earn what it costs"


def _name(learner: Learner | None) -> str:
    return UNIFORM if learner is None else learner.value
