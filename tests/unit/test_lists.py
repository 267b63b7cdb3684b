from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.tables import OFFERS
from models.policy.day_plan import plan_day
from models.policy.save_list import COLUMNS, assignments, at_risk, ranked_plan, worth_listing
from pipelines.lists import EXCEL_ROWS, HEADINGS, SAID_ONCE
from tests.list_examples import POLICY_OF_LISTS, choices, offers, scores

AS_OF = datetime(2024, 6, 30, 22, tzinfo=UTC)
ZONE = "Europe/Berlin"

# customer, gain, value at risk
PEOPLE = [("A", 0, 900), ("B", 500, 100), ("C", 700, 50), ("D", 500, 200), ("E", 0, 0), ("F", 0, 900)]


def planned(people=PEOPLE):
    return ranked_plan(scores(people, AS_OF), choices(people), ZONE)


def of_the_day():
    return plan_day(choices(PEOPLE), offers(PEOPLE), POLICY_OF_LISTS, "2024-06-30").choices


def test_customers_are_ranked_by_the_expected_gain_of_acting():
    gains = planned()["expected_gain_minor"].to_pylist()
    assert gains == sorted(gains, reverse=True)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_no_customer_stands_above_one_for_whom_acting_gains_more(worths):
    people = [(f"C{number:02d}", gain, risk) for number, (gain, risk) in enumerate(worths)]
    rows = planned(people).select(["expected_gain_minor", "value_at_risk_minor", "customer_id"]).to_pylist()
    keys = [(-gain, -risk, name) for gain, risk, name in map(dict.values, rows)]
    assert keys == sorted(keys)


def test_equal_gains_are_ranked_by_value_at_risk_then_by_customer():
    assert planned()["customer_id"].to_pylist() == ["C", "D", "B", "A", "F", "E"]


def test_the_order_of_the_rows_read_does_not_matter():
    shuffled = ranked_plan(scores(PEOPLE[::-1], AS_OF), choices(PEOPLE[2:] + PEOPLE[:2]), ZONE)
    assert shuffled.equals(planned())


@pytest.mark.parametrize(
    ("as_of", "act_by"),
    [
        (datetime(2024, 6, 30, 22, tzinfo=UTC), datetime(2024, 7, 7, 22, tzinfo=UTC)),
        (datetime(2024, 3, 27, 23, tzinfo=UTC), datetime(2024, 4, 3, 22, tzinfo=UTC)),  # clocks go forward
        (datetime(2024, 10, 23, 22, tzinfo=UTC), datetime(2024, 10, 30, 23, tzinfo=UTC)),  # and back
        (datetime(2024, 6, 30, 9, tzinfo=UTC), datetime(2024, 7, 7, 22, tzinfo=UTC)),  # data end in a day
    ],
)
def test_a_deadline_of_seven_days_is_the_end_of_the_seventh_local_day(as_of, act_by):
    rows = ranked_plan(scores(PEOPLE, as_of), choices(PEOPLE), ZONE)
    assert rows["act_by"].to_pylist() == [act_by] * 3 + [None] * 3


def test_ranks_count_from_one():
    assert planned()["rank"].to_pylist() == [1, 2, 3, 4, 5, 6]


def test_the_plan_has_the_columns_of_the_list():
    assert planned().column_names == [column.name for column in COLUMNS]


def test_the_cap_of_the_plan_is_that_of_the_recommended_action():
    assert planned()["incentive_cap_minor"].to_pylist() == [510, 510, 510, 0, 0, 0]


NOBODY_SCORED = [("B", 0, None), ("A", 0, None)]


def test_where_nobody_could_be_scored_all_are_planned():
    assert planned(NOBODY_SCORED)["customer_id"].to_pylist() == ["A", "B"]


def test_where_nobody_could_be_scored_the_longest_silent_stands_first():
    silence = pa.array([AS_OF, AS_OF - timedelta(days=9)], pa.timestamp("us", tz="UTC"))
    rows = scores([("A", 0, None), ("B", 0, None)], AS_OF)
    rows = rows.set_column(rows.column_names.index("last_order_at"), "last_order_at", silence)
    assert ranked_plan(rows, choices(NOBODY_SCORED), ZONE)["customer_id"].to_pylist() == ["B", "A"]


def test_an_unscored_customer_is_not_planned():
    people = [*PEOPLE, ("G", 0, None)]
    assert "G" not in planned(people)["customer_id"].to_pylist()


def test_who_risks_nothing_and_needs_nothing_is_not_listed():
    assert at_risk(planned())["customer_id"].to_pylist() == ["C", "D", "B", "A", "F"]


def test_a_recommended_action_is_listed_though_nothing_is_at_risk():
    assert at_risk(planned([("A", 10, 0)])).num_rows == 1


@pytest.mark.parametrize(
    ("value_at_risk", "action", "probability", "listed"),
    [
        (1, "leave_alone", 0.5, True),
        (0, "leave_alone", 0.5, False),
        (-1, "leave_alone", 0.5, False),
        (0, "coupon", 0.5, True),
        (0, "leave_alone", np.nan, True),
    ],
)
def test_worth_listing_is_who_risks_or_needs_something_or_of_whom_nobody_knows(
    value_at_risk, action, probability, listed
):
    found = worth_listing(  # beside somebody who is listed in any case
        np.array([value_at_risk, 1]), np.array([action, "coupon"], dtype=object), np.array([probability, 0.5])
    )
    assert found.tolist() == [listed, True]


def test_scores_and_choices_of_different_customers_are_refused():
    with pytest.raises(ValueError, match="same customers"):
        ranked_plan(scores(PEOPLE, AS_OF), choices(PEOPLE[1:]), ZONE)


def test_a_customer_scored_twice_is_refused():
    twice = [PEOPLE[0], PEOPLE[0]]
    with pytest.raises(ValueError, match="scored twice"):
        ranked_plan(scores(twice, AS_OF), choices(twice), ZONE)


def test_assignments_have_the_schema_of_offers():
    assert assignments(planned(), of_the_day()).schema.equals(OFFERS.schema())


def test_who_is_left_alone_is_assigned_to_none():
    arms = assignments(planned(), of_the_day())["arm"].to_pylist()
    assert arms == ["none", "coupon", "coupon", "coupon", "none", "none"]


def test_the_campaign_is_named_after_the_day():
    assert set(assignments(planned(), of_the_day())["campaign_id"].to_pylist()) == {"plan-2024-06-30"}


def test_without_lots_nobody_s_action_was_left_to_chance():
    rows = assignments(planned(), of_the_day())
    assert set(rows["design"].to_pylist()) == {"targeted"}
    assert set(rows["propensity"].to_pylist()) == {1.0}


def test_assignments_happen_at_the_instant_that_the_data_speak_for():
    assert set(assignments(planned(), of_the_day())["assigned_at"].to_pylist()) == {AS_OF}


def test_an_empty_plan_assigns_nobody():
    nobody = ranked_plan(scores(PEOPLE, AS_OF).slice(0, 0), choices(PEOPLE).slice(0, 0), ZONE)
    assert assignments(nobody, of_the_day()).num_rows == 0


def test_every_column_has_a_heading():
    assert list(HEADINGS) == [column.name for column in COLUMNS]


def test_what_is_said_once_is_a_column():
    assert set(SAID_ONCE) <= {column.name for column in COLUMNS}


def test_the_workbook_is_no_longer_than_excel_allows():
    assert EXCEL_ROWS < 1_048_576


def test_the_plan_is_a_table():
    assert isinstance(planned(), pa.Table)
