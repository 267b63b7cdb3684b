"""Facts at the scoring instant: the newest known version, consent in three values, the last purchase."""

import numpy as np
import pyarrow as pa
import pytest

from models.contract.storage import read_table, write_table
from models.contract.tables import CONTACTS, CUSTOMERS, OFFERS, ORDERS, SURVEYS
from models.domain.instants import DAY
from models.domain.vocabulary import MainReason
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.playbook_settings import PlaybookSettings
from models.retention.judging.facts import days_since_asked, last_purchase, stated_reason
from models.retention.judging.told import NEVER, TableTold
from pipelines.customer_facts import (
    consents,
    customers_at,
    reasons_told,
)

AS_OF = 100 * DAY


def told(folder, table, ids):
    path = folder / f"{table.name}.parquet"
    return TableTold(table, read_table(path), np.array(ids, dtype=object)) if path.exists() else None


@pytest.fixture
def tables(tmp_path):
    versions = [("a", 1, True), ("a", 50, False), ("a", 101, True), ("b", 2, None), ("c", 3, True)]
    write_table(
        pa.table(
            {
                "customer_id": [version[0] for version in versions],
                "may_contact_email": pa.array([version[2] for version in versions], pa.bool_()),
                "known_at": pa.array([version[1] * DAY for version in versions], pa.int64()),
            },
        ).cast(CUSTOMERS.schema(("customer_id", "may_contact_email", "known_at"))),
        tmp_path / "customers.parquet",
    )
    lines = [
        ("1", "a", 10, 500, 10),
        ("2", "a", 90, 500, 102),
        ("3", "a", 95, -500, 95),
        ("4", "c", 20, 700, 20),
        ("5", "c", 101, 700, 101),
    ]
    names = ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor", "known_at")
    write_table(
        pa.table(
            {
                "order_id": [line[0] for line in lines],
                "line_id": ["1" for _ in lines],
                "customer_id": [line[1] for line in lines],
                "ordered_at": pa.array([line[2] * DAY for line in lines], pa.int64()),
                "amount_minor": [line[3] for line in lines],
                "known_at": pa.array([line[4] * DAY for line in lines], pa.int64()),
            }
        ).cast(ORDERS.schema(names)),
        tmp_path / "orders.parquet",
    )
    return tmp_path


def test_the_newest_version_known_by_then_counts(tables):
    assert customers_at(tables, AS_OF)["may_contact_email"].to_pylist() == [False, None, True]


def test_consent_is_yes_no_or_unknown(tables):
    assert consents(customers_at(tables, AS_OF))["email"].tolist() == [NO, UNKNOWN, YES]


def test_a_channel_that_the_source_does_not_record_is_not_named(tables):
    assert list(consents(customers_at(tables, AS_OF))) == ["email"]


def test_the_last_purchase_is_the_newest_known_and_no_return(tables):
    orders = told(tables, ORDERS, ["a", "b", "c"])
    assert last_purchase(orders, 3, AS_OF).tolist() == [10 * DAY, NEVER, 20 * DAY]


def contact(customer, day, purpose, known=None):
    return {
        "contact_id": f"{customer}-{day}-{purpose}",
        "customer_id": customer,
        "contacted_at": day * DAY,
        "direction": "outbound",
        "purpose": purpose,
        "known_at": (known or day) * DAY,
    }


def assigned(customer, day, arm):
    return {
        "campaign_id": f"plan-{day}",
        "customer_id": customer,
        "assigned_at": day * DAY,
        "arm": arm,
        "design": "targeted",
        "face_value_minor": 0,
        "contact_cost_minor": 60,
        "known_at": day * DAY,
    }


