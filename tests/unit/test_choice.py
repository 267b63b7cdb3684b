from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.policy.assess import assess
from models.policy.choice import Choice
from models.policy.choices_table import choices_table
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.offer_words import offer_words
from models.policy.response_settings import ResponseSettings
from models.policy.settings import Tier
from tests.policy_examples import COUPON, MEAN_ORDER, POLICY, customer, policy

codes = st.sampled_from([NO, YES, UNKNOWN])
anybody = st.fixed_dictionaries(
    {
        "churn_probability": st.floats(0, 1),
        "value_at_stake_minor": st.integers(-10_000, 10**6),
        "value_at_stake_low_minor": st.integers(0, 10**6),
        "lifetime_value_minor": st.integers(-10_000, 10**6),
        "days_since_contact_out": st.one_of(st.just(np.nan), st.floats(0, 60)),
        "recency_days": st.floats(0, 900),
        "complaints_open": st.sampled_from([0.0, 0.0, 1.0]),
        "days_since_complaint": st.floats(0, 300),
        "consents": st.fixed_dictionaries({"email": codes, "phone": codes}),
    }
)


def assessed(person, policy_=POLICY):
    return assess(customer(**person), policy_, MEAN_ORDER)


@given(anybody)
def test_the_cap_lies_between_nothing_and_the_bounded_stake(person):
    assert 0 <= assessed(person).greatest_cap_minor[0] <= person["value_at_stake_low_minor"]


@given(anybody)
def test_the_liability_of_the_choice_never_exceeds_its_cap(person):
    choice = assessed(person).choice
    assert choice.liability_minor[0] <= choice.incentive_cap_minor[0]


@given(anybody)
def test_the_cap_of_the_choice_never_exceeds_the_customers_cap(person):
    found = assessed(person)
    assert found.choice.incentive_cap_minor[0] <= found.greatest_cap_minor[0]


@given(anybody)
def test_something_is_gained_exactly_when_an_action_is_recommended(person):
    choice = assessed(person).choice
    assert (choice.expected_gain_minor[0] > 0) == choice.acts[0]


@given(anybody)
def test_a_reason_is_given_exactly_when_nothing_is_recommended(person):
    found = assessed(person)
    assert (found.do_not_contact_reason[0] == "") == found.choice.acts[0]


@given(anybody)
def test_who_is_left_alone_is_given_nothing(person):
    choice = assessed(person).choice
    given_away = choice.liability_minor[0] + choice.incentive_cap_minor[0] + choice.expected_cost_minor[0]
    assert choice.acts[0] or given_away == 0


@given(anybody, st.integers(0, 10**6))
def test_the_cap_never_rises_when_the_bounded_stake_falls(person, fall):
    lower = person | {"value_at_stake_low_minor": max(person["value_at_stake_low_minor"] - fall, 0)}
    assert assessed(lower).greatest_cap_minor[0] <= assessed(person).greatest_cap_minor[0]


@given(anybody, st.floats(0, 1))
def test_the_cap_never_rises_when_the_low_end_of_the_response_falls(person, share):
    doubtful = policy(response=_doubted(POLICY.response, share))
    assert assessed(person, doubtful).greatest_cap_minor[0] <= assessed(person).greatest_cap_minor[0]


def _doubted(response: ResponseSettings, share: float) -> ResponseSettings:
    return replace(
        response,
        gamma_low=response.gamma_low * share,
        considering_gamma_low=response.considering_gamma_low * share,
    )


@given(anybody, st.integers(0, 10**6))
def test_the_cap_never_rises_when_the_tier_falls(person, fall):
    poorer = person | {"lifetime_value_minor": person["lifetime_value_minor"] - fall}
    assert assessed(poorer).greatest_cap_minor[0] <= assessed(person).greatest_cap_minor[0]


@given(anybody, st.integers(0, 10**6))
def test_a_lower_tier_never_gets_more(person, fall):
    poorer = person | {"lifetime_value_minor": person["lifetime_value_minor"] - fall}
    given_to = assessed(poorer).choice.face_value_minor[0], assessed(person).choice.face_value_minor[0]
    assert given_to[0] <= given_to[1]


@given(anybody)
def test_an_unscored_customer_gets_nothing(person):
    stranger = person | {"scored": False, "churn_probability": np.nan}
    assert assessed(stranger).greatest_cap_minor[0] == 0


@given(anybody)
def test_who_refused_every_channel_gets_nothing(person):
    silent = person | {"consents": {"email": NO, "phone": NO}}
    assert assessed(silent).greatest_cap_minor[0] == 0


@settings(max_examples=30)
@given(anybody)
def test_the_choice_is_the_best_that_an_obvious_search_finds(person):
    """Each action and face value alone: none of them gains more than the choice among all."""
    whole = assessed(person).choice.expected_gain_minor[0]
    alone = [assessed(person, policy(actions=(action,))) for action in POLICY.actions]
    assert whole == max(found.choice.expected_gain_minor[0] for found in alone)


def test_the_offer_names_its_kind_and_face_value():
    assert assessed({"consents": {"email": YES}}).choice.recommended_offer.tolist() == ["coupon:1000"]


def test_a_service_without_a_gift_offers_nothing():
    assert assessed({"consents": {"phone": YES}}).choice.recommended_offer.tolist() == [""]


@pytest.mark.parametrize(
    ("offer", "currency", "shown"),
    [
        ("coupon:500", "EUR", "coupon of 5.00 EUR"),
        ("gift:1250", "EUR", "gift of 12.50 EUR"),
        ("gift:250000", "IRR", "gift of 250,000 IRR"),
        ("free delivery", "EUR", "free delivery"),
        ("", "EUR", ""),
    ],
)
def test_an_offer_is_shown_in_words_and_currency_units(offer, currency, shown):
    assert offer_words(offer, currency) == shown


def test_without_actions_everybody_is_left_alone():
    found = assessed({}, policy(actions=()))
    assert found.choice.recommended_action.tolist() == ["leave_alone"]


def test_a_dearer_coupon_is_not_given_when_a_cheaper_one_gains_more():
    generous = policy(tiers=(Tier(0, 1000),), actions=(COUPON,))
    person = customer(value_at_stake_minor=4000)
    assert assess(person, generous, MEAN_ORDER).choice.face_value_minor[0] < 1000


def test_every_answer_says_that_the_response_is_assumed():
    assert assessed({}).response_state.tolist() == ["assumed"]


def test_the_table_of_choices_has_every_column_of_the_choice():
    table = choices_table(np.array(["C1"], dtype=object), assessed({}))
    names = ["customer_id", *(field.name for field in fields(Choice)), "response_state"]
    assert table.column_names == [*names, "do_not_contact_reason"]


def test_no_reason_is_null_in_the_table_of_choices():
    assert (
        choices_table(np.array(["C1"], dtype=object), assessed({}))["do_not_contact_reason"].null_count == 1
    )


def test_customer_ids_of_any_alphabet_reach_the_table_of_choices():
    ids = np.array(["مشتری ۱"], dtype=object)
    assert choices_table(ids, assessed({}))["customer_id"].to_pylist() == ["مشتری ۱"]
