"""A batch's rows and told ones as one: the batch's stand, told facts fill, and nothing is known too early."""

from models.contract.merged_rows import merged
from models.domain.instants import DAY

NOW = 20_000 * DAY
ORDER = {
    "order_id": "O1",
    "line_id": "1",
    "customer_id": "C1",
    "ordered_at": NOW - 9 * DAY,
    "item_id": None,
    "amount_minor": 500,
    "known_at": NOW - 8 * DAY,
}
COMPLAINT = {
    "complaint_id": "K1",
    "customer_id": "C1",
    "opened_at": NOW - 9 * DAY,
    "opened_known_at": None,
    "resolved_at": None,
    "reopened_at": None,
    "satisfaction": None,
    "reason": None,
}
CUSTOMER = {
    "customer_id": "C1",
    "region": "north",
    "may_contact_email": True,
    "may_contact_sms": None,
    "known_at": NOW - 9 * DAY,
}


def orders(base, *told):
    return merged({"orders": [base]}, {"orders": told})["orders"]


def complaint(base, **told):
    told = {"complaint_id": "K1", "customer_id": "C1", **told}
    (row,) = merged({"complaints": [{**COMPLAINT, **base}]}, {"complaints": [told]})["complaints"]
    return row


def versions(*told, base=(CUSTOMER,)):
    told = [{"customer_id": "C1", **each} for each in told]
    return merged({"customers": base}, {"customers": told})["customers"]


def test_a_told_order_that_the_batch_holds_is_there_once():
    told = {**ORDER, "amount_minor": 999}
    assert orders(ORDER, told) == [ORDER]


def test_a_told_order_that_the_batch_lacks_is_added_in_order_of_time():
    earlier = {**ORDER, "order_id": "O0", "ordered_at": NOW - 10 * DAY}
    assert orders(ORDER, earlier) == [earlier, ORDER]


def test_a_told_value_fills_what_the_batch_left_empty():
    assert orders(ORDER, {**ORDER, "item_id": "A"})[0]["item_id"] == "A"


def test_a_value_told_later_than_the_row_was_known_does_not_tell_its_past():
    assert orders(ORDER, {**ORDER, "item_id": "A", "known_at": NOW})[0]["item_id"] is None


def test_a_table_of_which_nothing_was_told_stays_as_it_is():
    base = {"orders": [ORDER], "contacts": [{"anything": 1}]}
    assert merged(base, {})["contacts"] is base["contacts"]


def test_a_fact_without_a_row_to_add_to_waits():
    told = {"complaints": [{"complaint_id": "K9", "customer_id": "C1", "resolved_at": NOW}]}
    assert merged({}, told)["complaints"] == []


def test_a_told_resolution_fills_the_batchs_complaint():
    row = complaint({}, resolved_at=NOW - DAY, resolved_known_at=NOW)
    assert (row["resolved_at"], row["resolved_known_at"]) == (NOW - DAY, NOW)


def test_the_batchs_resolution_stands():
    row = complaint({"resolved_at": NOW - 5 * DAY}, resolved_at=NOW - DAY, resolved_known_at=NOW)
    assert row["resolved_at"] == NOW - 5 * DAY


def test_a_second_resolution_after_a_reopening_counts():
    row = complaint(
        {"resolved_at": NOW - 5 * DAY},
        reopened_at=NOW - 3 * DAY,
        reopened_known_at=NOW,
        resolved_at=NOW - DAY,
        resolved_known_at=NOW,
    )
    assert (row["reopened_at"], row["resolved_at"]) == (NOW - 3 * DAY, NOW - DAY)


def test_a_complaint_reopened_again_is_open_again():
    row = complaint(
        {"reopened_at": NOW - 6 * DAY, "resolved_at": NOW - 5 * DAY},
        reopened_at=NOW - DAY,
        reopened_known_at=NOW,
    )
    assert row["reopened_at"] == NOW - DAY


def test_words_fill_a_complaint_that_is_not_settled():
    assert complaint({}, reason="late")["reason"] == "late"


def test_words_told_of_a_settled_complaint_do_not_tell_its_past():
    assert complaint({"resolved_at": NOW - 5 * DAY}, reason="late")["reason"] is None


def test_a_rating_fills_a_settled_complaint_with_its_own_known_at():
    row = complaint({"resolved_at": NOW - 5 * DAY}, satisfaction=2, satisfaction_known_at=NOW)
    assert (row["satisfaction"], row["satisfaction_known_at"]) == (2, NOW)


def test_a_consent_that_is_withdrawn_leaves_the_rest_as_it_was():
    last = versions({"may_contact_email": False, "known_at": NOW})[-1]
    assert last == {**CUSTOMER, "may_contact_email": False, "known_at": NOW}


def test_versions_before_a_change_stay_as_they_were():
    assert versions({"may_contact_email": False, "known_at": NOW})[0] == CUSTOMER


def test_the_batchs_later_consent_counts():
    later = {**CUSTOMER, "known_at": NOW}
    last = versions({"may_contact_email": False, "known_at": NOW - DAY}, base=(CUSTOMER, later))[-1]
    assert last["may_contact_email"] is True


def test_a_consent_that_the_batch_does_not_know_survives_its_next_version():
    later = {**CUSTOMER, "known_at": NOW}
    last = versions({"may_contact_sms": False, "known_at": NOW - DAY}, base=(CUSTOMER, later))[-1]
    assert last["may_contact_sms"] is False


def test_of_a_consent_and_a_refusal_of_one_instant_the_refusal_counts():
    last = versions({"may_contact_email": False, "known_at": CUSTOMER["known_at"]})[-1]
    assert last["may_contact_email"] is False


def test_a_late_change_lies_before_the_batchs_version():
    told = {"region": "south", "known_at": NOW - 10 * DAY}
    assert [row["region"] for row in versions(told)] == ["south", "north"]


def test_a_customer_nobody_knew_is_what_was_told():
    (only,) = versions({"region": "south", "known_at": NOW}, base=())
    assert only == {"customer_id": "C1", "region": "south", "known_at": NOW}


def test_the_batchs_rows_are_not_changed():
    base = {"customers": [dict(CUSTOMER)]}
    merged(base, {"customers": [{"customer_id": "C1", "region": "south", "known_at": NOW}]})
    assert base == {"customers": [CUSTOMER]}
