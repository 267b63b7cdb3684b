"""What MLflow holds after a first promotion, read from its database without importing it."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.release import read_manifest
from pipelines.workspace import environment

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

AMOUNTS = ["lifetime_value_minor", "value_at_stake_minor", "value_at_stake_low_minor"]
SCORED = ["customer_id", "churn_probability", *AMOUNTS]

# In a process of its own, far from the code: what MLflow kept is all there is.
PREDICT = """
import sys
import mlflow, pandas
database, features, answer = sys.argv[1:]
mlflow.set_tracking_uri(f"sqlite:///{database}")
model = mlflow.pyfunc.load_model("models:/holdfast@champion")
model.predict(pandas.read_parquet(features)).to_parquet(answer)
"""


def asking(database):
    """A function that runs SQL on a tracking database and returns rows as tuples."""

    def ask(query):
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute(query).fetchall()

    return ask


@pytest.fixture(scope="module")
def ask(finished):
    return asking(finished.data / "mlflow.db")


@pytest.fixture(scope="module")
def release_id(finished):
    return read_manifest(finished.data / "live").release_id


def test_a_release_is_one_parent_run(ask, release_id):
    assert ask("select value from tags where key = 'release_id'") == [(release_id,)]


def test_each_model_is_a_child_of_it(ask):
    children = ask(
        "select child.value from tags child join tags parent using (run_uuid) "
        "where child.key = 'role' and parent.key = 'mlflow.parentRunId' order by 1"
    )
    assert children == [("churn",), ("lifetime_value",), ("uplift",)]


def test_every_run_has_ended(ask):
    assert set(ask("select status from runs")) == {("FINISHED",)}


def test_the_settings_of_a_model_are_its_params(ask):
    assert ask("select count(*) from params where key like '%leaves%'") != [(0,)]


def test_the_figures_of_the_final_cut_are_metrics(ask):
    found = ask("select distinct key from metrics where key like '%final_cut.model.log_loss' order by 1")
    assert found == [("churn.final_cut.model.log_loss",), ("final_cut.model.log_loss",)]


def test_a_figure_has_the_interval_of_its_advantage(ask):
    found = ask(
        "select key from metrics where key like 'final_cut.against.logistic_rfm.log_loss.%' order by 1"
    )
    assert [key.rsplit(".")[-1] for (key,) in found] == ["advantage", "high", "low"]


def test_the_verdict_is_a_param(ask):
    found = ask("select value from params where key = 'final_cut.against.logistic_rfm.log_loss.verdict'")
    assert len(found) == 1


def test_the_backtests_of_a_model_draw_a_line_in_the_order_of_their_cuts(finished, ask):
    cuts = json.loads((finished.data / "release" / "metrics" / "churn.json").read_text())["cuts"]
    found = ask("select value from metrics where key = 'cuts.model.log_loss' order by step")
    assert [value for (value,) in found] == [cuts[cut]["model"]["log_loss"] for cut in sorted(cuts)]


def test_what_is_known_of_effects_is_told_with_its_reason(finished, ask):
    response = json.loads((finished.data / "release" / "response" / "response.json").read_text())
    found = ask(
        "select param.key, param.value from params param join tags tag using (run_uuid) "
        "where tag.key = 'role' and tag.value = 'uplift' and param.key in ('state', 'reason') order by 1"
    )
    assert dict(found) == {name: response[name] for name in ("reason", "state")}


def test_the_digest_of_every_file_of_the_release_is_a_param(finished, ask):
    found = ask("select substr(key, 6), value from params where key like 'file/%'")
    assert dict(found) == read_manifest(finished.data / "live").files


def test_a_plot_is_an_artifact_of_the_run(finished):
    assert list((finished.data / "mlartifacts").glob("*/artifacts/plots/calibration.svg"))


def test_the_champion_is_the_release(ask, release_id):
    found = ask(
        "select tag.value from registered_model_aliases champion join model_version_tags tag "
        "on tag.name = champion.name and tag.version = champion.version "
        "where champion.alias = 'champion' and tag.key = 'release_id'"
    )
    assert found == [(release_id,)]


@pytest.fixture(scope="module")
def model_folder(ask):
    """Where the registry says that the champion's files are."""
    return Path(ask("select source from model_versions")[0][0])


def test_the_registered_model_holds_the_release_whole(model_folder, release_id):
    assert read_manifest(model_folder / "artifacts" / "release").release_id == release_id


def test_nothing_of_the_model_is_pickled(model_folder):
    written = {path.suffix for path in model_folder.rglob("*") if path.is_file()}
    assert written == {"", ".csv", ".json", ".mo", ".parquet", ".po", ".py", ".txt", ".yaml"}


