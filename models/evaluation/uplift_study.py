"""From the assignments of past campaigns to a response that the policy may use, or the reason for none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import HoldfastError
from models.domain.vocabulary import ResponseState
from models.evaluation.balance import imbalance
from models.evaluation.offer_designs import USABLE_LOG
from models.evaluation.trials import NEVER, Assigned, arm_of
from models.evaluation.uplift_gate import LOW_QUANTILE, Verdict, judge
from models.evaluation.uplift_report import report
from models.evaluation.uplift_values import Stakes, interval, numbered
from models.features.frame import FeatureFrame
from models.learned.response import Response, TriedArm
from models.learned.settings import UpliftSettings
from models.learned.training.uplift import CrossFitted, cross_fit, fit_effects
from models.learned.trial import CONTROL, OTHER, Flags, Floats, Integers, Trial
from models.policy.lots import EXPLORED, PLANNED


class UnusableLog(HoldfastError):
    """A log of campaigns that nothing may be learned from."""


@dataclass(frozen=True)
class Study:
    """A trial of those whose features and outcome are known, and what was assigned to each of its rows.

    of: the assignments [n], in the order of the trial's rows. clipped: how many propensities were below the
    least that counts.
    """

    trial: Trial
    of: Assigned
    clipped: int


@dataclass(frozen=True)
class Learned:
    """What may be believed of the arms, what the gate found, its figures, and what they rest on."""

    response: Response
    verdict: Verdict
    figures: dict[str, Any]
    found: CrossFitted


def trial_of(frame: FeatureFrame, of: Assigned, outcome: Floats, settings: UpliftSettings) -> Study:
    """The trial in the features of `frame`; those of arms that too few had stay in it as `OTHER`.

    outcome: of each assignment [n]. Raises `UnusableLog` where too few are left, or the log is not what it
    says.
    """
    place = {key: row for row, key in enumerate(zip(frame.customer_id, frame.snapshot.tolist(), strict=True))}
    keys = zip(of.customer_id, of.instant.tolist(), strict=True)
    rows = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
    known = rows >= 0
    of, outcome, rows = of.rows(known), outcome[known], rows[known]
    arm_name = arm_of(of).astype(np.str_)
    arms, all_arms = _arms(arm_name, settings.least_arm), (CONTROL, *sorted({*arm_name} - {CONTROL}))
    drawn = Trial(
        names=frame.names,
        values=np.ascontiguousarray(frame.values[rows]),
        arms=all_arms,
        arm=_places(arm_name, all_arms),
        propensity=of.propensity,
        outcome=outcome,
        person=numbered(of.customer_id.tolist()),
        campaign=numbered(of.campaign.tolist()),
    )
    check_balance(drawn, of.campaign)  # of all that was drawn: without rare arms no chance is what it says
    propensity = np.maximum(drawn.propensity, settings.clip)
    trial = replace(drawn, arms=arms, arm=_places(arm_name, arms), propensity=propensity)
    compared: Flags = np.any(
        trial.open, axis=0
    )  # a campaign without a control, or without an arm, tells of no effect
    clipped = int((propensity > drawn.propensity)[compared].sum())
    return Study(trial.rows(compared), of.rows(compared), clipped)


def check_balance(trial: Trial, campaign: NDArray[np.object_]) -> None:
    """Raise `UnusableLog` where a campaign's propensities are not what they say.

    In a plan of ours each customer had arms of their own, so only the control is looked at.
    """
    for name in np.unique(campaign.astype(np.str_)):
        of_it = trial.rows(campaign.astype(np.str_) == name)
        ours = str(name).startswith((PLANNED, EXPLORED))
        found = imbalance(of_it, () if ours else set(np.unique(of_it.arm).tolist()))
        if found is not None:
            raise UnusableLog(
                f"the propensities of campaign `{name}` are not what they say",
                given=found.words,
                remedy=USABLE_LOG,
            )


def learn(
    study: Study,
    stake: Floats,
    offers: Mapping[str, int],
    settings: UpliftSettings,
    at_once: Collection[str] = (),
) -> Learned:
    """Cross-fit, hold to the gate, and learn from everybody.

    stake: S of every row of the trial, constant minor units [n]. at_once: the actions whose face value is
    paid at once; whatever the log tells of its use, all of it is spent.
    """
    trial = study.trial
    found = cross_fit(trial, settings)
    tried = tuple(_tried(study, found, arm) for arm in range(1, len(trial.arms)))
    stakes = Stakes(
        stake,
        np.array([_mean_of(study, study.of.contact_cost, arm) for arm in range(1, len(trial.arms))]),
        np.array([arm.face_value_minor for arm in tried]),
        np.array([arm.redemption for arm in tried]),
        np.array([arm.name.partition(":")[0] in at_once for arm in tried]),
    )
    verdict = judge(trial, found, stakes, settings)
    effects = fit_effects(trial, settings, verdict.learner, verdict.slope)
    response = Response(
        state=verdict.state,
        reason=f"{verdict.reason} ({len(trial):,} assignments of {len(np.unique(trial.person)):,} customers)",
        offers=offers,
        feature_names=trial.names,
        arms=tried,
        actions=_actions(trial.arms[1:], tried, settings.arms),
        low_share=verdict.low_share,
        effects=effects if verdict.state is ResponseState.LEARNED else effects.flat(),
    )
    figures = report(trial, found, stakes, verdict, settings)
    figures["propensity"]["clipped"] = study.clipped
    figures["reason"] = response.reason
    return Learned(response, verdict, figures, found)


def _arms(named: NDArray[np.str_], least: int) -> tuple[str, ...]:
    """The control and the arms that enough customers had."""
    names, many = np.unique(named, return_counts=True)
    enough = {str(name) for name, count in zip(names, many, strict=True) if count >= least}
    if CONTROL not in enough or len(enough) < 2:
        counts = ", ".join(f"{name} {count:,}" for name, count in zip(names, many, strict=True))
        raise UnusableLog(
            "too few customers had an arm, or nothing, by a known chance",
            allowed=f"at least {least:,} in `{CONTROL}` and in one arm (uplift.least_arm)",
            given=counts or "none",
            remedy=USABLE_LOG,
        )
    return (CONTROL, *sorted(enough - {CONTROL}))


def _places(named: NDArray[np.str_], arms: tuple[str, ...]) -> Integers:
    """The place of each one's arm among `arms`, `OTHER` where it is none of them [n]."""
    places = {name: place for place, name in enumerate(arms)}
    return np.array([places.get(str(name), OTHER) for name in named], dtype=np.int64)


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
