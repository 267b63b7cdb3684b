"""`make search` on a tiny world: trials are kept and logged, nothing is applied, no later label is read."""

import csv
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from models.contract.storage import RowCounts, SourceSummary, write_json, write_summary, write_table
from models.domain.errors import InvalidSetting
from models.domain.instants import DAY
from models.evaluation.schedule import SnapshotSettings, build_schedule
from models.evaluation.search import snapshots_of, tuning_only
from pipelines import paths, search
from pipelines.rhythms import FITS_FILE
from pipelines.workspace import environment

ROOT = Path(__file__).parents[2]
PEOPLE, DAYS, HORIZON = 150, 720, 60
NAMES = ("recency_days", "orders_all", "recency_over_gap", "spend_all", "gap_mean_days", "noise")
SNAPSHOTS = SnapshotSettings(
    spacing_days=30, min_history_days=60, stacked=3, stacked_value=3, churn_cuts=3,
    value_cut_spacing_days=60, max_value_cuts=3, windows_days=(60,),
)  # fmt: skip
FEW_ROWS = {"min_rows_boosted": 200, "min_rows_logistic": 100, "horizon_days": HORIZON}


def write_world(folder):
    """Whoever was silent for long stays away; the labels of all that no search may read are empty."""
    chance = np.random.default_rng(5)
    schedule = build_schedule(20_000 * DAY, (20_000 - DAYS) * DAY, "UTC", HORIZON, SNAPSHOTS)
    known = snapshots_of(tuning_only(schedule))
    at = np.repeat(schedule.snapshots, PEOPLE)
    values = chance.exponential(40.0, (len(at), len(NAMES)))
    churned = chance.random(len(at)) < 1 / (1 + np.exp(2 - values[:, 0] / 20))
    keys = {
        "customer_id": pa.array([f"c{number % PEOPLE:03}" for number in range(len(at))]),
        "snapshot": pa.array(at, pa.timestamp("us", tz="UTC")),
    }
    columns = {name: values[:, place].astype(np.float32) for place, name in enumerate(NAMES)}
    labels = {
        "churned": pa.array(churned.astype(np.int8), mask=~np.isin(at, sorted(known))),
        "margin_minor": pa.nulls(len(at), pa.int64()),
    }
    write_table(pa.table({**keys, **columns}), folder / paths.FEATURES / "features.parquet")
    write_table(pa.table({**keys, **labels}), folder / paths.LABELS / "labels.parquet")
    write_json(schedule.to_json(), folder / paths.FEATURES / "schedule.json")
    write_json([], folder / paths.FITTED_BTYD / FITS_FILE)
    rows = {"orders": RowCounts(read=1, accepted=1)}
    write_summary(
        SourceSummary("test", "EUR", "UTC", schedule.as_of, 0, rows, {"orders": ()}), folder / paths.TABLES
    )
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["churn"].update(FEW_ROWS)
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """The folder after a search of two trials, and its params.yaml from before."""
    folder = tmp_path_factory.mktemp("search")
    write_world(folder)
    before = (folder / "params.yaml").read_text()
    subprocess.run(
        [sys.executable, "-m", "pipelines.search", "TRIALS=2", "SEED=1"],
        cwd=folder,
        env={**environment(os.environ), "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return folder, before


@pytest.fixture(scope="module")
def trials(searched):
    with (searched[0] / paths.SEARCH / search.TRIALS_FILE).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_first_trial_has_the_settings_in_force(searched, trials):
    in_force = yaml.safe_load(searched[1])["churn"]["booster"]
    assert [trials[0][f"churn.booster.{name}"] for name in ("trees", "leaves")] == [
        str(in_force["trees"]), str(in_force["leaves"]),
    ]  # fmt: skip


def test_every_trial_is_judged_at_every_cut_but_the_final_one(trials):
    assert [[row["log_loss_1"] != "", "log_loss_2" in row, "log_loss_3" in row] for row in trials] == [
        [True, True, False]
    ] * 3


def test_a_search_applies_nothing(searched):
    folder, before = searched
    assert (folder / "params.yaml").read_text() == before


def test_every_trial_is_a_run_below_its_search(searched):
    with closing(sqlite3.connect(searched[0] / paths.MLFLOW_DB)) as connection:
        found = connection.execute(
            "SELECT role.value, count(above.value) FROM tags role LEFT JOIN tags above"
            " ON above.run_uuid = role.run_uuid AND above.key = 'mlflow.parentRunId'"
            " WHERE role.key = 'role' GROUP BY role.value ORDER BY role.value"
        ).fetchall()
    assert found == [("search", 0), ("trial", 3)]


def test_what_is_not_asked_for_is_refused_with_an_example():
    with pytest.raises(InvalidSetting, match="make search TRIALS=40"):
        search.answers_of(["TRIALS=many"])