def test_the_model_names_the_versions_it_needs(model_folder):
    needs = (model_folder / "requirements.txt").read_text().split()
    assert [need.split("==")[0] for need in needs] == ["lightgbm", "mlflow", "numpy", "pandas", "pyarrow"]


@pytest.fixture(scope="module")
def scored(finished):
    """The scores of 200 customers who have features, in order of customer_id."""
    table = pq.read_table(finished.data / "scores" / "scores.parquet")
    return (
        table.filter(pc.not_equal(table["model_used"], "cold_start")).select([*SCORED, "as_of"]).slice(0, 200)
    )


@pytest.fixture(scope="module")
def predicted(finished, scored, tmp_path_factory):
    """What the champion answers for the same customers, asked elsewhere and forbidden to unpickle."""
    folder = tmp_path_factory.mktemp("elsewhere")
    every = pq.read_table(finished.data / "features" / "features.parquet")
    at = pc.and_(
        pc.equal(every["snapshot"], scored["as_of"][0]),
        pc.is_in(every["customer_id"], scored["customer_id"]),
    )
    features, answer = folder / "features.parquet", folder / "answer.parquet"
    pq.write_table(every.filter(at).drop_columns(["snapshot"]), features)
    subprocess.run(
        [sys.executable, "-c", PREDICT, finished.data / "mlflow.db", features, answer],
        cwd=folder,
        env={**environment(os.environ), "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false", "PYTHONPATH": ""},
        check=True,
    )
    return pq.read_table(answer)


def test_the_model_answers_for_those_it_was_asked_about(scored, predicted):
    assert predicted["customer_id"].to_pylist() == scored["customer_id"].to_pylist()


@pytest.mark.parametrize("column", ["churn_probability", *AMOUNTS])
def test_the_model_predicts_what_was_scored(scored, predicted, column):
    assert predicted[column].to_pylist() == scored[column].to_pylist()


@pytest.fixture(scope="module")
def logged_again(finished, tmp_path_factory):
    """A copy in which a killed run stayed open and the same release is logged once more."""
    project = finished.copy_to(tmp_path_factory.mktemp("again") / "shop")
    with closing(sqlite3.connect(project.data / "mlflow.db")) as database, database:
        database.execute("create temporary table killed as select * from runs limit 1")
        database.execute("update killed set run_uuid = 'killed', status = 'RUNNING'")
        database.execute("insert into runs select * from killed")
    # Nobody remembers the decision: promote must make it anew.
    shutil.rmtree(project.data / "registry")
    command = [sys.executable, "-m", "pipelines.promote"]
    subprocess.run(command, cwd=project.folder, env=environment(os.environ), check=True, capture_output=True)
    return asking(project.data / "mlflow.db")


def test_a_run_that_was_killed_is_ended_by_the_next(logged_again):
    assert logged_again("select status from runs where run_uuid = 'killed'") == [("KILLED",)]


def test_a_release_is_not_logged_twice(logged_again):
    assert logged_again("select count(*) from tags where key = 'release_id'") == [(1,)]


def test_a_release_is_not_registered_twice(logged_again):
    assert logged_again("select count(*) from model_versions") == [(1,)]


@pytest.fixture(scope="module")
def fetch(finished):
    """Run the command in the finished project; what it printed is in the result."""
    command = [sys.executable, "-m", "pipelines.fetch_release"]

    def run(*words):
        return subprocess.run(
            [*command, *words],
            cwd=finished.folder,
            env=environment(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_champion_comes_back_as_a_directory(finished, fetch, tmp_path):
    fetch("champion", tmp_path / "release")
    assert read_manifest(tmp_path / "release") == read_manifest(finished.data / "live")


def test_a_release_comes_back_by_its_id(fetch, release_id, tmp_path):
    fetch(release_id, tmp_path / "release")
    assert read_manifest(tmp_path / "release").release_id == release_id


def test_an_unknown_release_is_answered_with_those_there_are(fetch, release_id, tmp_path):
    told = fetch("nobody", tmp_path / "release").stderr
    assert {release_id, "champion"} <= set(re.findall(r"\w+", told))


def test_the_tables_it_was_made_from_are_known_by_their_hash(finished, ask):
    found = dict(ask("select key, value from params where key like 'input/data/tables/%'"))
    orders = hashlib.sha256((finished.data / "tables" / "orders.parquet").read_bytes()).hexdigest()
    assert found["input/data/tables/orders.parquet"] == orders
