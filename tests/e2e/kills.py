"""Killing a stage in the middle, for the tests that then run it again."""

import os
import signal
import subprocess
import sys
import time

from pipelines.workspace import environment

LONGEST = 120.0


def outs(project):
    return {
        out["path"]: out["md5"] for stage in project.lock["stages"].values() for out in stage.get("outs", [])
    }


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