def asked(folder, contacts=(), offers=()):
    for table, rows in ((CONTACTS, contacts), (OFFERS, offers)):
        if rows:
            values = {name: [row[name] for row in rows] for name in rows[0]}
            write_table(pa.table(values).cast(table.schema(tuple(values))), folder / f"{table.name}.parquet")
    found = days_since_asked(
        told(folder, CONTACTS, ["a", "b"]), told(folder, OFFERS, ["a", "b"]), 2, AS_OF, ["ask_why"]
    )
    return [None if np.isnan(days) else days for days in found.tolist()]


def test_a_source_without_contacts_and_offers_never_asked(tmp_path):
    assert asked(tmp_path) == [None, None]


def test_who_was_contacted_to_ask_why_was_asked(tmp_path):
    rows = [contact("a", 70, "ask_why"), contact("a", 80, "ask_why"), contact("b", 90, "newsletter")]
    assert asked(tmp_path, rows) == [20.0, None]


def test_who_was_assigned_an_action_that_asks_was_asked(tmp_path):
    assert asked(tmp_path, offers=[assigned("a", 95, "ask_why"), assigned("b", 95, "coupon")]) == [5.0, None]


def test_the_newest_question_counts_wherever_it_stands(tmp_path):
    assert asked(tmp_path, [contact("b", 90, "ask_why")], [assigned("b", 60, "ask_why")]) == [None, 10.0]


def test_a_question_not_yet_known_was_not_asked(tmp_path):
    assert asked(tmp_path, [contact("a", 90, "ask_why", known=101)]) == [None, None]


def test_somebody_unknown_who_was_asked_is_nobody_here(tmp_path):
    assert asked(tmp_path, [contact("zz", 90, "ask_why"), contact("a", 90, "ask_why")]) == [10.0, None]


STATED = PlaybookSettings(
    survey_days=30, stated={"too dear": MainReason.PRICES, "rude": MainReason.DISSATISFIED}
)


def said(folder, *answers):
    rows = [
        {
            "survey_id": str(number),
            "customer_id": customer,
            "answered_at": day * DAY,
            "kind": "nps",
            "score": 3,
            "reason": reason,
            "known_at": known * DAY,
        }
        for number, (customer, day, known, reason) in enumerate(answers)
    ]
    values = {name: [row[name] for row in rows] for name in rows[0]}
    write_table(pa.table(values).cast(SURVEYS.schema(tuple(values))), folder / "surveys.parquet")
    return stated_reason(told(folder, SURVEYS, ["a", "b"]), 2, AS_OF, STATED).tolist()


def test_the_newest_reason_said_counts_in_the_words_of_the_settings(tmp_path):
    told = [("a", 90, 90, "rude"), ("a", 95, 95, "too dear"), ("b", 99, 99, "moved away")]
    assert said(tmp_path, *told) == ["prices", ""]


def test_a_newer_reason_that_means_nothing_here_hides_an_older_one(tmp_path):
    assert said(tmp_path, ("a", 90, 90, "rude"), ("a", 95, 95, "moved away")) == ["", ""]


def test_an_answer_without_a_reason_hides_none(tmp_path):
    assert said(tmp_path, ("a", 90, 90, "rude"), ("a", 95, 95, None)) == ["dissatisfied", ""]


def test_surveys_with_reasons_may_tell_all_that_the_settings_know(tmp_path):
    before = reasons_told(tmp_path, STATED)
    said(tmp_path, ("a", 90, 90, "rude"))
    assert (before, reasons_told(tmp_path, STATED)) == ((), (MainReason.PRICES, MainReason.DISSATISFIED))


def test_what_was_said_long_ago_no_longer_counts(tmp_path):
    assert said(tmp_path, ("a", 70, 70, "rude"), ("b", 69, 69, "rude")) == ["dissatisfied", ""]


def test_what_is_not_known_yet_was_not_said(tmp_path):
    assert said(tmp_path, ("a", 95, 101, "rude"), ("zz", 95, 95, "rude")) == ["", ""]


def test_a_source_without_surveys_says_nothing(tmp_path):
    assert stated_reason(told(tmp_path, SURVEYS, ["a"]), 1, AS_OF, STATED).tolist() == [""]
