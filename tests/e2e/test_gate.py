"""The gate on a finished project: refusals, a policy that must not wait, and a damaged data/live."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.contract.storage import write_table
from models.domain.vocabulary import ModelUsed
from models.learned.churn import load as load_churn
from models.release import Manifest, digests, read_manifest, write_manifest
from pipelines.explained import stepped_down
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
    reseal(release)


def reseal(release):
    """Write the manifest of what the folder holds now."""
    stated = json.loads((release / "release.json").read_text())
    del stated["release_id"]
    write_manifest(release, Manifest(**{**stated, "files": digests(release)}))


def worsen(project):
    """A candidate that knows nothing: every customer gets the same probability."""
    path = project.data / "fitted" / "churn" / "backtest.parquet"
    backtest = pq.read_table(path)
    column = backtest.column_names.index("p_model")
    even = pa.array(np.full(backtest.num_rows, 0.5))
    write_table(backtest.set_column(column, "p_model", even), path)
    alter(project, "churn/churn.json", lambda model: model.update(reason="knows nothing"))


def tighten(policy):
    policy["absolute_limit_minor"] = 100
    policy["recovery_authority_minor"] = 100


@pytest.fixture(scope="module")
def refused(finished, tmp_path_factory):
    """The finished project after a worse candidate; what is to go on from here goes on in a copy."""
    project = finished.copy_to(tmp_path_factory.mktemp("refused") / "shop")
    worsen(project)
    promote(project)
    return project


def test_a_worse_candidate_leaves_the_champion_live(finished, refused):
    assert read_manifest(refused.data / "live") == read_manifest(finished.data / "live")


def test_a_refusal_is_in_the_history_with_its_reason(refused):
    last = history(refused.data / "registry")[-1]
    assert (last.promoted, "fitted on the same folds; worse" in last.reason) == (False, True)


def test_a_refusal_met_again_adds_nothing(refused, tmp_path):
    again = refused.copy_to(tmp_path / "shop")
    promote(again)
    assert history(again.data / "registry") == history(refused.data / "registry")


@pytest.fixture(scope="module")
def tightened(finished, tmp_path_factory):
    """The finished project after a candidate with worse models and a tighter policy; copied to go on."""
    project = finished.copy_to(tmp_path_factory.mktemp("tightened") / "shop")
    worsen(project)
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


@pytest.fixture(scope="module")
def renewed(finished, tmp_path_factory):
    """The finished project after a candidate of another policy went live; returns it with both ids."""
    project = finished.copy_to(tmp_path_factory.mktemp("renewed") / "shop")
    first = champion_id(project.data / "registry")
    alter(project, "policy.json", tighten)
    promote(project)
    return project, first, champion_id(project.data / "registry")


def test_another_policy_with_the_same_models_goes_live_without_a_contest(renewed):
    project, first, second = renewed
    assert second != first
    assert history(project.data / "registry")[-1].reason.startswith("the models of champion")


def rollback(project, argument):
    command = [sys.executable, "-m", "pipelines.rollback", argument]
    return subprocess.run(
        command,
        cwd=project.folder,
        env=environment(os.environ),
        check=False,
        capture_output=True,
        text=True,
    )


def live_id(project):
    return read_manifest(project.data / "live").release_id


@pytest.fixture(scope="module")
def after_rollback(renewed, tmp_path_factory):
    """The renewed project with its first release asked back and pinned; the gate has not run yet."""
    project, first, _ = renewed
    back = project.copy_to(tmp_path_factory.mktemp("back") / "shop")
    rollback(back, first)
    return back


@pytest.fixture
def rolled_back(renewed, after_rollback, tmp_path):
    """A copy in which the gate ran too, and the ids of both releases."""
    project = after_rollback.copy_to(tmp_path / "shop")
    promote(project)
    return project, *renewed[1:]


def test_a_rollback_brings_the_old_release_back(rolled_back):
    project, first, _ = rolled_back
    assert live_id(project) == first


def served_id(project):
    return json.loads((project.data / "serving" / "serving.json").read_text())["release_id"]


def test_a_rollback_reruns_what_depends_on_the_live_release(project):
    first = live_id(project)
    params = project.folder / "params.yaml"
    params.write_text(params.read_text().replace("required_roi: 0.25", "required_roi: 1.0"))
    project.dvc("repro")
    served = [served_id(project)]
    rollback(project, first)
    project.dvc("repro")
    served.append(served_id(project))
    assert (served[0] != first, served[1]) == (True, first)


def test_a_pinned_release_stays_live_whatever_the_candidate(rolled_back):
    project, first, _ = rolled_back
    promote(project)
    assert live_id(project) == first


def test_without_the_pin_the_gate_decides_again(rolled_back):
    project, first, second = rolled_back
    rollback(project, "--unpin")
    promote(project)
    assert (first != second, live_id(project)) == (True, second)


def alias_of(project):
    """The release that MLflow's alias `champion` names."""
    with closing(sqlite3.connect(project.data / "mlflow.db")) as database:
        found = database.execute(
            "select tag.value from registered_model_aliases champion join model_version_tags tag "
            "on tag.name = champion.name and tag.version = champion.version "
            "where champion.alias = 'champion' and tag.key = 'release_id'"
        ).fetchall()
    return found[0][0]


