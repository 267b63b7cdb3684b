"""Simulator → list → server: what a marketer reads and what an application is told are the same."""

import csv
import json
from datetime import datetime

import openpyxl
import pyarrow.parquet as pq
import pytest

from models.domain.vocabulary import DoNotContactReason
from models.release import read_manifest

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

FORBIDDEN = {
    DoNotContactReason.NO_CONSENT,
    DoNotContactReason.CONSENT_UNKNOWN,
    DoNotContactReason.UNSCORED,
}


@pytest.fixture(scope="module")
def listed(finished):
    with (finished.data / "lists" / "at_risk.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_list_is_not_empty(listed):
    assert len(listed) > 100


def test_somebody_is_worth_acting_on(listed):
    assert any(row["recommended_action"] != "leave_alone" for row in listed)


@pytest.mark.parametrize("place", [0, 1, -1])
def test_the_server_gives_a_listed_customer_the_same_numbers(listed, answering, place):
    row = listed[place]
    answer = answering(f"/v1/customers/{row['customer_id']}")
    assert {name: told(answer, name) for name in row} == {name: wrote(row, name) for name in row}


def told(answer, name):
    """The answer's value as the list would write it; what stands once per answer stands at its top."""
    value = answer["data_as_of"] if name == "as_of" else answer[name]
    return as_instant(value) if name.endswith("_at") or name in INSTANTS else value


def wrote(row, name):
    text = row[name]
    if text == "":
        return None
    if name.endswith("_at") or name in INSTANTS:
        return as_instant(text)
    if name.endswith("_minor") or name in WHOLE:
        return int(text)
    return float(text) if name == "churn_probability" else text


INSTANTS = {"as_of", "act_by", "next_order_expected_by"}
WHOLE = {"rank", "value_window_days", "open_complaints"}


def as_instant(text):
    return None if text is None else datetime.fromisoformat(text)


def test_the_server_lists_in_the_order_of_the_file(listed, answering):
    first = answering("/v1/at-risk?limit=50")
    assert [item["customer_id"] for item in first["items"]] == [row["customer_id"] for row in listed[:50]]


def test_the_workbook_begins_with_the_same_customers(finished, listed):
    book = openpyxl.load_workbook(finished.data / "lists" / "at_risk.xlsx", read_only=True)
    rows = book.worksheets[0].iter_rows(min_row=2, max_row=21, values_only=True)
    assert [row[1] for row in rows] == [row["customer_id"] for row in listed[:20]]


def test_ranks_follow_expected_gain_then_value_at_risk(listed):
    keys = [(-int(row["expected_gain_minor"]), -int(row["value_at_risk_minor"])) for row in listed]
    assert keys == sorted(keys)


def test_ranks_are_whole_numbers_from_one(listed):
    assert [int(row["rank"]) for row in listed] == sorted({int(row["rank"]) for row in listed})


def test_no_cap_exceeds_the_lower_bound_of_the_stake(finished):
    plan = pq.read_table(finished.data / "plan" / "plan.parquet").to_pylist()
    assert [
        row for row in plan if not 0 <= row["incentive_cap_minor"] <= row["value_at_stake_low_minor"]
    ] == []


def test_no_score_s_cap_exceeds_the_lower_bound_of_the_stake(finished):
    scores = pq.read_table(finished.data / "scores" / "scores.parquet").to_pylist()
    over = [row for row in scores if not 0 <= row["incentive_cap_minor"] <= row["value_at_stake_low_minor"]]
    assert over == []


def test_scores_and_plan_give_the_same_cap_to_everybody_whom_no_lot_fell_on(finished):
    scores, plan = (
        {
            row["customer_id"]: row["incentive_cap_minor"]
            for row in pq.read_table(finished.data / name).to_pylist()
        }
        for name in ("scores/scores.parquet", "plan/plan.parquet")
    )
    assigned = pq.read_table(finished.data / "plan" / "assignments.parquet").to_pylist()
    by_lot = {row["customer_id"] for row in assigned if row["propensity"] < 1}
    assert scores.keys() == plan.keys()
    assert {name for name in scores if scores[name] != plan[name]} <= by_lot < scores.keys()


def test_a_customer_who_refused_every_channel_has_no_cap(finished):
    customers = pq.read_table(finished.data / "tables" / "customers.parquet").to_pylist()
    channels = ("may_contact_email", "may_contact_sms", "may_contact_phone")
    refused = {row["customer_id"] for row in customers if not any(row[channel] for channel in channels)}
    scores = pq.read_table(finished.data / "scores" / "scores.parquet").to_pylist()
    caps = {row["customer_id"]: row["incentive_cap_minor"] for row in scores}
    assert refused
    assert {customer: caps[customer] for customer in refused if caps[customer]} == {}


def test_a_customer_who_may_not_be_contacted_has_no_cap(finished):
    plan = pq.read_table(finished.data / "plan" / "plan.parquet").to_pylist()
    forbidden = [row for row in plan if row["do_not_contact_reason"] in FORBIDDEN]
    assert forbidden
    assert [row for row in forbidden if row["incentive_cap_minor"]] == []


def test_every_answer_says_that_the_response_is_assumed(listed):
    assert {row["response_state"] for row in listed} == {"assumed"}


def test_every_row_read_is_accounted_for(finished):
    source = json.loads((finished.data / "tables" / "source.json").read_text())
    unaccounted = {
        name: counts
        for name, counts in source["rows"].items()
        if counts["read"]
        != counts["accepted"] + counts["merged"] + counts["out_of_scope"] + counts["rejected"]
    }
    assert unaccounted == {}


def test_features_and_labels_hold_the_same_rows(finished):
    keys = ["customer_id", "snapshot"]
    features = pq.read_table(finished.data / "features" / "features.parquet", columns=keys)
    assert features.equals(pq.read_table(finished.data / "labels" / "labels.parquet", columns=keys))


def test_the_model_card_names_the_live_release(finished):
    card = (finished.data / "report" / "model_card.md").read_text()
    assert read_manifest(finished.data / "live").release_id in card


def test_pareto_nbd_is_a_peer_with_a_verdict(finished):
    churn = json.loads((finished.data / "metrics" / "churn.json").read_text())
    assert churn["final_cut"]["against"]["pareto_nbd"]["log_loss"]["verdict"] in {"better", "tie", "worse"}


def test_the_report_needs_no_network(finished):
    page = (finished.data / "report" / "retention.html").read_text()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
