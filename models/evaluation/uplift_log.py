"""From a log of past campaigns to a trial that may be learned from, or the words that refuse it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import HoldfastError
from models.evaluation.balance import Imbalance, imbalance
from models.evaluation.offer_designs import USABLE_LOG
from models.evaluation.trials import Assigned, arm_of
from models.evaluation.uplift_values import numbered
from models.features.frame import FeatureFrame
from models.learned.settings import UpliftSettings
from models.learned.trial import CONTROL, OTHER, Flags, Floats, Integers, Trial
from models.policy.lots import of_a_plan


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


def trial_of(frame: FeatureFrame, of: Assigned, outcome: Floats, settings: UpliftSettings) -> Study:
    """The trial in the features of `frame`; those of arms that too few had stay in it as `OTHER`.

    outcome: of each assignment [n]. Raises `UnusableLog` where too few are left, or the log is not what it
    says.
    """
    rows = _rows_in(frame, of)
    known = rows >= 0
    of, outcome, rows = of.rows(known), outcome[known], rows[known]
    drawn = _drawn(frame, rows, of, outcome)
    arm_name = arm_of(of).astype(np.str_)
    arms = _arms(arm_name, settings.least_arm)
    check_balance(drawn, of.campaign)  # of all that was drawn: without rare arms no chance is what it says
    propensity = np.maximum(drawn.propensity, settings.clip)
    trial = replace(drawn, arms=arms, arm=_places(arm_name, arms), propensity=propensity)
    # A campaign without a control, or without an arm that enough had, tells of no effect.
    compared: Flags = np.any(trial.open[1:], axis=0)
    clipped = int((propensity > drawn.propensity)[compared].sum())
    return Study(trial.rows(compared), of.rows(compared), clipped)


def check_balance(trial: Trial, campaign: NDArray[np.object_]) -> None:
    """Raise `UnusableLog` where a campaign's propensities are not what they say."""
    names = np.unique(campaign.astype(np.str_))
    for name in names:
        found = _off(trial.rows(campaign.astype(np.str_) == name), str(name), len(names))
        if found is not None:
            raise UnusableLog(
                f"the propensities of campaign `{name}` are not what they say",
                given=found.words,
                remedy=USABLE_LOG,
            )


def refused_campaigns(frame: FeatureFrame, of: Assigned) -> dict[str, str]:
    """The campaigns whose propensities are not what they say, and how they are off, in words.

    A campaign is looked at by those whose features are known; where nobody's are, by its shares alone.
    """
    names, refused = np.unique(of.campaign.astype(np.str_)), {}
    for name in names:
        of_it = of.rows(of.campaign.astype(np.str_) == name)
        seen = frame if (_rows_in(frame, of_it) >= 0).any() else _without_features(of_it)
        rows = _rows_in(seen, of_it)
        known = rows >= 0
        trial = _drawn(seen, rows[known], of_it.rows(known), np.zeros(int(known.sum())))
        found = _off(trial, str(name), len(names))
        if found is not None:
            refused[str(name)] = found.words
    return refused


def _off(trial: Trial, campaign: str, campaigns: int) -> Imbalance | None:
    """What is off in one campaign of so many.

    In a plan of ours each customer had arms of their own, so only the control is looked at.
    """
    return imbalance(trial, () if of_a_plan(campaign) else set(np.unique(trial.arm).tolist()), campaigns)


def _drawn(frame: FeatureFrame, rows: Integers, of: Assigned, outcome: Floats) -> Trial:
    """All that was drawn, the arms that few had too; rows: of the frame [n]."""
    arm_name = arm_of(of).astype(np.str_)
    arms = (CONTROL, *sorted({*arm_name} - {CONTROL}))
    return Trial(
        names=frame.names,
        values=np.ascontiguousarray(frame.values[rows]),
        arms=arms,
        arm=_places(arm_name, arms),
        propensity=of.propensity,
        outcome=outcome,
        person=numbered(of.customer_id.tolist()),
        campaign=numbered(of.campaign.tolist()),
    )


def _without_features(of: Assigned) -> FeatureFrame:
    return FeatureFrame((), np.empty((len(of), 0), np.float32), of.customer_id, of.instant)


def _rows_in(frame: FeatureFrame, of: Assigned) -> Integers:
    """Where the features of each assignment stand in the frame, -1 where they are not known [n]."""
    place = {key: row for row, key in enumerate(zip(frame.customer_id, frame.snapshot.tolist(), strict=True))}
    keys = zip(of.customer_id, of.instant.tolist(), strict=True)
    return np.array([place.get(key, -1) for key in keys], dtype=np.int64)


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
