"""The whole CDNOW log, as `make real` runs it: eighteen months, one cohort, no table but orders."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.e2e]

ROOT = Path(__file__).parents[2]
FIRST_ROWS = 20


@pytest.fixture(scope="module")
def ran(small_project, run_source):
    """The workspace after one run, and what the run printed."""
    project = small_project().folder
    shutil.copytree(ROOT / "params", project / "params")
    log = Path(os.environ["HOLDFAST_REAL_DATA"]) / "cdnow_master.txt.gz"
    return run_source(project, "cdnow", log)


def test_the_fates_of_the_69_659_rows_add_up(summary):
    counts = summary["rows"]["orders"]
    fates = [counts[fate] for fate in ("accepted", "merged", "out_of_scope", "rejected")]
    assert (counts["read"], fates) == (69_659, [69_404, 255, 0, 0])


def test_all_23_570_customers_are_scored(data):
    scores = pq.read_table(data / "scores" / "scores.parquet", columns=["customer_id"])
    assert pc.count_distinct(scores["customer_id"]).as_py() == scores.num_rows == 23_570


def test_the_list_says_that_value_is_promised_for_182_days(listed):
    assert {row["value_window_days"] for row in listed} == {"182"}


def test_the_run_says_why_value_is_promised_no_further(printed):
    told = next(line for line in printed if line.startswith("value window: "))
    assert told == "value window: 4 backtests of 182 days have closed; not yet validated: 365 days (0 closed)"


def test_the_report_says_why_value_is_promised_no_further(data):
    page = (data / "report" / "retention.html").read_text(encoding="utf-8")
    assert "not yet validated: 365 days (0 closed)" in page


def test_pooled_log_loss_is_not_worse_than_that_of_logistic_rfm(churn):
    assert churn["pooled"]["against"]["logistic_rfm"]["log_loss"]["verdict"] != "worse"


def test_pooled_log_loss_is_better_than_that_of_default_boosted_trees(churn):
    assert churn["pooled"]["against"]["default_lightgbm"]["log_loss"]["verdict"] == "better"


def test_acting_on_the_first_customers_is_expected_to_gain(listed):
    assert min(int(row["expected_gain_minor"]) for row in listed[:FIRST_ROWS]) > 0


def test_each_of_the_first_customers_has_an_action(listed):
    assert "leave_alone" not in {row["recommended_action"] for row in listed[:FIRST_ROWS]}


def test_each_of_the_first_customers_has_a_reason_in_words(listed):
    assert [row["customer_id"] for row in listed[:FIRST_ROWS] if " " not in row["reason_1"]] == []


def test_nobody_is_called_over_an_order_of_35_dollars(data):
    plan = pq.read_table(data / "plan" / "plan.parquet", columns=["recommended_action"])
    assert set(plan["recommended_action"].to_pylist()) <= {
        "recommend_new_releases", "coupon", "win_back_mail", "leave_alone",
    }  # fmt: skip


@pytest.mark.parametrize("table", ["plan/plan.parquet", "scores/scores.parquet"])
def test_no_cap_exceeds_the_lower_bound_of_the_stake(data, table):
    rows = pq.read_table(data / table).to_pylist()
    over = [row for row in rows if not 0 <= row["incentive_cap_minor"] <= row["value_at_stake_low_minor"]]
    assert over == []


def test_what_customers_paid_is_kept_to_the_cent(data):
    orders = pq.read_table(data / "tables" / "orders.parquet", columns=["amount_minor"])
    assert Decimal(pc.sum(orders["amount_minor"]).as_py()).scaleb(-2) == Decimal("2495982.75")
