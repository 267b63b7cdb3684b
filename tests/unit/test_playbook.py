from dataclasses import replace

import numpy as np
import pytest

from models.domain.errors import InvalidSetting
from models.domain.settings import plain, settings_from
from models.domain.vocabulary import LifecycleStage, OfferKind, Purpose
from models.policy.assess import assess
from models.policy.consent import NO
from models.policy.playbook_settings import PlaybookSettings
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
    ("no_action", {"churn_probability": 0.1}),
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


def test_a_lower_tier_that_gives_what_a_higher_one_does_not_is_refused():
    with pytest.raises(InvalidSetting, match="a lower tier would get what a higher one does not"):
        policy(tiers=(Tier(0, 0), Tier(5000, 500, (OfferKind.COUPON,)), Tier(9000, 500, (OfferKind.GIFT,))))


def test_a_tier_gives_only_what_it_names():
    gifts = (Tier(0, 0), Tier(5000, 1000, (OfferKind.GIFT,)))
    choice = assess(customer(), policy(tiers=gifts), MEAN_ORDER).choice
    assert choice.recommended_action.tolist() == [CALL.id]


def test_nobody_gives_more_than_the_authority_of_their_team():
    owned = replace(COUPON, owner="marketing")
    bounded = policy(actions=(owned,), authority_minor={"marketing": 949})
    assert assess(customer(), bounded, MEAN_ORDER).greatest_cap_minor.tolist() == [510]


def test_the_authority_of_a_team_bounds_recovery_in_whole_steps():
    owned = replace(APOLOGISE, owner="care")
    bounded = policy(actions=(owned,), authority_minor={"care": 749})
    assert assess(customer(**COMPLAINT), bounded, MEAN_ORDER).greatest_cap_minor.tolist() == [700]


def test_an_authority_of_nobody_is_refused():
    with pytest.raises(InvalidSetting, match="names no owner of an action"):
        policy(authority_minor={"save_teem": 100})


def test_what_is_given_is_named_by_its_kind():
    points = policy(actions=(replace(COUPON, kind=OfferKind.POINTS),))
    assert assess(customer(), points, MEAN_ORDER).choice.recommended_offer.tolist() == ["points:1000"]


@pytest.mark.parametrize(("setting", "value"), [("deadline_days", -1), ("rest_days", 3651)])
def test_days_that_no_action_can_have_are_refused(setting, value):
    with pytest.raises(InvalidSetting, match=setting):
        replace(COUPON, **{setting: value})


@pytest.mark.parametrize(("setting", "value"), [("price_rise", 0.9), ("most_offers_90", 0)])
def test_thresholds_that_no_playbook_can_have_are_refused(setting, value):
    with pytest.raises(InvalidSetting, match=setting):
        PlaybookSettings(**{setting: value})
