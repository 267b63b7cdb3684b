"""kill -9 in the middle of any stage, then run again: the same result as if nothing had happened."""

from pathlib import Path

import pytest
import yaml

from tests.e2e.kills import kill_when, outs, start

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

STAGES = tuple(yaml.safe_load((Path(__file__).parents[2] / "dvc.yaml").read_text())["stages"])


def first_out(stage):
    declared = yaml.safe_load((Path(__file__).parents[2] / "dvc.yaml").read_text())["stages"][stage]
    outs = declared.get("outs") or declared["metrics"]
    return next(iter(outs[0])) if isinstance(outs[0], dict) else outs[0]


def wrote_anew(out):
    """Whether an out is another than before: DVC removes it first, then the stage begins to write."""
    before = out.stat().st_mtime_ns

    def anew():
        try:
            return out.stat().st_mtime_ns != before
        except FileNotFoundError:  # removed, and not written yet
            return False

    return anew


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
