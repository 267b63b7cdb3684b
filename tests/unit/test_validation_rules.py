"""Each rule on a handful of rows."""

import pyarrow as pa
import pytest

from models.contract.fates import all_accepted, count
from models.contract.tables import ACTIVITY, COMPLAINTS, CONTRACTS, CUSTOMERS, OFFERS, ORDERS
from models.contract.validation import newest_known, validate
from models.domain.instants import DAY

LINE = {"order_id": "A", "line_id": "1", "customer_id": "c", "ordered_at": 10 * DAY, "amount_minor": 100}
COMPLAINT = {"complaint_id": "k", "customer_id": "c", "opened_at": 10 * DAY}


def checked(declared, *rows, as_of=None):
    names = tuple(name for name in declared.names if any(name in row for row in rows))
    table = pa.Table.from_pylist(list(rows), schema=declared.schema(names))
    return validate(table, declared, all_accepted(table.num_rows), as_of)


def reasons(result):
    return dict(count(result.fates).reasons)


def micros(result, column):
    return result.rows[column].cast(pa.int64()).to_pylist()


def test_a_sound_line_is_accepted():
    assert count(checked(ORDERS, LINE).fates).accepted == 1


def test_a_line_without_a_customer_is_out_of_scope_and_not_rejected():
    assert count(checked(ORDERS, LINE | {"customer_id": None}).fates).out_of_scope == 1


def test_a_customer_without_an_id_is_refused():
    assert reasons(checked(CUSTOMERS, {"customer_id": None, "known_at": 0})) == {"missing_key": 1}


def test_a_line_without_its_order_is_refused():
    assert reasons(checked(ORDERS, LINE | {"order_id": None})) == {"missing_key": 1}


def test_a_line_without_an_amount_is_refused():
    assert reasons(checked(ORDERS, LINE | {"amount_minor": None})) == {"missing_value": 1}


@pytest.mark.parametrize(("severity", "accepted"), [(0, 0), (1, 1), (5, 1), (6, 0), (None, 1)])
def test_severity_is_1_to_5_or_unknown(severity, accepted):
    result = checked(COMPLAINTS, COMPLAINT | {"severity": severity})
    assert count(result.fates).accepted == accepted


@pytest.mark.parametrize(("amount", "accepted"), [(10**15, 1), (10**15 + 1, 0), (-(10**15) - 1, 0)])
def test_an_amount_that_sums_cannot_hold_is_refused(amount, accepted):
    assert count(checked(ORDERS, LINE | {"amount_minor": amount}).fates).accepted == accepted


def test_a_word_the_contract_does_not_know_is_refused():
    row = {"customer_id": "c", "at": 0, "kind": "dance"}
    assert reasons(checked(ACTIVITY, row)) == {"out_of_range": 1}


def test_a_propensity_that_is_no_number_is_refused():
    offer = {
        "campaign_id": "s", "customer_id": "c", "assigned_at": 0, "arm": "none", "design": "randomised",
        "face_value_minor": 0, "contact_cost_minor": 0, "propensity": float("nan"),
    }  # fmt: skip
    assert reasons(checked(OFFERS, offer)) == {"not_a_number": 1}


def test_identical_lines_are_merged_into_the_first():
    result = checked(ORDERS, LINE, LINE, LINE)
    assert result.fates.tolist() == [0, 1, 1]


def test_identical_nulls_count_as_identical():
    assert count(checked(ORDERS, LINE | {"item_id": None}, LINE | {"item_id": None}).fates).merged == 1


def test_lines_of_one_key_that_disagree_are_all_refused():
    result = checked(ORDERS, LINE, LINE | {"amount_minor": 200})
    assert reasons(result) == {"conflicting_duplicate": 2}


def test_a_refused_line_does_not_take_its_sound_namesake_with_it():
    result = checked(ORDERS, LINE, LINE | {"amount_minor": None})
    assert result.fates.tolist()[0] == 0


def test_a_line_known_before_it_was_ordered_is_refused():
    result = checked(ORDERS, LINE | {"known_at": 10 * DAY - 1})
    assert reasons(result) == {"known_before_it_happened": 1}


def test_a_line_without_known_at_was_known_at_once():
    result = checked(ORDERS, LINE | {"known_at": None}, LINE | {"order_id": "B", "known_at": 11 * DAY})
    assert micros(result, "known_at") == [10 * DAY, 11 * DAY]


def test_a_promise_may_be_known_before_its_moment():
    row = COMPLAINT | {"promised_at": 12 * DAY, "promised_known_at": 10 * DAY}
    assert count(checked(COMPLAINTS, row).fates).accepted == 1


def test_notice_may_come_before_the_end_of_a_contract():
    row = {
        "contract_id": "k", "customer_id": "c", "started_at": 0, "ended_at": 30 * DAY, "ended_known_at": DAY,
    }  # fmt: skip
    assert count(checked(CONTRACTS, row).fates).accepted == 1


def test_a_resolution_known_before_it_happened_is_refused():
    row = COMPLAINT | {"resolved_at": 12 * DAY, "resolved_known_at": 11 * DAY}
    assert reasons(checked(COMPLAINTS, row)) == {"known_before_it_happened": 1}


@pytest.mark.parametrize(("as_of", "accepted"), [(10 * DAY, 1), (10 * DAY - 1, 0)])
def test_a_line_known_after_as_of_is_refused(as_of, accepted):
    assert count(checked(ORDERS, LINE, as_of=as_of).fates).accepted == accepted


def test_a_complaint_answered_after_as_of_is_still_open():
    result = checked(COMPLAINTS, COMPLAINT | {"resolved_at": 12 * DAY}, as_of=11 * DAY)
    assert (micros(result, "resolved_at"), result.blanked) == ([None], {"resolved_at": 1})


def test_a_promise_for_the_time_after_as_of_is_kept():
    result = checked(COMPLAINTS, COMPLAINT | {"promised_at": 12 * DAY}, as_of=11 * DAY)
    assert micros(result, "promised_at") == [12 * DAY]


def test_a_promise_does_not_say_how_far_the_data_reach():
    result = checked(COMPLAINTS, COMPLAINT | {"promised_at": 99 * DAY})
    assert newest_known(result.rows, COMPLAINTS) == 10 * DAY


def test_the_newest_fact_is_the_one_known_last():
    result = checked(COMPLAINTS, COMPLAINT | {"resolved_at": 12 * DAY, "resolved_known_at": 13 * DAY})
    assert newest_known(result.rows, COMPLAINTS) == 13 * DAY


def test_rows_come_out_by_customer_then_time_then_key():
    rows = [
        LINE | {"order_id": order, "customer_id": customer, "ordered_at": day * DAY}
        for order, customer, day in [("B", "d", 1), ("C", "c", 2), ("B2", "c", 1), ("A", "c", 2)]
    ]
    assert checked(ORDERS, *rows).rows["order_id"].to_pylist() == ["B2", "A", "C", "B"]


def test_no_rows_pass_without_complaint():
    table = ORDERS.schema(tuple(LINE)).empty_table()
    assert validate(table, ORDERS, all_accepted(0), 0).rows.num_rows == 0
