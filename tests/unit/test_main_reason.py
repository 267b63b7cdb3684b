"""What an action has to answer: facts before explanations, causes before symptoms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.vocabulary import LifecycleStage, MainReason, Payment, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.assess import assess
from models.policy.consent import NO
from models.policy.main_reason import CAUSES, TOLD_BY, leading_cause, untold_words
from models.policy.playbook_facts import PlaybookFacts
from tests.policy_examples import CALL, COUPON, MEAN_ORDER, POLICY, customer, policy

THANK = ActionSettings(
    id="thank",
    purpose=Purpose.RETENTION,
    payment=Payment.IMMEDIATE,
    channel="email",
    contact_cost_minor=0,
    face_values_minor=(0,),
    stages=tuple(LifecycleStage),
    touch=0.01,
    touch_low=0.01,
    rest_days=60,
)
KIND = policy(actions=(*POLICY.actions, THANK))
log_odds = st.dictionaries(st.sampled_from([*CAUSES, "tenure"]), st.floats(-2, 2))


def cause(**raised):
    (found,) = leading_cause({family: np.array([amount]) for family, amount in raised.items()}, 1)
    return found


@pytest.mark.parametrize(
    ("raised", "found"),
    [
        ({"items": 0.2, "monetary": 0.1}, "articles"),
        ({"items": 0.2, "recency": 3.0}, "articles"),
        ({"items": 0.09, "recency": 3.0}, "silence"),
        ({"activity": 0.5, "recency": 0.6}, "silence"),
        ({"activity": 0.5, "recency": 0.2, "rhythm": 0.2}, "use_fell"),
        ({"complaints": 0.06, "satisfaction": 0.06}, "dissatisfied"),
        ({"tenure": 2.0}, ""),
        ({}, ""),
    ],
)
def test_what_raises_the_risk_most_is_named(raised, found):
    assert cause(**raised) == found


@given(log_odds)
def test_a_cause_is_always_a_main_reason_or_none(raised):
    assert cause(**raised) in {"", *MainReason}


@given(log_odds)
def test_what_lowers_the_risk_is_no_cause(raised):
    assert cause(**{family: -abs(amount) for family, amount in raised.items()}) == ""


def test_an_action_for_reasons_of_which_the_source_tells_nothing_is_named():
    remind = replace(COUPON, id="remind", reasons=(MainReason.CONTRACT_EXPIRING,))
    assert untold_words([remind, CALL], ["recency_days"]) == [
        "action remind is off: the source tells nothing of contract expiring"
    ]


def test_what_customers_may_state_themselves_is_told_without_features():
    dearer = replace(COUPON, id="discount", reasons=(MainReason.PRICES,))
    assert untold_words([dearer], ["recency_days"], [MainReason.PRICES]) == []


def test_one_reason_that_the_source_tells_of_is_enough():
    mend = replace(CALL, reasons=(MainReason.SLOW_ANSWER, MainReason.DISSATISFIED))
    assert untold_words([mend], ["complaints_all"]) == []


def test_what_tells_of_a_reason_is_read_or_counted_as_a_feature():
    assert all(names for names in TOLD_BY.values())
    assert "days_until_renewal" in PlaybookFacts.names()


def test_a_service_that_costs_nothing_does_not_crowd_out_an_offer_that_gains_more():
    assert assess(customer(), KIND, MEAN_ORDER).choice.recommended_action.tolist() == ["coupon"]


def test_a_service_that_costs_nothing_obeys_consent():
    refused = customer(consents={"email": NO})
    assert assess(refused, KIND, MEAN_ORDER).choice.recommended_action.tolist() == ["leave_alone"]


@pytest.mark.parametrize(("days", "action"), [(59.0, "leave_alone"), (60.0, "thank")])
def test_a_service_rests_as_long_as_it_says(days, action):
    # Nothing but thanks suits this stage.
    content = customer(churn_probability=0.3, days_since_contact_out=days)
    free = policy(actions=(COUPON, replace(THANK, contact_cost_minor=10)))
    assert assess(content, free, MEAN_ORDER).choice.recommended_action.tolist() == [action]


def test_an_action_that_costs_nothing_still_needs_a_cap():
    """A cap of 0 forbids; what costs nothing has none, so a contact must be given a price."""
    free = policy(actions=(THANK,))
    assert assess(customer(), free, MEAN_ORDER).do_not_contact_reason.tolist() == ["cap_too_low"]


def test_facts_of_other_customers_are_refused():
    facts = PlaybookFacts.from_columns({}, 2)
    with pytest.raises(ValueError, match="one row a customer"):
        replace(customer(), facts=facts)
