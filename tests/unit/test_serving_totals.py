import numpy as np
import pytest

from serving.columns import Columns
from serving.filters import AtRiskQuery
from serving.totals import Totals, stage_counts, totals_of

PLAN = Columns(
    {
        "lifecycle_stage": np.array(["silent", "new", "silent", "lost", "ideal"], dtype=object),
        "recommended_action": np.array(["coupon", "call", *["leave_alone"] * 3], dtype=object),
        "expected_gain_minor": np.array([400, 300, 0, 0, 0]),
        "value_at_risk_minor": np.array([10, 20, 30, 40, 0]),
        "churn_probability": np.array([0.5, 0.4, 0.6, 0.9, 0.1]),
        "do_not_contact_reason": np.array([None, None, "no_gain", "lost_cause", "no_gain"], dtype=object),
    }
)


def test_totals_are_of_the_rows_given():
    assert totals_of(PLAN, np.array([0, 2])) == Totals(
        customers=2, to_contact=1, value_at_risk_minor=40, expected_gain_minor=400
    )


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        ({}, {"new": 1, "ideal": 0, "silent": 2, "lost": 1}),
        ({"contactable": True}, {"new": 1, "ideal": 0, "silent": 1, "lost": 0}),
        ({"lifecycle_stage": ["lost"]}, {"new": 1, "ideal": 0, "silent": 2, "lost": 1}),
        ({"lifecycle_stage": ["unhappy"]}, {"new": 1, "ideal": 0, "silent": 2, "unhappy": 0, "lost": 1}),
    ],
)
def test_a_stage_counts_those_whom_asking_for_it_would_show(asked, counts):
    assert stage_counts(PLAN, AtRiskQuery.model_validate(asked)) == counts
