"""kill -9 in the middle of a first promotion, then run again: the same result as if nothing had happened."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from tests.e2e.kills import kill_when, outs, start

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def some_time_after(happened, seconds):
    """Whether something happened at least so long ago."""
    since = []

    def long_ago():
        if not since and happened():
            since.append(time.monotonic())
        return bool(since) and time.monotonic() - since[0] >= seconds

    return long_ago


# What a first promotion leaves on its way, and how many seconds after that the kill comes: the migrations
# that make MLflow's store take some.
TRACES = (
    ("data/registry/releases", 0.0),
    ("data/mlflow.db.unfinished", 0.3),
    ("data/mlflow.db.unfinished", 0.9),
    ("data/mlflow.db", 0.0),
    ("data/live", 0.0),
    ("data/registry/history.jsonl", 0.0),
)


@pytest.fixture(scope="module", params=TRACES)
def killed_promotion(request, finished, tmp_path_factory):
    """A first promotion, killed as soon as one of the things that it leaves was there, then run again."""
    project = finished.copy_to(tmp_path_factory.mktemp("promotion") / "shop")
    for name in ("registry", "live", "mlartifacts"):
        shutil.rmtree(project.data / name)
    (project.data / "mlflow.db").unlink()
    trace, seconds = request.param
    kill_when(some_time_after((project.folder / trace).exists, seconds), start(project, "promote"))
    project.dvc("repro")
    return project


def test_a_killed_promotion_run_again_gives_the_right_result(finished, killed_promotion):
    assert outs(killed_promotion) == outs(finished)


def test_a_killed_promotion_run_again_is_in_the_history_once(finished, killed_promotion):
    history = Path("registry") / "history.jsonl"
    assert (killed_promotion.data / history).read_text() == (finished.data / history).read_text()


def test_a_killed_promotion_run_again_registers_one_champion(killed_promotion):
    with sqlite3.connect(killed_promotion.data / "mlflow.db") as database:
        found = database.execute("select version from model_versions").fetchall()
        champions = database.execute("select alias, version from registered_model_aliases").fetchall()
    assert (len(found), champions) == (1, [("champion", found[0][0])])
