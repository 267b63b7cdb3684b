"""Runs that change nothing, runs that change little, and the same seed elsewhere."""

import hashlib
import json
import re

import pyarrow.parquet as pq
import pytest
import yaml

from tests.e2e.conftest import ROOT, stages_in

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

STAGES = tuple(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def outs(project):
    """Where every stage writes; the registry is none of them."""
    return [out["path"] for stage in project.lock["stages"].values() for out in stage.get("outs", [])]


def written(project, places):
    """SHA-256 of every file of these outs."""
    files = {f"data/{name}": digest for name, digest in digests(project.data).items()}
    return {name: digest for name, digest in files.items() if name.startswith(tuple(places))}


def test_the_same_seed_elsewhere_gives_the_same_bytes(finished, small_project):
    """Elsewhere in one process too: what a stage leaves in memory reaches no other."""
    again, places = small_project(), outs(finished)
    again.run_stages(*STAGES)
    assert all((again.folder / place).exists() for place in places)
    assert written(again, places) == written(finished, places)


def ran(project):
    """Run again; the names of the stages that ran, in order."""
    return stages_in(project.dvc("repro").stdout)


@pytest.fixture(scope="module")
def again(finished, tmp_path_factory):
    """The finished project run again as it is: the stages that ran, and its files before and after."""
    project = finished.copy_to(tmp_path_factory.mktemp("again") / "shop")
    before = digests(project.data)
    return ran(project), before, digests(project.data)


def test_a_run_that_changes_nothing_runs_only_the_gate(again):
    stages, _, _ = again
    assert stages == ["promote"]


def test_a_run_that_changes_nothing_leaves_every_file_as_it_is(again):
    _, before, after = again
    assert after == before


def test_an_edit_of_the_value_model_that_changes_no_number_reruns_what_fits_with_it_alone(finished, tmp_path):
    edited = finished.copy_to(tmp_path / "edited")
    code = edited.folder / "models" / "learned" / "training" / "lifetime_value.py"
    code.write_text(code.read_text() + "\n# A remark.\n")
    assert ran(edited) == ["train_lifetime_value", "train_uplift", "promote"]


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


def test_a_policy_edit_trains_nothing_anew(finished, tmp_path):
    edited = finished.copy_to(tmp_path / "edited")
    params = edited.folder / "params.yaml"
    params.write_text(params.read_text().replace("required_roi: 0.25", "required_roi: 1.0"))
    assert ran(edited) == ["publish", "promote", "score", "plan", "measure", "export_serving"]


def test_metrics_are_shown(finished):
    shown = json.loads(finished.dvc("metrics", "show", "--json").stdout)
    assert "log_loss" in str(shown)


def test_plots_are_written_as_a_page(finished, tmp_path):
    project = finished.copy_to(tmp_path / "plots")
    project.dvc("plots", "show")
    assert (project.folder / "dvc_plots" / "index.html").exists()
