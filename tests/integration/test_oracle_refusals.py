"""When the oracle report refuses: no truth, nothing scored, or scores that speak of other windows."""

import json

import pyarrow as pa
import pytest

from models.contract.absent import write_absent
from models.contract.storage import write_json, write_table
from models.domain.errors import InvalidSetting
from models.domain.instants import DAY
from models.evaluation.schedule import SnapshotSettings, build_schedule
from pipelines import oracle_report, paths
from pipelines.oracle_report import NoOracle

SCHEDULE = {
    "spacing_days": 30, "min_history_days": 90, "stacked": 1, "stacked_value": 1, "churn_cuts": 1,
    "value_cut_spacing_days": 90, "max_value_cuts": 3, "windows_days": (365,),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(json.dumps({"value": {"annual_discount_rate": 0.1}}))
    return tmp_path


def leave_scores(model_used="boosted_and_logistic", window=365):
    columns = {
        "customer_id": ["C000001"], "churn_probability": [0.4], "model_used": [model_used],
        "value_window_days": [window],
    }  # fmt: skip
    write_table(pa.table(columns), paths.SCORES / "scores.parquet")


def leave_truth():
    known = {"customer_id": ["C000001"], "churn_probability": [0.3], "churned": [False], "left_at": [None]}
    write_table(pa.table(known), paths.ORACLE / "customers.parquet")
    spans = {"customer_id": ["C000001"] * 2, "after_days": [0, 90], "until_days": [90, 365]}
    write_table(pa.table(spans), paths.ORACLE / "worth.parquet")


def leave_schedule(horizon_days):
    schedule = build_schedule(1500 * DAY, 0, "UTC", horizon_days, SnapshotSettings(**SCHEDULE))
    write_json(schedule.to_json(), paths.FEATURES / "schedule.json")


def test_a_source_without_an_oracle_is_refused_with_its_reason(folder):
    write_absent(paths.ORACLE, "oracle", "only a simulator knows what would have happened; not cdnow")
    with pytest.raises(NoOracle, match="not cdnow"):
        oracle_report.compare()


def test_before_anything_was_scored_there_is_nothing_to_compare(folder):
    leave_truth()
    with pytest.raises(NoOracle, match="Run `make` first"):
        oracle_report.compare()


def test_where_no_model_spoke_there_is_nothing_to_compare(folder):
    leave_truth()
    leave_scores(model_used="cold_start")
    with pytest.raises(NoOracle, match="no model has spoken"):
        oracle_report.compare()


def test_scores_of_another_horizon_are_refused_by_the_setting(folder):
    leave_truth()
    leave_scores()
    leave_schedule(60)
    with pytest.raises(InvalidSetting, match=r"churn\.horizon_days: 90"):
        oracle_report.compare()


def test_scores_of_another_value_window_are_refused_by_the_setting(folder):
    leave_truth()
    leave_scores(window=200)
    leave_schedule(90)
    with pytest.raises(InvalidSetting, match=r"snapshots\.windows_days: 90 or 365"):
        oracle_report.compare()
