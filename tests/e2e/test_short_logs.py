"""A shop that has just begun keeping books: nobody is refused, everything that is missing is said in days."""

import csv
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.workspace import deep_merge

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

ROOT = Path(__file__).parents[2]
STAGES = tuple(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
# All stages in one process: what DVC does between them is tested elsewhere.
RUN = "\n".join(f"from pipelines import {name}; {name}.main()" for name in (*STAGES, "summary"))
BEGAN = date(2023, 1, 1)
PEOPLE = 300
ANSWERS = {
    "source": {
        "kind": "files",
        "path": "shop",
        "currency": "EUR",
        "amount_unit": "minor",
        "timezone": "Europe/Berlin",
    },
    "value": {"margin_share": 0.3},
    "policy": {"unknown_consent": "allow"},
}


def order_lines(days):
    """Everybody buys again after 9 to 57 days; a third stop after a while."""
    yield "order_id,line_id,customer_id,ordered_at,amount_minor"
    for number in range(PEOPLE):
        at, gap = number % 60, 9 + number % 49
        stays = 90 + number if number % 3 == 0 else 10_000
        while at <= min(days, stays):
            yield f"o{number}-{at},1,c{number:03},{BEGAN + timedelta(days=at)},{1_000 + 37 * (number % 50)}"
            at += gap


def run(folder, days):
    """Run the pipeline on the first days of the shop; gives what was printed."""
    (folder / "shop" / "orders.csv").write_text("\n".join(order_lines(days)) + "\n")
    found = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("short")
    (folder / "shop").mkdir()
    settings = deep_merge(yaml.safe_load((ROOT / "params.yaml").read_text()), ANSWERS)
    (folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def history(new_shop):
    """What each run said and left, by the days of its log; at last a short export again, by mistake."""
    said = {}
    for days in (40, 80, 200, 300):
        said[days] = run(new_shop, days), state(new_shop)
    said["short again"] = run(new_shop, 200), state(new_shop)
    return said


def state(folder):
    """What a run left, to be looked at after the next one."""
    with (folder / "data" / "lists" / "at_risk.csv").open(newline="") as stream:
        listed = list(csv.DictReader(stream))
    scores = pq.read_table(folder / "data" / "scores" / "scores.parquet")
    report = (folder / "data" / "report" / "retention.html").read_text()
    metrics = json.loads((folder / "data" / "metrics" / "churn.json").read_text())
    return {"listed": listed, "scores": scores, "report": report, "metrics": metrics}


def test_a_log_shorter_than_its_horizon_scores_nobody(history):
    scores = history[40][1]["scores"]
    assert scores["churn_probability"].null_count == scores.num_rows


def test_those_whom_nobody_could_score_are_all_listed_as_such(history):
    listed = history[40][1]["listed"]
    assert (len(listed), {row["do_not_contact_reason"] for row in listed}) == (205, {"unscored"})


def test_those_whom_nobody_could_score_stand_in_order_of_their_silence(history):
    last = [row["last_order_at"] for row in history[40][1]["listed"]]
    assert last == sorted(last)


def test_a_log_shorter_than_its_horizon_says_how_many_days_are_missing(history):
    note = "Note: churn: nobody is scored: no window of 90 days has closed: needs 91 days of log, has 40."
    assert note in history[40][0].splitlines()


def test_the_report_says_it_too(history):
    assert "nobody is scored: no window of 90 days has closed" in history[40][1]["report"]


def test_a_log_of_less_than_its_horizon_but_more_than_two_months_is_scored_beyond_its_labels(history):
    assert "labels of 40 days asked about 90" in history[80][0]
    assert history[80][1]["scores"]["churn_probability"].null_count == 0


def test_a_log_with_closed_windows_is_scored_by_the_plainer_model(history):
    assert {row["model_used"] for row in history[200][1]["listed"]} == {"logistic_rfm"}


def test_a_log_too_short_to_be_judged_says_how_many_days_are_missing(history):
    metrics = history[200][1]["metrics"]
    assert (metrics["final_cut"], metrics["unjudged"]) == (
        None,
        "no backtest has closed: needs 270 days of log, has 200",
    )


def test_a_first_release_that_nothing_could_judge_goes_live_and_says_so(history):
    assert "promoted (not validated: no backtest has closed" in history[40][0]


def test_a_release_that_was_judged_takes_its_place(history):
    assert history[300][1]["metrics"]["final_cut"] is not None
    assert "REFUSED" not in history[300][0]


def test_one_that_was_not_judged_never_replaces_one_that_was(history):
    assert "REFUSED (not validated: no backtest has closed" in history["short again"][0]


@pytest.mark.parametrize("run", [40, 80, 200, 300])
def test_nothing_may_be_spent_before_a_window_is_validated(history, run):
    assert {row["incentive_cap_minor"] for row in history[run][1]["listed"]} == {"0"}


def test_value_says_how_many_days_it_lacks(history):
    assert "nothing is spendable: needs 450 days of log, has 200" in history[200][0]
