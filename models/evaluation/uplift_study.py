"""From the assignments of past campaigns to a response that the policy may use, or the reason for none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from models.domain.vocabulary import ResponseState
from models.evaluation.trials import NEVER, Assigned
from models.evaluation.uplift_gate import LOW_QUANTILE, Verdict, judge
from models.evaluation.uplift_log import Study
from models.evaluation.uplift_report import report
from models.evaluation.uplift_values import Stakes, interval
from models.learned.response import Response, TriedArm
from models.learned.settings import UpliftSettings
from models.learned.training.uplift import CrossFitted, cross_fit, fit_effects
from models.learned.trial import Flags, Floats


@dataclass(frozen=True)
class Learned:
    """What may be believed of the arms, what the gate found, its figures, and what they rest on."""

    response: Response
    verdict: Verdict
    figures: dict[str, Any]
    found: CrossFitted


def learn(
    study: Study,
    stake: Floats,
    offers: Mapping[str, int],
    settings: UpliftSettings,
    at_once: Collection[str] = (),
) -> Learned:
    """Cross-fit, hold to the gate, and learn from everybody.

    stake: S of every row of the trial, constant minor units [n]. at_once: the actions whose face value is
    paid at once; whatever the log tells of its use, all of it is spent, of every arm that speaks for one.
    """
    trial = study.trial
    found = cross_fit(trial, settings)
    tried = tuple(_tried(study, found, arm) for arm in range(1, len(trial.arms)))
    actions = _actions(trial.arms[1:], tried, settings.arms)
    paid_at_once = {place for action in at_once for place in actions.get(action, ())}
    stakes = Stakes(
        stake,
        np.array([_mean_of(study, study.of.contact_cost, arm) for arm in range(1, len(trial.arms))]),
        np.array([arm.face_value_minor for arm in tried]),
        np.array([arm.redemption for arm in tried]),
        np.array([place in paid_at_once for place in range(len(tried))]),
    )
    verdict = judge(trial, found, stakes, settings)
    effects = fit_effects(trial, settings, verdict.learner, verdict.slope)
    response = Response(
        state=verdict.state,
        reason=f"{verdict.reason} ({len(trial):,} assignments of {len(np.unique(trial.person)):,} customers)",
        offers=offers,
        feature_names=trial.names,
        arms=tried,
        actions=actions,
        low_share=verdict.low_share,
        effects=effects if verdict.state is ResponseState.LEARNED else effects.flat(),
    )
    figures = report(trial, found, stakes, verdict, settings)
    figures["propensity"]["clipped"] = study.clipped
    figures["reason"] = response.reason
    return Learned(response, verdict, figures, found)


def _tried(study: Study, found: CrossFitted, arm: int) -> TriedArm:
    trial, of = study.trial, study.of
    stayed = (trial.arm == arm) & (trial.outcome > 0) & _tells_of_use(of)
    used = int((of.redeemed_at[stayed] < NEVER).sum())
    opened = trial.open[arm]
    effect = interval(found.added[arm - 1][opened], trial.person[opened], 1 - (1 - 0.95) / 2)
    return TriedArm(
        name=trial.arms[arm],
        face_value_minor=_mean_of(study, of.face_value, arm),
        rows=int((trial.arm == arm).sum()),
        effect=effect.mean,
        effect_low=effect.low,
        effect_high=effect.high,
        redemption=used / int(stayed.sum()) if stayed.any() else 1.0,
        redemption_high=upper_share(used, int(stayed.sum())),
    )


def _tells_of_use(of: Assigned) -> Flags:
    """Whose campaign tells of any use [n]: one that never does says nothing of it."""
    return np.isin(of.campaign, np.unique(of.campaign[of.redeemed_at < NEVER]))


def upper_share(many: int, of: int, confidence: float = LOW_QUANTILE) -> float:
    """The upper bound of a share, one-sided, after Wilson (JASA 22, 1927); 1 where nobody was seen."""
    if not of:
        return 1.0
    z = NormalDist().inv_cdf(confidence)
    p = many / of
    middle = p + z * z / (2 * of)
    more = z * ((p * (1 - p) + z * z / (4 * of)) / of) ** 0.5
    return float(min(1.0, (middle + more) / (1 + z * z / of)))


def _mean_of(study: Study, values: Floats, arm: int) -> float:
    return float(values[study.trial.arm == arm].mean())


def _actions(
    names: tuple[str, ...], tried: tuple[TriedArm, ...], spoken: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[int, ...]]:
    """The places of the arms that speak for each action, face values rising."""
    base = [name.partition(":")[0] for name in names]
    actions = {*spoken, *base}
    found = {
        action: [
            place
            for place, name in enumerate(names)
            if base[place] == action or {name, base[place]} & set(spoken.get(action, ()))
        ]
        for action in sorted(actions)
    }
    return {
        action: tuple(sorted(places, key=lambda place: tried[place].face_value_minor))
        for action, places in found.items()
        if places
    }
