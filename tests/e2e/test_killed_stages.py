"""kill -9 in the middle of any stage, then run again: the same result as if nothing had happened."""

import os
import signal
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


def run_and_kill(project, stage):
    """Force a stage through DVC and kill DVC and stage at once when the stage begins to write."""
    out = project.folder / first_out(stage)
    before = out.stat().st_mtime_ns
    running = subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro", "--force", "--single-item", stage],
        cwd=project.folder,
        env=environment(os.environ),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + LONGEST
    while running.poll() is None and not began_to_write(out, before):
        assert time.monotonic() < until, f"{stage} neither wrote nor ended"
        time.sleep(0.002)
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def began_to_write(out, before):
    return out.exists() and out.stat().st_mtime_ns != before


@pytest.fixture(scope="module")
def victim(finished, tmp_path_factory):
    return finished.copy_to(tmp_path_factory.mktemp("killed") / "shop")


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_stage_run_again_gives_the_right_result(finished, victim, stage):
    run_and_kill(victim, stage)
    victim.dvc("repro")
    assert outs(victim) == outs(finished)
