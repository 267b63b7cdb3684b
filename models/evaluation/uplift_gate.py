"""The gate: whether effects that were learned may decide whom to treat, or value alone, or nobody is treated.

Learned effects open the gate only where all three hold, out of fold: treating by them earns more than
nothing, beyond what chance gives to the best of all that were tried; it is not shown to earn less than
treating by value alone, as if all were changed alike; and the customers whom they put first are changed a
tenth more than the average one at least, again beyond that. Policies are compared without a limit, and
where only a share can be reached; what a share earns opens nothing where treating all who seem to pay lost,
since plans do that.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_values import Interval, Stakes, Treated, earned, interval, treat
from models.learned.settings import UpliftSettings
from models.learned.training.uplift import CrossFitted
from models.learned.training.uplift_shapes import Learner
from models.learned.trial import Floats, Trial

ALL, REACH = "all_that_pay", "within_reach"
UNIFORM = "uniform"
LOW_QUANTILE = 0.9  # of τ_lo: cautious one time in ten
WORTH = (
    0.1  # of the mean effect: those put first must surely be changed by so much more to be worth targeting
)


Intervals: TypeAlias = Mapping[str, Mapping[str, Interval]]
Policies: TypeAlias = Mapping[Learner | None, Mapping[str, Treated]]


@dataclass(frozen=True)
class Verdict:
    """What the gate found.

    state: `learned`, `uniform` or `no_effect`. learner: which puts those first that are changed most. slope:
    κ of what to release. low_share: s in [0, 1], how much of a mean effect is left at its lower bound.
    values: by policy and reach what it earned a customer. beyond: by learner and reach, how much more than
    value alone.
    found: by learner, by how much more those whom it puts first (a share `reach`) were changed than the
    average customer, in points. treated_share: of customers, where nothing limits it.
    """

    state: ResponseState
    learner: Learner
    slope: float
    low_share: float
    values: Intervals
    beyond: Intervals
    found: Mapping[str, Interval]
    mean_effect: float
    treated_share: float
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        plain: dict[str, Any] = asdict(self)
        return plain | {"state": self.state.value, "learner": self.learner.value}


def judge(trial: Trial, found: CrossFitted, stakes: Stakes, settings: UpliftSettings) -> Verdict:
    """Hold what was cross-fitted to the gate."""
    reaches = {ALL: 1.0, REACH: settings.reach}
    policies = {
        learner: {
            name: treat(open_only(trial, stakes.gain(effects, found.means[0])), reach)
            for name, reach in reaches.items()
        }
        for learner, effects in found.effects.items()
    }
    values, beyond = _compared(trial, found, stakes, settings, policies)
    firsts, mean_effect = _put_first(trial, found, settings)
    best = max(Learner, key=lambda learner: firsts[learner.value].mean)
    state, reason = _state(values, beyond, firsts, mean_effect, best)
    believed = best if state is ResponseState.LEARNED else None
    chosen = policies[believed][ALL]
    return Verdict(
        state=state,
        learner=best,
        slope=found.slopes[best],
        low_share=low_share(trial, found, found.effects[believed], chosen),
        values=values,
        beyond=beyond,
        found=firsts,
        mean_effect=mean_effect,
        treated_share=chosen.share,
        reason=reason,
    )


def open_only(trial: Trial, gain: Floats) -> Floats:
    """The gain of each arm [arms − 1, n], without those that a row's campaign did not have."""
    return np.where(trial.open[1:], gain, -np.inf)


def _compared(
    trial: Trial, found: CrossFitted, stakes: Stakes, settings: UpliftSettings, policies: Policies
) -> tuple[Intervals, Intervals]:
    """What each policy earned at each reach, and each learner's beyond that of value alone."""
    realised = stakes.gain(found.added, found.scores[0])
    gains = {
        learner: {name: earned(treated, realised) for name, treated in by.items()}
        for learner, by in policies.items()
    }
    comparisons = sum(len(by) for by in gains.values())

    def told(values: Floats, of: int = comparisons) -> Interval:
        return interval(values, trial.person, settings.confidence, of)

    values = {
        _name(learner): {name: told(each) for name, each in by.items()} for learner, by in gains.items()
    }
    # Not corrected: the wider it is, the harder it is shown that learners lose to value alone.
    beyond = {
        learner.value: {name: told(each - gains[None][name], 1) for name, each in gains[learner].items()}
        for learner in Learner
    }
    return values, beyond


def _put_first(
    trial: Trial, found: CrossFitted, settings: UpliftSettings
) -> tuple[Mapping[str, Interval], float]:
    """By how much more those whom each learner puts first were changed than the average, and that average."""
    added = trial.averaged(found.added)
    # Campaigns whose arms do more are no customers who are changed more.
    level = trial.averaged(trial.means_where_open(found.added)[:, None])
    mean = float(added.mean())
    firsts = {
        learner.value: interval(
            first(trial.averaged(found.effects[learner]) - level, settings.reach)
            * (added - level)
            / settings.reach,
            trial.person,
            settings.confidence,
            len(Learner),
        )
        for learner in Learner
    }
    return firsts, mean


def low_share(trial: Trial, found: CrossFitted, effects: Floats, treated: Treated) -> float:
    """S = lower bound of the effect among the treated ÷ their mean τ̂, cut to 0 … 1; 0 where nobody is."""
    if not treated.weight.any():
        return 0.0
    added, foretold = (earned(treated, each) for each in (found.added, effects))
    low, mean = interval(added, trial.person, LOW_QUANTILE).low, float(foretold.mean())
    return float(np.clip(low / mean, 0, 1)) if mean > 0 else 0.0


def first(order: Floats, reach: float) -> Floats:
    """Who stands among the first `reach` by an order: 1 or 0, or a share where several are told alike [n]."""
    return treat((order - order.min() + 1.0)[None, :], reach).weight


def _state(
    values: Intervals,
    beyond: Intervals,
    firsts: Mapping[str, Interval],
    mean_effect: float,
    best: Learner,
) -> tuple[ResponseState, str]:
    told = firsts[best.value].low > WORTH * max(mean_effect, 0.0)
    if told and _earns(values[best.value]) and all(each.high > 0 for each in beyond[best.value].values()):
        return ResponseState.LEARNED, "treating those whom offers change most was shown to earn"
    if _earns(values[UNIFORM]):
        return ResponseState.UNIFORM, "treating was shown to earn, but not whom it changes more"
    return ResponseState.NO_EFFECT, "no way of treating was shown to earn what it costs"


def _earns(by_reach: Mapping[str, Interval]) -> bool:
    """Surely at some reach; and all who seem to pay, whom a plan may treat, did not lose by it."""
    return any(each.low > 0 for each in by_reach.values()) and by_reach[ALL].mean > 0


def _name(learner: Learner | None) -> str:
    return UNIFORM if learner is None else learner.value