def test_mlflow_s_champion_follows_a_rollback(renewed, after_rollback):
    assert alias_of(after_rollback) == renewed[1]


def test_mlflow_s_champion_stays_when_a_candidate_is_refused(refused):
    assert alias_of(refused) == live_id(refused)


def test_a_refusal_does_not_outlive_a_wider_limit(refused, tmp_path):
    project = refused.copy_to(tmp_path / "shop")
    params = project.folder / "params.yaml"
    params.write_text(
        params.read_text().replace("max_log_loss_increase: 0.002", "max_log_loss_increase: 0.9")
    )
    promote(project)
    assert live_id(project) == read_manifest(project.data / "release").release_id


def test_a_candidate_that_breaks_a_limit_is_refused_in_words(project):
    alter(project, "metrics/churn.json", lambda told: told["final_cut"]["model"].update(ece=0.4))
    alter(project, "churn/churn.json", lambda model: model.update(reason="far off"))
    promote(project)
    last = history(project.data / "registry")[-1]
    assert (last.promoted, "promote.limits.max_ece_over_noise" in last.reason) == (False, True)


def begin_anew(project):
    """As if nothing had ever gone live here."""
    for name in ("registry", "live"):
        shutil.rmtree(project.data / name)


def behind_logistic(told):
    final = told["final_cut"]
    final["model"]["log_loss"] = final["logistic_rfm"]["log_loss"] + 0.05
    final["against"]["logistic_rfm"]["log_loss"]["verdict"] = "worse"


@pytest.fixture(scope="module")
def plain(finished, tmp_path_factory):
    """A first release whose boosted trees did worse than logistic RFM, and what went live instead."""
    project = finished.copy_to(tmp_path_factory.mktemp("plain") / "shop")
    begin_anew(project)
    alter(project, "metrics/churn.json", behind_logistic)
    promote(project)
    return project


def test_where_nothing_is_live_logistic_rfm_steps_in_for_trees_that_fell_behind_it(plain):
    live = load_churn(plain.data / "live" / "churn")
    assert (live.model_used, live.boosters) == (ModelUsed.LOGISTIC, ())


def test_the_refusal_and_what_stepped_in_are_in_the_history(plain):
    told = [(entry.promoted, entry.release_id) for entry in history(plain.data / "registry")]
    refused = read_manifest(plain.data / "release").release_id
    assert told == [(False, refused), (True, live_id(plain)), (False, refused)]


def test_the_run_says_that_trees_were_refused(plain):
    (line,) = (one for one in stepped_down(plain.data / "live") if one.startswith("churn"))
    assert line.startswith("churn: logistic RFM instead of boosted trees: the boosted trees were refused")


