"""Stages, playbook, cap and tiers by example: each row of the tables beside this file is one test."""

import numpy as np
import pytest

from models.domain.vocabulary import (
    DoNotContactReason,
    LifecycleStage,
    MainReason,
    OfferKind,
    Payment,
    StageRule,
)
from models.policy.assess import assess
from models.policy.consent import YES
from models.policy.economics import break_even_uplift, greatest_face_value
from models.policy.lifecycle import STAGE_OF, lifecycle_stage
from models.policy.playbook import suitability
from models.policy.standing import standing
from tests.policy_examples import LIFECYCLE, MEAN_ORDER, customer, features
from tests.spec_tables import TIERS, differs, plain_policy, rows, shipped

COMPLAINT = {"complaints_open": 1.0, "days_since_complaint": 3.0}
NOT_OF_ONE_CUSTOMER = {DoNotContactReason.OVER_BUDGET, DoNotContactReason.VALUE_UNKNOWN}


def every(table):
    examples = rows(table)
    return pytest.mark.parametrize("row", examples, ids=[row["why"] for row in examples])


def of_playbook(row):
    changed = {"consents": {"email": YES, "phone": YES}} | differs(row["what differs"])
    if changed.pop("in_holdout", False):
        changed["in_holdout"] = True
    return assess(customer(**changed), shipped(), MEAN_ORDER), customer(**changed)


@every("stages")
def test_the_lifecycle_stage_is_that_of_the_example(row):
    probability = differs(f"p = {row['chance of leaving']}")["p"]
    found = lifecycle_stage(features(**differs(row["what differs"])), np.array([probability]), LIFECYCLE)
    assert found.tolist() == [row["stage"]]


@every("playbook")
def test_the_playbook_s_stage_and_reason_are_those_of_the_example(row):
    found, _ = of_playbook(row)
    stage = "new" if row["left alone because"] == "unscored" else row["stage"]
    assert (found.lifecycle_stage.tolist(), found.main_reason.tolist()) == ([stage], [row["main reason"]])


@every("playbook")
def test_the_actions_allowed_are_those_of_the_example(row):
    found, person = of_playbook(row)
    place = standing(person, found.lifecycle_stage, shipped())
    allowed = [
        action.id
        for action in shipped().enabled_actions
        if suitability(action, person, place, shipped()).allowed[0]
    ]
    assert allowed == [name.strip() for name in row["actions"].split(",") if name]


@every("playbook")
def test_why_somebody_is_left_alone_is_that_of_the_example(row):
    assert of_playbook(row)[0].do_not_contact_reason.tolist() == [row["left alone because"]]


@every("cap")
def test_the_cap_is_that_of_the_example(row):
    person = customer(
        recency_days=61.0,
        churn_probability=0.5,
        value_at_stake_low_minor=int(row["stake at least"]),
        lifetime_value_minor=int(row["lifetime value"]),
        **(COMPLAINT if row["action"] == "recovery" else {}),
    )
    assert assess(person, plain_policy(row), MEAN_ORDER).greatest_cap_minor.tolist() == [int(row["cap"])]


@every("break_even")
def test_the_effect_that_just_pays_is_that_of_the_example(row):
    (found,) = break_even_uplift(
        int(row["contact"]),
        int(row["face value"]),
        Payment(row["payment"]),
        redemption=int(row["share used %"]) / 100,
        retention=np.array([int(row["chance of staying %"]) / 100]),
        value_at_stake=np.array([int(row["stake"])]),
    )
    assert found * 100 == pytest.approx(float(row["break-even %"] or np.inf), abs=5e-5)


@every("tiers")
def test_the_tier_gives_what_the_example_says(row):
    value, kind = np.array([int(row["lifetime value"])]), OfferKind(row["kind"])
    assert greatest_face_value(value, TIERS, kind).tolist() == [int(row["greatest face value"])]


def test_every_stage_has_an_example():
    assert {row["stage"] for row in rows("stages")} == set(LifecycleStage)


def test_every_rule_leads_to_a_stage():
    assert set(STAGE_OF) == set(StageRule)


def test_every_main_reason_but_the_symptom_of_silence_has_an_example():
    assert {row["main reason"] for row in rows("playbook")} == set(MainReason) - {MainReason.SILENCE}


def test_every_reason_to_leave_somebody_alone_has_an_example():
    found = {row["left alone because"] for row in rows("playbook")} - {""}
    assert found == set(DoNotContactReason) - NOT_OF_ONE_CUSTOMER


def test_every_action_shipped_has_an_example():
    named = {name.strip() for row in rows("playbook") for name in row["actions"].split(",")} - {""}
    assert named == {action.id for action in shipped().enabled_actions}
