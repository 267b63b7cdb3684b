"""The gate on a finished project: refusals, a policy that must not wait, and a damaged data/live."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from models.release import Manifest, digests, read_manifest, write_manifest
from pipelines.registry import champion_id, history
from pipelines.workspace import environment

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def project(finished, tmp_path):
    return finished.copy_to(tmp_path / "shop")


def promote(project):
    command = [sys.executable, "-m", "pipelines.promote"]
    subprocess.run(command, cwd=project.folder, env=environment(os.environ), check=True, capture_output=True)


def alter(project, name, change):
    """Change a file of the candidate and seal it again under its new id."""
    release = project.data / "release"
    values = json.loads((release / name).read_text())
    change(values)
    (release / name).write_text(json.dumps(values))
    stated = json.loads((release / "release.json").read_text())
    del stated["release_id"]
    write_manifest(release, Manifest(**{**stated, "files": digests(release)}))


def worsen(metrics):
    metrics["final_cut"]["model"]["log_loss"] += 0.05


def tighten(policy):
    policy["absolute_limit_minor"] = 100
    policy["recovery_authority_minor"] = 100


@pytest.fixture
def refused(project):
    alter(project, "metrics/churn.json", worsen)
    promote(project)
    return project


def test_a_worse_candidate_leaves_the_champion_live(finished, refused):
    assert read_manifest(refused.data / "live") == read_manifest(finished.data / "live")


def test_a_refusal_is_in_the_history_with_its_reason(refused):
    last = history(refused.data / "registry")[-1]
    assert (last.promoted, "beyond the limit" in last.reason) == (False, True)


def test_a_refusal_met_again_adds_nothing(refused):
    before = history(refused.data / "registry")
    promote(refused)
    assert history(refused.data / "registry") == before


@pytest.fixture
def tightened(project):
    """A candidate with worse models and a tighter policy."""
    alter(project, "metrics/churn.json", worsen)
    alter(project, "policy.json", tighten)
    promote(project)
    return project


def test_a_tighter_policy_goes_live_although_its_models_were_refused(tightened):
    policy = json.loads((tightened.data / "live" / "policy.json").read_text())
    assert policy["absolute_limit_minor"] == 100


def test_it_goes_live_with_the_champion_s_models(finished, tightened):
    of_models = {"churn", "lifetime_value", "metrics"}
    files = {
        folder: {name: digest for name, digest in digests(folder).items() if name.split("/")[0] in of_models}
        for folder in (finished.data / "live", tightened.data / "live")
    }
    assert len({tuple(sorted(found.items())) for found in files.values()}) == 1


def test_it_is_the_champion_from_then_on(tightened):
    live = read_manifest(tightened.data / "live").release_id
    assert champion_id(tightened.data / "registry") == live


def test_a_damaged_data_live_is_written_anew(finished, project):
    (project.data / "live" / "policy.json").unlink()
    promote(project)
    assert read_manifest(project.data / "live") == read_manifest(finished.data / "live")


def test_a_missing_data_live_is_written_anew(finished, project):
    shutil.rmtree(project.data / "live")
    promote(project)
    assert read_manifest(project.data / "live") == read_manifest(finished.data / "live")