def test_what_stepped_in_scores_everybody(plain, tmp_path):
    project = plain.copy_to(tmp_path / "shop")
    project.run_stages("score")
    scores = pq.read_table(project.data / "scores" / "scores.parquet")
    assert set(scores["model_used"].to_pylist()) <= {"logistic_rfm", "cold_start"}


def test_the_refused_candidate_is_not_fought_again(plain, tmp_path):
    again = plain.copy_to(tmp_path / "shop")
    promote(again)
    assert history(again.data / "registry") == history(plain.data / "registry")


def test_a_first_release_that_breaks_a_limit_still_stops_the_run(project):
    begin_anew(project)
    alter(project, "metrics/churn.json", lambda told: told["final_cut"]["model"].update(ece=0.4))
    refused = try_to_promote(project)
    assert (refused.returncode, "only release that could go live" in refused.stderr) == (2, True)


def test_a_refusal_beside_a_renewed_policy_is_not_fought_again(tightened, tmp_path):
    again = tightened.copy_to(tmp_path / "shop")
    promote(again)
    assert history(again.data / "registry") == history(tightened.data / "registry")


def test_a_champion_of_other_code_leaves_the_judgement_to_logistic_rfm(project):
    champion = champion_id(project.data / "registry")
    kept = project.data / "registry" / "releases" / champion
    recipe = json.loads((kept / "churn" / "recipe.json").read_text())
    recipe["settings"]["a_setting_of_yore"] = 1
    (kept / "churn" / "recipe.json").write_text(json.dumps(recipe))
    reseal(kept)
    worsen(project)
    promote(project)
    assert "does not know" in history(project.data / "registry")[-1].reason


def test_a_rollback_to_an_unknown_release_names_those_that_there_are(project):
    refused = rollback(project, "nonsense")
    assert refused.returncode == 2
    assert champion_id(project.data / "registry") in refused.stderr


def age(project):
    """Make the champion one that an earlier version published; returns its id."""
    registry, live = project.data / "registry", project.data / "live"
    before = champion_id(registry)
    saved = live / "lifetime_value" / "lifetime_value.json"
    parts = json.loads(saved.read_text())
    del parts["lost"]["slope"]
    saved.write_text(json.dumps(parts))
    reseal(live)
    shutil.copytree(live, registry / "releases" / live_id(project))
    lines = (registry / "history.jsonl").read_text()
    (registry / "history.jsonl").write_text(lines.replace(before, live_id(project)))
    return live_id(project)


def try_to_promote(project):
    command = [sys.executable, "-m", "pipelines.promote"]
    return subprocess.run(
        command, cwd=project.folder, env=environment(os.environ), check=False, capture_output=True, text=True
    )


def test_a_champion_of_an_earlier_form_is_no_rival(project):
    old = age(project)
    promote(project)
    last = history(project.data / "registry")[-1]
    assert last.reason.endswith(f"release {old} cannot be read: its model of value is of an earlier form")
    assert live_id(project) == last.release_id == read_manifest(project.data / "release").release_id


def test_a_refusal_beside_a_champion_of_an_earlier_form_stops_the_run(project):
    age(project)
    alter(project, "metrics/churn.json", lambda found: found["final_cut"]["model"].update(ece=0.9))
    stopped = try_to_promote(project)
    assert (stopped.returncode != 0, "only release that could go live" in stopped.stderr) == (True, True)


def test_a_pinned_release_of_an_earlier_form_names_the_way_out(project):
    old = age(project)
    (project.data / "registry" / "pinned").write_text(old)
    assert "Run make unpin" in try_to_promote(project).stderr
    rollback(project, "--unpin")
    assert try_to_promote(project).returncode == 0


def test_nobody_rolls_back_to_a_release_of_an_earlier_form(project):
    old = age(project)
    promote(project)
    assert "Return to the code of that release" in rollback(project, old).stderr
