"""Runs that change nothing, the same seed elsewhere, and an experiment that leaves the registry alone."""

import hashlib
import json
import re
import subprocess

import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def outs(project):
    """Hashes of every out of every stage; the registry is none of them."""
    return {
        out["path"]: out["md5"] for stage in project.lock["stages"].values() for out in stage.get("outs", [])
    }


def test_the_same_seed_elsewhere_gives_the_same_bytes(finished, small_project):
    again = small_project()
    again.dvc("repro")
    assert outs(again) == outs(finished)


def ran(project):
    """Run again; the names of the stages that ran, in order."""
    command = "> python -m pipelines."
    printed = project.dvc("repro").stdout
    return [line.removeprefix(command) for line in printed.splitlines() if line.startswith(command)]


def test_a_run_that_changes_nothing_runs_only_the_gate(finished, tmp_path):
    assert ran(finished.copy_to(tmp_path / "again")) == ["promote"]


def test_an_edit_of_the_value_model_that_changes_no_number_reruns_it_alone(finished, tmp_path):
    edited = finished.copy_to(tmp_path / "edited")
    code = edited.folder / "models" / "learned" / "training" / "lifetime_value.py"
    code.write_text(code.read_text() + "\n# A remark.\n")
    assert ran(edited) == ["train_lifetime_value", "promote"]


def test_other_data_rerun_everything(finished, tmp_path):
    other = finished.copy_to(tmp_path / "other")
    params = other.folder / "params.yaml"
    params.write_text(params.read_text().replace("seed: 7", "seed: 8"))
    assert set(ran(other)) == set(other.lock["stages"])


@pytest.fixture(scope="module")
def persian(finished, tmp_path_factory):
    """The finished run told in Persian, and the stages that ran for it."""
    project = finished.copy_to(tmp_path_factory.mktemp("persian") / "shop")
    params = project.folder / "params.yaml"
    params.write_text(params.read_text().replace("language: en", "language: fa"))
    return project, ran(project)


def reasons(project):
    scores = pq.read_table(project.data / "scores" / "scores.parquet")
    return [scores[name].to_pylist() for name in ("reason_1", "reason_2", "reason_3")]


def test_another_language_learns_nothing_anew(persian):
    assert persian[1] == ["promote", "score", "plan", "measure", "export_serving"]


def test_another_language_gives_the_same_customers_as_many_reasons(finished, persian):
    told = [
        [[reason is None for reason in column] for column in reasons(one)] for one in (finished, persian[0])
    ]
    assert told[0] == told[1]


def test_reasons_in_persian_hold_no_latin_letter_or_digit(persian):
    said = {reason for column in reasons(persian[0]) for reason in column if reason}
    assert len(said) > 100
    assert [reason for reason in said if re.search("[A-Za-z0-9]", reason)] == []


def test_a_run_that_changes_nothing_leaves_every_file_as_it_is(finished, tmp_path):
    again = finished.copy_to(tmp_path / "again")
    before = digests(again.data)
    again.dvc("repro")
    assert digests(again.data) == before


def test_a_policy_edit_trains_nothing_anew(finished, tmp_path):
    edited = finished.copy_to(tmp_path / "edited")
    params = edited.folder / "params.yaml"
    params.write_text(params.read_text().replace("required_roi: 0.25", "required_roi: 1.0"))
    assert ran(edited) == ["publish", "promote", "score", "plan", "measure", "export_serving"]


@pytest.fixture(scope="module")
def experiment(finished, tmp_path_factory):
    """A project under git in which `dvc exp run -S churn.horizon_days=60` ran."""
    project = finished.copy_to(tmp_path_factory.mktemp("experiment") / "shop")
    config = project.folder / ".dvc" / "config"
    config.write_text(config.read_text().replace("no_scm = true", "no_scm = false"))
    (project.folder / ".gitignore").write_text("/data/*\n!/data/metrics/\n!/data/plots/\n__pycache__/\n")
    identity = ("-c", "user.name=shop", "-c", "user.email=shop@localhost")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "start")):
        subprocess.run(["git", *command], cwd=project.folder, check=True)
    return project


def test_an_experiment_leaves_the_registry_untouched(finished, experiment):
    experiment.dvc("exp", "run", "-S", "churn.horizon_days=60")
    assert digests(experiment.data / "registry") == digests(finished.data / "registry")


def test_an_experiment_is_compared_by_its_metrics(experiment):
    shown = json.loads(experiment.dvc("metrics", "diff", "--json", "HEAD").stdout)
    assert "pooled.model.log_loss" in str(flat(shown))


def flat(values, prefix=""):
    if isinstance(values, dict):
        return [name for key, value in values.items() for name in flat(value, f"{prefix}{key}.")]
    return [prefix.rstrip(".")]


def test_an_experiment_is_compared_by_its_settings(experiment):
    shown = json.loads(experiment.dvc("params", "diff", "--json", "HEAD").stdout)
    assert shown["params.yaml"]["churn.horizon_days"]["new"] == 60


def test_metrics_are_shown(finished):
    shown = json.loads(finished.dvc("metrics", "show", "--json").stdout)
    assert "log_loss" in str(shown)


def test_plots_are_written_as_a_page(finished, tmp_path):
    project = finished.copy_to(tmp_path / "plots")
    project.dvc("plots", "show")
    assert (project.folder / "dvc_plots" / "index.html").exists()
