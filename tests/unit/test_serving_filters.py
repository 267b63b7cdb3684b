import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.save_list import at_risk
from serving.columns import Columns
from serving.filters import AtRiskQuery, matching
from serving.orders import Order, after, in_order

PLAN = Columns(
    {
        "rank": np.array([1, 2, 3, 4]),
        "lifecycle_stage": np.array(["silent", "new", "silent", "lost"], dtype=object),
        "recommended_action": np.array(["coupon", "call", "leave_alone", "leave_alone"], dtype=object),
        "expected_gain_minor": np.array([400, 300, 200, -100]),
        "value_at_risk_minor": np.array([10, 20, 30, 40]),
        "churn_probability": np.array([0.9, 0.5, np.nan, 0.7]),
        "do_not_contact_reason": np.array([None, None, "no_gain", "lost_cause"], dtype=object),
    }
)


@pytest.mark.parametrize(
    ("asked", "ranks"),
    [
        ({}, [1, 2, 3, 4]),
        ({"lifecycle_stage": ["silent"]}, [1, 3]),
        ({"lifecycle_stage": ["new", "lost"]}, [2, 4]),
        ({"recommended_action": ["call"]}, [2]),
        ({"min_gain_minor": 300}, [1, 2]),
        ({"min_gain_minor": -100}, [1, 2, 3, 4]),
        ({"min_value_at_risk_minor": 30}, [3, 4]),
        ({"min_churn_probability": 0.6}, [1, 4]),
        ({"contactable": True}, [1, 2]),
        ({"contactable": False}, [3, 4]),
        ({"lifecycle_stage": ["silent"], "contactable": True}, [1]),
        ({"min_gain_minor": 2**63 - 1}, []),
    ],
)
def test_a_filter_keeps_those_it_names(asked, ranks):
    rows = matching(PLAN, AtRiskQuery.model_validate(asked))
    assert PLAN["rank"][rows].tolist() == ranks


@pytest.mark.parametrize(("rank", "left"), [(0, [1, 3]), (1, [3]), (2, [3]), (3, []), (99, [])])
def test_a_page_begins_after_the_rank_before(rank, left):
    assert PLAN["rank"][after(np.array([0, 2]), PLAN, Order.RANK, rank)].tolist() == left


def test_another_order_puts_the_greatest_first():
    assert PLAN["rank"][in_order(PLAN, np.arange(4), Order.VALUE_AT_RISK)].tolist() == [4, 3, 2, 1]


def test_who_was_not_scored_comes_last_where_the_chance_sorts():
    assert PLAN["rank"][in_order(PLAN, np.arange(4), Order.CHURN)].tolist() == [1, 4, 2, 3]


def test_a_page_in_another_order_begins_after_the_row_before():
    assert PLAN["rank"][after(np.arange(4), PLAN, Order.CHURN, 4)].tolist() == [2, 3]


def test_a_page_goes_on_where_the_row_before_is_filtered_out():
    assert PLAN["rank"][after(np.array([0, 1]), PLAN, Order.CHURN, 4)].tolist() == [2]


worths = st.tuples(
    st.integers(-2, 2), st.sampled_from(["coupon", "leave_alone"]), st.sampled_from([0.4, np.nan])
)


@given(st.lists(worths, min_size=1))
def test_the_server_lists_those_whom_the_pipeline_lists(customers):
    risk, action, probability = (list(values) for values in zip(*customers, strict=True))
    rank = list(range(1, len(customers) + 1))
    told = {"value_at_risk_minor": risk, "recommended_action": action, "churn_probability": probability}
    plan = pa.table({"rank": rank, **told})
    here = Columns(
        {name: np.array(values, dtype=object if values is action else None) for name, values in told.items()}
    )
    assert (matching(here, AtRiskQuery()) + 1).tolist() == at_risk(plan)["rank"].to_pylist()
