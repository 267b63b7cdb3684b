"""A list where nobody's worth is known: by the chance of leaving, everybody in it, and the reason said."""

from datetime import UTC, datetime

import pyarrow as pa

from models.domain.vocabulary import DoNotContactReason, LifecycleStage
from models.policy.assess import assess
from models.policy.save_list import at_risk, ranked_plan
from tests.list_examples import choices, scores
from tests.policy_examples import MEAN_ORDER, POLICY, customer

AS_OF = datetime(2026, 5, 31, tzinfo=UTC)
ZONE = "UTC"
PEOPLE = [("A", 0, 0), ("B", 0, 0), ("C", 0, 0)]


def planned(probabilities, stages=("considering",) * 3):
    told = scores(PEOPLE, AS_OF)
    for name, values in {"churn_probability": probabilities, "lifecycle_stage": stages}.items():
        told = told.set_column(told.column_names.index(name), name, pa.array(values))
    return ranked_plan(told, choices(PEOPLE), ZONE)


def test_the_likeliest_to_leave_stand_first():
    assert planned([0.2, 0.9, 0.4])["customer_id"].to_pylist() == ["B", "C", "A"]


def test_those_who_have_gone_stand_last():
    plan = planned([0.2, 0.9, 0.4], ("considering", "lost", "considering"))
    assert plan["customer_id"].to_pylist() == ["C", "A", "B"]


def test_everybody_is_listed():
    assert at_risk(planned([0.2, 0.9, 0.4])).num_rows == 3


def worthless(**more):
    return customer(value_at_stake_minor=0, value_at_stake_low_minor=0, lifetime_value_minor=0, **more)


def test_nobody_is_acted_upon_and_the_reason_says_why():
    told = assess(worthless(churn_probability=0.9), POLICY, MEAN_ORDER)
    assert told.do_not_contact_reason.tolist() == [DoNotContactReason.VALUE_UNKNOWN]


def test_a_cap_is_0_where_no_worth_is_known():
    assert assess(worthless(churn_probability=0.9), POLICY, MEAN_ORDER).greatest_cap_minor.tolist() == [0]


def test_who_has_left_for_good_is_lost():
    told = assess(customer(gone=True), POLICY, MEAN_ORDER)
    assert told.lifecycle_stage.tolist() == [LifecycleStage.LOST]


def test_who_has_left_for_good_is_left_alone():
    told = assess(customer(gone=True), POLICY, MEAN_ORDER)
    assert told.do_not_contact_reason.tolist() == [DoNotContactReason.LOST_CAUSE]
