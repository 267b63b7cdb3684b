"""Ask before paying, mend before promising: whatever else is known of a customer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.vocabulary import Inquiry, LifecycleStage, MainReason, Purpose
from models.policy.assess import assess
from models.policy.consent import NO, YES
from models.policy.main_reason import PROBLEMS
from models.policy.playbook import suitability
from models.policy.playbook_facts import PlaybookFacts
from models.policy.standing import inquiry, standing
from tests.policy_examples import MEAN_ORDER, POLICY, customer
from tests.spec_tables import shipped

known_or_not = st.one_of(st.just(np.nan), st.floats(0, 400))
facts = st.fixed_dictionaries(
    {name: known_or_not for name in PlaybookFacts.names() if name != "days_until_renewal"}
    | {
        "days_since_asked": known_or_not,
        "cause": st.sampled_from(["", *MainReason]).map(str),
        "stated": st.sampled_from(["", "prices", "dissatisfied"]),
        "churn_probability": st.floats(0, 1),
        "complaints_open": st.sampled_from([0.0, 1.0]),
        "tenure_days": st.floats(0, 2000),
    }
)
MENDED = {problem.value for problem in PROBLEMS}


def judged(person):
    return assess(customer(**person), shipped(), MEAN_ORDER)


@settings(max_examples=60, deadline=None)
@given(facts)
def test_a_silent_customer_who_was_not_asked_and_said_nothing_is_not_paid(person):
    found = judged({**person, "stated": ""})
    unasked = found.inquiry[0] == Inquiry.NOT_ASKED.value
    silent = found.lifecycle_stage[0] == LifecycleStage.SILENT.value
    assert not (silent and unasked) or found.choice.face_value_minor[0] == 0


@settings(max_examples=60, deadline=None)
@given(facts)
def test_nobody_is_promised_money_while_something_is_to_be_mended_here(person):
    """Compensation is mending; where no action of the stage mends the problem, nothing is in the way."""
    found = judged(person)
    (stage,), (reason,) = found.lifecycle_stage.tolist(), found.main_reason.tolist()
    mends = any(stage in action.stages and reason in action.reasons for action in shipped().enabled_actions)
    paid = found.choice.face_value_minor[0] > 0 and found.choice.recommended_action[0] != "compensate"
    unsure = stage == LifecycleStage.SILENT.value and found.inquiry[0] == Inquiry.NOT_ASKED.value
    assert not (paid and mends and reason in MENDED and not unsure)


@settings(max_examples=60, deadline=None)
@given(facts)
def test_somebody_has_an_action_or_a_reason_to_be_left_alone_never_both(person):
    found = judged(person)
    assert (found.do_not_contact_reason[0] == "") == found.choice.acts[0]


@settings(max_examples=60, deadline=None)
@given(facts)
def test_an_action_has_an_owner_a_channel_and_a_deadline(person):
    choice = judged(person).choice
    assert not choice.acts[0] or (choice.owner[0] and choice.channel[0] and choice.deadline_days[0] > 0)


@pytest.mark.parametrize(
    ("known", "how_far"),
    [
        ({}, "not_asked"),
        ({"days_since_asked": 21.0}, "not_asked"),
        ({"days_since_asked": 13.9}, "waiting"),
        ({"days_since_asked": 14.0}, "unanswered"),
        ({"days_since_asked": 14.0, "days_since_contact_in": 13.0}, "answered"),
        ({"days_since_asked": 14.0, "days_since_survey": 13.0}, "answered"),
        ({"days_since_asked": 14.0, "days_since_complaint": 13.0}, "answered"),
        ({"days_since_asked": 10.0, "days_since_contact_in": 10.0}, "waiting"),
        ({"days_since_asked": 400.0, "recency_days": np.nan}, "unanswered"),
    ],
)
def test_how_far_asking_has_come_is_read_from_the_books(known, how_far):
    assert inquiry(customer(**known), POLICY).tolist() == [how_far]


def among(actions, **changed):
    """The actions allowed under the shipped policy with these actions changed."""
    policy = replace(
        shipped(), actions=tuple(replace(each, **actions.get(each.id, {})) for each in shipped().actions)
    )
    person = customer(**changed)
    found = assess(person, policy, MEAN_ORDER)
    place = standing(person, found.lifecycle_stage, policy)
    return [
        action.id
        for action in policy.enabled_actions
        if suitability(action, person, place, policy).allowed[0]
    ]


def test_who_may_not_be_asked_for_their_reason_is_not_waited_for():
    only_symptom = {"ask_why": {"reasons": (MainReason.SILENCE,)}}
    assert among(only_symptom, recency_days=61.0, cause="returns") == ["better_service", "coupon"]


def test_who_may_be_asked_for_their_reason_is_asked_first():
    only_symptom = {"ask_why": {"reasons": (MainReason.SILENCE,)}}
    assert among(only_symptom, recency_days=61.0, cause="silence") == ["ask_why"]


def test_who_may_not_be_asked_by_its_channel_is_not_waited_for():
    assert among({"ask_why": {"channel": "sms"}}, recency_days=61.0) == ["coupon"]


def test_a_problem_that_may_only_be_mended_by_a_channel_refused_blocks_nothing():
    consents = {"email": YES, "phone": NO}
    assert among({}, nps_last=6.0, days_since_survey=30.0, consents=consents) == ["coupon"]


def test_a_problem_that_only_answers_to_complaints_mend_blocks_nothing_without_a_complaint():
    owed = {"follow_up_call": {"purpose": Purpose.RECOVERY}}
    assert among(owed, nps_last=6.0, days_since_survey=30.0) == ["coupon"]
