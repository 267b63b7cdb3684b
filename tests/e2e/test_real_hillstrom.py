"""Hillstrom's e-mail challenge as `make real` runs it: 64,000 customers, no ids, an outcome to declare."""

import csv
import gzip
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_table
from models.domain.errors import Leakage
from models.domain.settings import settings_from
from pipelines.sources import wide
from pipelines.sources.source import SourceSettings
from pipelines.workspace import deep_merge

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.e2e]

ROOT = Path(__file__).parents[2]
FIRST_ROWS = 20


@pytest.fixture(scope="module")
def log():
    return Path(os.environ["HOLDFAST_REAL_DATA"]) / "hillstrom.csv.gz"


@pytest.fixture(scope="module")
def ran(small_project, run_source, log):
    """The workspace after one run, and what the run printed."""
    project = small_project().folder
    shutil.copytree(ROOT / "params", project / "params")
    return run_source(project, "hillstrom", log)


def settings(log, **table):
    base, over = (
        yaml.safe_load((ROOT / name).read_text()) for name in ("params.yaml", "params/hillstrom.yaml")
    )
    source = deep_merge(deep_merge(base, over)["source"], {"path": str(log), "table": table})
    return settings_from(SourceSettings, source, where="source")


def test_what_a_purchase_brings_is_named_as_a_leak(log):
    with pytest.raises(Leakage, match=r"drop: \[conversion, spend\]") as caught:
        wide.read(settings(log, drop=[], value_minor=None), {})
    assert "conversion: where it is 1, all 578 stayed (6% of all who did)" in str(caught.value)


def test_spend_as_the_value_is_no_leak_and_conversion_still_is(log):
    with pytest.raises(Leakage, match=r"drop: \[conversion\]"):
        wide.read(settings(log, drop=[]), {})


def test_all_64_000_rows_are_customers(summary):
    counts = summary["rows"]["customers"]
    assert (counts["read"], counts["accepted"]) == (64_000, 64_000)


def test_the_label_is_told_in_numbers(summary):
    assert "visit: 54,606 left, 9,394 stayed" in summary["notes"]


def test_the_run_says_that_row_numbers_stand_in_for_ids(summary):
    assert any(note.startswith("no column of ids") for note in summary["notes"])


def test_the_run_says_that_time_was_not_tested(printed):
    assert "validated across customers, not time: a change between then and now is not seen" in printed


def test_every_customer_is_scored_out_of_fold(data):
    scores = read_table(data / "scores" / "scores.parquet", ["customer_id", "churn_probability"])
    backtest = read_table(data / "fitted" / "churn" / "backtest.parquet", ["customer_id", "p_model"])
    told = [table.sort_by("customer_id").column(1).to_numpy() for table in (scores, backtest)]
    np.testing.assert_array_equal(*told)


def test_pooled_log_loss_is_better_than_that_of_a_rate_alone(churn):
    pooled = churn["pooled"]
    rate = pooled["churn_rate"]
    alone = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    assert pooled["model"]["log_loss"] < alone - 0.01


def test_pooled_log_loss_is_not_worse_than_that_of_the_plain_model(churn):
    assert churn["pooled"]["against"]["logistic_rfm"]["log_loss"]["verdict"] != "worse"


def test_pooled_log_loss_is_better_than_that_of_default_boosted_trees(churn):
    assert churn["pooled"]["against"]["default_lightgbm"]["log_loss"]["verdict"] == "better"


def test_probabilities_miss_by_no_more_than_chance_on_the_final_fold(churn):
    model = churn["final_cut"]["model"]
    assert model["ece"] <= model["ece_noise_q95"]


def test_bounded_totals_are_met_by_what_was_spent(data):
    value = json.loads((data / "metrics" / "lifetime_value.json").read_text())
    assert 0 < value["bound"]["k_lo"] < 0.65
    assert 0.9 < value["pooled"]["bias"] < 1.1


def test_the_value_of_those_who_came_back_is_a_quarter_of_what_they_spent(data, log):
    labels = read_table(data / "labels" / "labels.parquet")
    with gzip.open(log, "rt") as stream:
        spent = sum(float(row["spend"]) for row in csv.DictReader(stream))
    assert pc.sum(labels["margin_minor"]).as_py() / 100 == pytest.approx(spent / 4, rel=1e-3)


def test_acting_on_the_first_customers_is_expected_to_gain(listed):
    assert min(int(row["expected_gain_minor"]) for row in listed[:FIRST_ROWS]) > 0


def test_a_reason_is_the_customer_s_own_value(listed, log):
    with gzip.open(log, "rt") as stream:
        own = {f"row-{number}": row for number, row in enumerate(csv.DictReader(stream), start=1)}
    told = [row for row in listed if row["reason_1"].startswith("zip_code: ")]
    assert all(row["reason_1"] == f"zip_code: {own[row['customer_id']]['zip_code']}" for row in told)
    assert told


@pytest.mark.parametrize("table", ["plan/plan.parquet", "scores/scores.parquet"])
def test_no_cap_exceeds_the_lower_bound_of_the_stake(data, table):
    rows = pq.read_table(data / table, columns=["incentive_cap_minor", "value_at_stake_low_minor"])
    assert pc.all(pc.less_equal(rows["incentive_cap_minor"], rows["value_at_stake_low_minor"])).as_py()


def test_the_server_answers_for_a_customer_without_orders(data, listed, serve):
    with serve(data / "serving") as get:
        answer = get(f"/v1/customers/{listed[0]['customer_id']}")
    assert (answer["last_order_at"], answer["model_used"]) == (None, "boosted_and_logistic")
