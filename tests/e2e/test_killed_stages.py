"""kill -9 in the middle of any stage, then run again: the same result as if nothing had happened."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from pipelines.workspace import environment

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

STAGES = tuple(yaml.safe_load((Path(__file__).parents[2] / "dvc.yaml").read_text())["stages"])
LONGEST = 120.0


def outs(project):
    return {
        out["path"]: out["md5"] for stage in project.lock["stages"].values() for out in stage.get("outs", [])
    }


def first_out(stage):
    declared = yaml.safe_load((Path(__file__).parents[2] / "dvc.yaml").read_text())["stages"][stage]
    outs = declared.get("outs") or declared["metrics"]
    return next(iter(outs[0])) if isinstance(outs[0], dict) else outs[0]


def start(project, stage):
    return subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro", "--force", "--single-item", stage],
        cwd=project.folder,
        env=environment(os.environ),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_when(happened, running):
    """Kill DVC and its stage at once, as soon as something happened; whether they still ran by then."""
    until = time.monotonic() + LONGEST
    while running.poll() is None and not happened():
        assert time.monotonic() < until, "the stage neither got there nor ended"
        time.sleep(0.002)
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    return running.wait() == -signal.SIGKILL


def wrote_anew(out):
    """Whether an out is another than before: DVC removes it first, then the stage begins to write."""
    before = out.stat().st_mtime_ns

    def anew():
        try:
            return out.stat().st_mtime_ns != before
        except FileNotFoundError:  # removed, and not written yet
            return False

    return anew


def some_time_after(happened, seconds):
    """Whether something happened at least so long ago."""
    since = []

    def long_ago():
        if not since and happened():
            since.append(time.monotonic())
        return bool(since) and time.monotonic() - since[0] >= seconds

    return long_ago


KILLED = tuple(stage for stage in STAGES if stage != "promote")


@pytest.fixture(scope="module")
def run_again(finished, tmp_path_factory):
    """A project in which stage after stage was killed while it wrote, and which then ran once.

    The last stage is killed first, so that what a stage reads is there when its turn comes. Returns the
    project and, by stage, whether it still ran when the kill came.
    """
    project = finished.copy_to(tmp_path_factory.mktemp("killed") / "shop")
    killed = {
        stage: kill_when(wrote_anew(project.folder / first_out(stage)), start(project, stage))
        for stage in reversed(KILLED)
    }
    project.dvc("repro")
    return project, killed


@pytest.mark.parametrize("stage", KILLED)
def test_a_stage_killed_while_it_writes_and_run_again_gives_the_right_result(finished, run_again, stage):
    project, killed = run_again
    assert (killed[stage], outs(project)) == (True, outs(finished))


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
