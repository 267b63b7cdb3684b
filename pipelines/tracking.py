"""The one module that knows MLflow: a parent run a release, a child run a model, the registry's alias.

Runs are written from the files that the stages left, so training needs no tracking server, and a release
that was logged before is not logged again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlflow import MlflowClient

from models.contract.storage import read_json
from models.evaluation.promotion import Decision
from models.release import Manifest

EXPERIMENT = "holdfast"
REGISTERED_MODEL = "holdfast"
CHAMPION = "champion"
CHILDREN = ("churn", "lifetime_value")


def log_release(
    database: Path, artifacts: Path, release: Path, manifest: Manifest, decision: Decision
) -> None:
    """Log a release, register it as a model version, and move the alias `champion` if it was promoted.

    `database` is the sqlite file of the tracking store and registry, `artifacts` the folder for its files;
    both are created when missing.
    """
    client = _client(database)
    experiment = _experiment(client, artifacts)
    run_id = _logged(client, experiment, manifest.release_id) or _log(client, experiment, release, manifest)
    client.set_tag(run_id, "promoted", str(decision.promoted).lower())
    client.set_tag(run_id, "reason", decision.reason)
    version = _registered(client, run_id, manifest.release_id)
    if decision.promoted:
        client.set_registered_model_alias(REGISTERED_MODEL, CHAMPION, version)


def _client(database: Path) -> MlflowClient:
    database.parent.mkdir(parents=True, exist_ok=True)
    if not database.exists():
        _create(database)
    return _connect(database)


def _create(database: Path) -> None:
    """Make an empty store whole or not at all: a kill amid MLflow's migrations cannot be mended."""
    unfinished = database.with_name(database.name + ".unfinished")
    for leftover in database.parent.glob(unfinished.name + "*"):
        leftover.unlink()
    _connect(unfinished).search_experiments(max_results=1)
    unfinished.replace(database)


def _connect(database: Path) -> MlflowClient:
    uri = f"sqlite:///{database}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _experiment(client: MlflowClient, artifacts: Path) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(EXPERIMENT, artifact_location=str(artifacts)))


def _logged(client: MlflowClient, experiment: str, release_id: str) -> str | None:
    """The finished parent run of a release, if there is one."""
    query = f"tags.release_id = '{release_id}' and tags.role = 'release' and attributes.status = 'FINISHED'"
    runs = client.search_runs([experiment], query, max_results=1)
    return str(runs[0].info.run_id) if runs else None


def _log(client: MlflowClient, experiment: str, release: Path, manifest: Manifest) -> str:
    release_id = manifest.release_id
    tags = {"release_id": release_id, "role": "release"}
    parent = client.create_run(experiment, run_name=f"release {release_id}", tags=tags)
    run_id = str(parent.info.run_id)
    for name in ("currency", "horizon_days", "value_window_days", "window_reason", "feature_fingerprint"):
        client.log_param(run_id, name, getattr(manifest, name))
    for name in CHILDREN:
        _log_child(client, experiment, run_id, release, name)
    client.log_artifacts(run_id, str(release), "release")
    client.set_terminated(run_id)
    return run_id


def _log_child(client: MlflowClient, experiment: str, parent: str, release: Path, name: str) -> None:
    """One model: its settings as params, its figures as metrics."""
    child = client.create_run(experiment, run_name=name, tags={"mlflow.parentRunId": parent, "role": name})
    run_id = child.info.run_id
    for key, value in _flat(read_json(release / name / "recipe.json")):
        client.log_param(run_id, key, value)
    for key, value in _flat(read_json(release / "metrics" / f"{name}.json")):
        if isinstance(value, int | float) and not isinstance(value, bool):
            client.log_metric(run_id, key, value)
            client.log_metric(parent, f"{name}.{key}", value)
    client.set_terminated(run_id)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested mappings as dotted keys; lists stay whole."""
    for key, value in sorted(values.items()):
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _registered(client: MlflowClient, run_id: str, release_id: str) -> str:
    """The model version of a release; registered now when it was not."""
    if not client.search_registered_models(f"name = '{REGISTERED_MODEL}'"):
        client.create_registered_model(REGISTERED_MODEL)
    for known in client.search_model_versions(f"name = '{REGISTERED_MODEL}'"):
        if known.tags.get("release_id") == release_id:
            return str(known.version)
    source = f"{client.get_run(run_id).info.artifact_uri}/release"
    version = client.create_model_version(
        REGISTERED_MODEL, source=source, run_id=run_id, tags={"release_id": release_id}
    )
    return str(version.version)
