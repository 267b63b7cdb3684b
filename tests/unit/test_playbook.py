from dataclasses import replace

import numpy as np
import pytest

from models.domain.errors import InvalidSetting
from models.domain.settings import plain, settings_from
from models.domain.vocabulary import LifecycleStage, Purpose
from models.policy.assess import assess
from models.policy.consent import NO
from models.policy.settings import PolicySettings, Tier
from tests.policy_examples import APOLOGISE, CALL, COUPON, MEAN_ORDER, POLICY, customer, policy

COMPLAINT = {"complaints_open": 1.0, "days_since_complaint": 3.0}
GONE = {"recency_days": 390.0}
NOTHING_AT_STAKE = {"value_at_stake_low_minor": 0, "value_at_stake_minor": 0}

REASONS = [
    # the first reason that holds is given: each row also has the troubles of all rows below that it can have
    ("unscored", {"scored": False, "churn_probability": np.nan, "consents": {"email": NO}}),
    ("no_consent", {"consents": {"email": NO, "phone": NO}, "days_since_contact_out": 1.0}),
    ("open_complaint", {**COMPLAINT, **NOTHING_AT_STAKE, "days_since_contact_out": 1.0}),
    ("contacted_recently", {"days_since_contact_out": 13.9, **GONE, "churn_probability": 0.99}),
    ("lost_cause", {**GONE, "churn_probability": 0.98, **NOTHING_AT_STAKE}),
    ("cap_too_low", NOTHING_AT_STAKE),
    ("no_gain", {"value_at_stake_minor": 0}),
    ("no_gain", {"churn_probability": 0.1}),
    ("", {}),
    ("", {"days_since_contact_out": 14.0}),
]


@pytest.mark.parametrize(("reason", "changed"), REASONS)
def test_the_first_reason_that_holds_is_given(reason, changed):
    assert assess(customer(**changed), POLICY, MEAN_ORDER).do_not_contact_reason.tolist() == [reason]


def test_an_open_complaint_leaves_only_recovery():
    choice = assess(customer(**COMPLAINT), POLICY, MEAN_ORDER).choice
    assert choice.recommended_action.tolist() == [APOLOGISE.id]


def test_a_recent_contact_does_not_delay_an_apology():
    choice = assess(customer(**COMPLAINT, days_since_contact_out=1.0), POLICY, MEAN_ORDER).choice
    assert choice.recommended_action.tolist() == [APOLOGISE.id]


def test_an_action_is_taken_only_at_the_stages_it_names():
    settings = policy(actions=(replace(COUPON, stages=(LifecycleStage.SILENT,)), CALL))
    choice = assess(customer(), settings, MEAN_ORDER).choice
    assert choice.recommended_action.tolist() == [CALL.id]


def test_the_policy_survives_the_release():
    assert settings_from(PolicySettings, plain(POLICY), where="policy") == POLICY


def test_a_lower_tier_that_gives_more_is_refused():
    with pytest.raises(InvalidSetting, match="a lower tier would get more"):
        policy(tiers=(Tier(0, 500), Tier(5000, 200)))


def test_a_stage_without_a_share_is_refused():
    with pytest.raises(InvalidSetting, match=r"policy\.phi"):
        policy(phi={})


def test_an_authority_beyond_the_absolute_limit_is_refused():
    with pytest.raises(InvalidSetting, match="recovery_authority_minor"):
        policy(recovery_authority_minor=2001)


def test_two_actions_of_one_name_are_refused():
    with pytest.raises(InvalidSetting, match="names an action twice"):
        policy(actions=(COUPON, COUPON))


@pytest.mark.parametrize("menu", [(), (500, 200), (200, 200), (-100,)])
def test_a_menu_that_does_not_rise_is_refused(menu):
    with pytest.raises(InvalidSetting, match="face_values_minor"):
        replace(COUPON, face_values_minor=menu)


def test_an_unrounded_face_value_is_refused():
    with pytest.raises(InvalidSetting, match="multiples of 50"):
        policy(actions=(replace(COUPON, face_values_minor=(210,)),))


def test_nobody_plans_what_is_owed():
    with pytest.raises(InvalidSetting, match="purpose"):
        replace(COUPON, purpose=Purpose.OWED)
