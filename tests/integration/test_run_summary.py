"""The five lines at the end of a run, from the files that the stages leave."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from models.contract.storage import RowCounts, SourceSummary, write_json, write_summary, write_table
from models.domain.errors import MissingRelease
from models.domain.instants import to_micros
from pipelines import paths
from pipelines.registry import Entry, append
from pipelines.summary import lines

PLAN = {
    "lifecycle_stage": ["defecting", "ideal", "lost"],
    "churn_probability": [0.8, 0.1, 0.9],
    "value_at_stake_minor": [10_000, 50_000, 100],
    "value_at_risk_minor": [8_000, 5_000, 90],
    "incentive_cap_minor": [1_250, 0, 0],
    "expected_gain_minor": [3_000, 0, 0],
    "recommended_action": ["coupon", "leave_alone", "leave_alone"],
    "do_not_contact_reason": [None, "no_gain", "no_gain"],
    "model_used": ["boosted_and_logistic"] * 3,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    summary = SourceSummary(
        kind="files",
        currency="EUR",
        timezone="Europe/Berlin",
        as_of=to_micros(datetime(2024, 6, 30, 22, 30, tzinfo=UTC)),
        first_order_at=0,
        rows={"orders": RowCounts(read=1234, accepted=1234)},
        columns={"orders": ("order_id",)},
    )
    ours = {"log_loss": 0.51234, "auc": 0.7812}
    logistic = {"log_loss": 0.52, "auc": 0.77}
    write_summary(summary, tmp_path / paths.TABLES)
    write_table(pa.table(PLAN), tmp_path / paths.PLAN / "plan.parquet")
    write_json(
        {"final_cut": {"model": ours, "logistic_rfm": logistic}},
        tmp_path / paths.LIVE / "metrics" / "churn.json",
    )
    write_json({"bound": {"k_lo": 0.714}}, tmp_path / paths.LIVE / "metrics" / "lifetime_value.json")
    write_json({}, tmp_path / paths.SERVING / "serving.json")
    write_release(tmp_path / paths.LIVE)
    return tmp_path


def write_release(live: Path, **churn) -> None:
    """What the notes are read from: models that lack nothing, but for what `churn` says."""
    recipe = {"model_used": "boosted_and_logistic", "reason": ""} | churn
    group = {"rows": 900, "reason": "900 rows with a margin"}
    value = {"retained": group, "lost": group}
    write_json(recipe, live / "churn" / "recipe.json")
    write_json(value, live / "lifetime_value" / "recipe.json")
    write_json({"k_lo": 0.714, "reason": ""}, live / "lifetime_value" / "bounds.json")
    write_json({"state": "learned", "reason": ""}, live / "response" / "response.json")
    write_json({"switched_off": {}}, live / "features.json")


def test_a_run_is_told_in_five_lines(folder):
    assert len(lines(folder, "make serve")) == 5


def test_a_model_that_stepped_down_is_told_after_them(folder):
    write_release(folder / paths.LIVE, model_used="logistic_rfm", reason="640 rows, fewer than 1,000")
    assert lines(folder, "make serve")[5:] == [
        "Note: churn: logistic RFM instead of boosted trees: 640 rows, fewer than 1,000."
    ]


def test_models_that_nothing_could_judge_say_so_in_the_second_line(folder):
    metrics = {"final_cut": None, "unjudged": "no backtest has closed: needs 270 days of log, has 200"}
    write_json(metrics, folder / paths.LIVE / "metrics" / "churn.json")
    assert lines(folder, "make serve")[1] == (
        "Models: not judged; no backtest has closed: needs 270 days of log, has 200."
    )


def test_the_first_line_says_what_was_found(folder):
    assert lines(folder, "make serve")[0] == (
        "Found: 3 customers with 1,234 order lines until the end of 2024-07-01; "
        "1 active ones more likely than not to leave, with 80.00 EUR at risk."
    )


def test_the_second_line_says_how_good_it_is(folder):
    assert lines(folder, "make serve")[1] == (
        "Models: log-loss 0.5123 and AUC 0.781 on the untouched final cut (logistic RFM: 0.5200 and 0.770); "
        "value is spendable up to 71% of its estimate."
    )


def test_the_third_line_says_what_to_do(folder):
    assert lines(folder, "make serve")[2] == (
        "Do: 1 actions are worth doing, expected gain 30.00 EUR; no customer's cap exceeds 12.50 EUR."
    )


def test_the_fourth_line_names_the_list_in_its_folder(folder):
    assert str(folder / "data/lists/at_risk.csv") in lines(folder, "make serve")[3]


def test_the_last_line_says_how_to_serve_it(folder):
    assert lines(folder, "make serve WORKSPACE=x")[4].startswith("Serve: make serve WORKSPACE=x")


def test_a_run_that_has_not_ended_is_refused(tmp_path):
    with pytest.raises(MissingRelease, match="nothing to serve"):
        lines(tmp_path, "make serve")


def test_a_refused_candidate_is_told(folder):
    append(folder / paths.REGISTRY, Entry("a", 1, promoted=True, reason="first", champion_before=None))
    append(folder / paths.REGISTRY, Entry("b", 1, promoted=False, reason="worse", champion_before="a"))
    assert lines(folder, "make serve")[1].endswith("was REFUSED and the champion stays: worse.")


def test_a_refusal_before_the_last_promotion_is_no_longer_told(folder):
    append(folder / paths.REGISTRY, Entry("b", 1, promoted=False, reason="worse", champion_before="a"))
    append(folder / paths.REGISTRY, Entry("c", 1, promoted=True, reason="better", champion_before="a"))
    assert "REFUSED" not in lines(folder, "make serve")[1]


def test_what_could_not_be_measured_is_a_dash(folder):
    nothing = {"log_loss": 0.5, "auc": None}
    write_json(
        {"final_cut": {"model": nothing, "logistic_rfm": nothing}},
        folder / paths.LIVE / "metrics" / "churn.json",
    )
    assert "AUC – on" in lines(folder, "make serve")[1]
