"""An experiment, as `dvc exp run` makes one, leaves the registry alone and is compared with what was."""

import hashlib
import json
import subprocess

import pytest

from tests.e2e.conftest import stages_in

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def experiment(finished, tmp_path_factory):
    """A project under git in which an experiment with other customers ran, and the stages that ran for it."""
    project = finished.copy_to(tmp_path_factory.mktemp("experiment") / "shop")
    config = project.folder / ".dvc" / "config"
    config.write_text(config.read_text().replace("no_scm = true", "no_scm = false"))
    (project.folder / ".gitignore").write_text("/data/*\n!/data/metrics/\n!/data/plots/\n__pycache__/\n")
    identity = ("-c", "user.name=shop", "-c", "user.email=shop@localhost")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "start")):
        subprocess.run(["git", *command], cwd=project.folder, check=True)
    other = ("-S", "simulator.seed=8", "-S", "simulator.customers=500")
    return project, stages_in(project.dvc("exp", "run", *other).stdout)


def test_other_data_rerun_everything(experiment):
    project, stages = experiment
    assert set(stages) == set(project.lock["stages"])


def test_an_experiment_leaves_the_registry_untouched(finished, experiment):
    project, _ = experiment
    assert digests(project.data / "registry") == digests(finished.data / "registry")


def test_an_experiment_is_compared_by_its_metrics(experiment):
    project, _ = experiment
    shown = json.loads(project.dvc("metrics", "diff", "--json", "HEAD").stdout)
    assert "pooled.model.log_loss" in str(flat(shown))


def flat(values, prefix=""):
    if isinstance(values, dict):
        return [name for key, value in values.items() for name in flat(value, f"{prefix}{key}.")]
    return [prefix.rstrip(".")]


def test_an_experiment_is_compared_by_its_settings(experiment):
    project, _ = experiment
    shown = json.loads(project.dvc("params", "diff", "--json", "HEAD").stdout)
    assert shown["params.yaml"]["simulator.seed"]["new"] == 8
