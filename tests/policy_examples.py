"""One customer and one policy with round numbers, from which tests of the policy vary what they are about."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from models.domain.vocabulary import LifecycleStage, Payment, Purpose, UnknownConsent
from models.policy.action_settings import ActionSettings
from models.policy.consent import YES
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.lifecycle_settings import LifecycleSettings
from models.policy.playbook_facts import PlaybookFacts
from models.policy.response_settings import ResponseSettings
from models.policy.settings import PolicySettings, Tier

MEAN_ORDER = 6000.0

LIFECYCLE = LifecycleSettings(
    new_days=30,
    first_gap_days=90.0,
    shortest_gap_days=10.0,
    silent_gaps=2.0,
    lost_gaps=4.0,
    lost_days=200,
    lost_probability=0.9,
    considering_probability=0.6,
    unhappy_days=60,
    bad_rating=2,
    considering_gaps=0.5,
    evidence=("contracts_ending", "balance_drained"),
)

COUPON = ActionSettings(
    id="coupon",
    purpose=Purpose.RETENTION,
    payment=Payment.ON_PURCHASE,
    channel="email",
    contact_cost_minor=10,
    face_values_minor=(200, 500, 1000),
    stages=(LifecycleStage.CONSIDERING, LifecycleStage.SILENT),
    touch=0.01,
    touch_low=0.0,
)
CALL = ActionSettings(
    id="call",
    purpose=Purpose.RETENTION,
    payment=Payment.IMMEDIATE,
    channel="phone",
    contact_cost_minor=200,
    face_values_minor=(0,),
    stages=(LifecycleStage.CONSIDERING, LifecycleStage.UNHAPPY),
    touch=0.05,
    touch_low=0.02,
)
APOLOGISE = ActionSettings(
    id="apologise",
    purpose=Purpose.RECOVERY,
    payment=Payment.IMMEDIATE,
    channel="email",
    contact_cost_minor=100,
    face_values_minor=(0, 500),
    stages=(LifecycleStage.UNHAPPY, LifecycleStage.LOST),
    touch=0.06,
    touch_low=0.02,
)

POLICY = PolicySettings(
    lifecycle=LIFECYCLE,
    actions=(COUPON, CALL, APOLOGISE),
    phi={**dict.fromkeys(LifecycleStage, 0.1), LifecycleStage.UNHAPPY: 0.25},
    tiers=(Tier(0, 0), Tier(5000, 500), Tier(20_000, 1000)),
    response=ResponseSettings(
        gamma=0.2,
        gamma_low=0.1,
        considering_gamma=0.2,
        considering_gamma_low=0.1,
        theta_share=0.05,
        redemption=0.5,
    ),
    required_roi=0.25,
    absolute_limit_minor=2000,
    recovery_authority_minor=1500,
    unknown_consent=UnknownConsent.LIST_ONLY,
    contact_rest_days=14,
    lost_cause_probability=0.98,
    rounding_step_minor=50,
)

# Bought 20 days ago, usually every 30, a customer for 400 days, never complained.
USUAL = {"recency_days": 20.0, "tenure_days": 400.0, "gap_mean_days": 30.0, "complaints_open": 0.0}


def features(**changed: float) -> LifecycleFeatures:
    """The features of one customer; what is not named is as in `USUAL`, or NaN."""
    values = {**USUAL, **changed}
    columns = {name: np.array([value]) for name, value in values.items()}
    return LifecycleFeatures.from_columns(columns, 1, LIFECYCLE.evidence)


def known_facts() -> set[str]:
    """The names of what the playbook reads."""
    return {field.name for field in fields(PlaybookFacts)}


def facts(*, cause: str = "", stated: str = "", **changed: float) -> PlaybookFacts:
    """What the playbook reads of one customer; cause: what raises the risk most, stated: what they said."""
    columns = {name: np.array([value]) for name, value in {**USUAL, **changed}.items()}
    return PlaybookFacts.from_columns(columns, 1, np.array([cause]), np.array([stated]))


def customer(**changed: Any) -> CustomerInputs:
    """One customer considering to leave, worth 300.00 and reachable.

    `changed` names inputs, features, or facts of the playbook.
    """
    told = facts(**{name: changed[name] for name in changed.keys() & known_facts()})
    names = {field.name for field in fields(LifecycleFeatures)} | known_facts() | {*LIFECYCLE.evidence}
    inputs = {
        "churn_probability": 0.6,
        "value_at_stake_minor": 30_000,
        "value_at_stake_low_minor": 20_000,
        "lifetime_value_minor": 40_000,
        "scored": True,
        "days_since_contact_out": np.nan,
    }
    consents = changed.pop("consents", {"email": YES, "phone": YES})
    inputs |= {name: value for name, value in changed.items() if name not in names}
    return CustomerInputs(
        **{name: np.array([value]) for name, value in inputs.items()},
        features=features(
            **{name: value for name, value in changed.items() if name in names - {"cause", "stated"}}
        ),
        facts=told,
        consents={channel: np.array([code], dtype=np.int8) for channel, code in consents.items()},
    )


def policy(**changed: Any) -> PolicySettings:
    """The policy with some settings changed."""
    return replace(POLICY, **changed)
