"""From a log of past campaigns to a trial that may be learned from, or the words that refuse it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import HoldfastError
from models.evaluation.balance import imbalance
from models.evaluation.offer_designs import USABLE_LOG
from models.evaluation.trials import Assigned, arm_of
from models.evaluation.uplift_values import numbered
from models.features.frame import FeatureFrame
from models.learned.settings import UpliftSettings
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
    # A campaign without a control, or without an arm that enough had, tells of no effect.
    compared: Flags = np.any(trial.open[1:], axis=0)
    clipped = int((propensity > drawn.propensity)[compared].sum())
    return Study(trial.rows(compared), of.rows(compared), clipped)


def check_balance(trial: Trial, campaign: NDArray[np.object_]) -> None:
    """Raise `UnusableLog` where a campaign's propensities are not what they say.

    In a plan of ours each customer had arms of their own, so only the control is looked at.
    """
    names = np.unique(campaign.astype(np.str_))
    for name in names:
        of_it = trial.rows(campaign.astype(np.str_) == name)
        ours = str(name).startswith((PLANNED, EXPLORED))
        found = imbalance(of_it, () if ours else set(np.unique(of_it.arm).tolist()), len(names))
        if found is not None:
            raise UnusableLog(
                f"the propensities of campaign `{name}` are not what they say",
                given=found.words,
                remedy=USABLE_LOG,
            )


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
