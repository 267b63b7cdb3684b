"""The one stage module that knows MLflow: a parent run a release, a child run a model, the registry's alias.

Runs are written from the files that the stages left, so training needs no tracking server, and a release
that was logged before is not logged again. The model itself is `pipelines/pyfunc.py` with the release.
"""

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version as installed
from itertools import islice
from pathlib import Path
from typing import Any

import mlflow.pyfunc
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunStatus,
    ViewType,
)
from mlflow.entities.model_registry import ModelVersion
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema

from models.contract.storage import read_json
from models.domain.errors import MissingRelease, one_of
from models.evaluation.promotion import Decision
from models.features.looked_up import NAMES as LOOKED_UP
from models.release import Manifest
from pipelines.run_figures import SOURCES, Figure, Figures, model_figures, plots, release_params

EXPERIMENT = "holdfast"
REGISTERED_MODEL = "holdfast"
CHAMPION = "champion"

MODEL_SCRIPT = Path(__file__).with_name("pyfunc.py")
MODEL_PACKAGE = Path(__file__).parents[1] / "models"
MODEL_NEEDS = ("lightgbm", "mlflow", "numpy", "pandas", "pyarrow")
# Where a logged model keeps the release: MLflow's folder for artifacts, and our name in it.
RELEASE_IN_MODEL = "artifacts/release"

PARAMS_AT_ONCE = 100  # MLflow refuses more in one request
DIGEST_DIGITS = 36  # MLflow keeps no more of a data set's digest; the params have all of it


def log_release(
    database: Path,
    artifacts: Path,
    release: Path,
    manifest: Manifest,
    decision: Decision,
    *,
    inputs: Mapping[str, str] | None = None,
) -> None:
    """Log a release and register it as a model version; `set_champion` moves the alias.

    `database` is the sqlite file of the tracking store and registry, `artifacts` the folder for its files;
    both are created when missing. `inputs`: name → SHA-256 of what the release was made from.
    """
    client = _client(database)
    experiment = _experiment(client, artifacts)
    _end_killed(client, experiment)
    run_id = _logged(client, experiment, manifest.release_id)
    if run_id is None:
        run_id = _log(client, experiment, release, manifest, inputs or {})
    client.set_tag(run_id, "promoted", str(decision.promoted).lower())
    client.set_tag(run_id, "reason", decision.reason)
    _registered(client, run_id, manifest.release_id)


def log_search(
    database: Path, artifacts: Path, trials: Sequence[tuple[Mapping[str, Any], Sequence[float]]], reason: str
) -> None:
    """Log a search: a parent run, and a child a trial with its settings and its log-loss by cut."""
    client = _client(database)
    experiment = _experiment(client, artifacts)
    _end_killed(client, experiment)
    parent = client.create_run(experiment, run_name="search", tags={"role": "search", "reason": reason})
    for number, (settings, losses) in enumerate(trials):
        tags = {"mlflow.parentRunId": parent.info.run_id, "role": "trial"}
        run_id = client.create_run(experiment, run_name=f"trial {number}", tags=tags).info.run_id
        _log_params(client, run_id, {name: str(value) for name, value in settings.items()})
        points = [Metric("log_loss", loss, 0, step) for step, loss in enumerate(losses)]
        client.log_batch(run_id, [*points, Metric("mean_log_loss", sum(losses) / len(losses), 0, 0)])
        client.set_terminated(run_id)
    client.set_terminated(parent.info.run_id)


def set_champion(database: Path, release_id: str) -> None:
    """Point the alias `champion` at the registered version of a release. Raises `MissingRelease`."""
    client = _connect(database)
    version = _known_one(client, release_id).version
    client.set_registered_model_alias(REGISTERED_MODEL, CHAMPION, version)


def registered_release(database: Path, wanted: str) -> Path:
    """Where MLflow keeps a registered release, named by its id or by an alias such as `champion`.

    Raises `MissingRelease` when there is no such release; the message lists what there is.
    """
    return Path(_known_one(_connect(database), wanted).source, RELEASE_IN_MODEL)


def _known_one(client: MlflowClient, wanted: str) -> ModelVersion:
    known = _known(client)
    if wanted not in known:
        raise MissingRelease(
            "no such release is registered",
            allowed=one_of(sorted(known)),
            given=wanted,
            remedy="Name a release or an alias that is; `make mlflow` shows them.",
        )
    return known[wanted]


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
    # MLflow draws a bar for every few files that it copies, and only the environment can say no.
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    uri = f"sqlite:///{database}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _experiment(client: MlflowClient, artifacts: Path) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(EXPERIMENT, artifact_location=str(artifacts)))


def _end_killed(client: MlflowClient, experiment: str) -> None:
    """End the runs and models that a killed stage left open: only one stage at a time logs."""
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'", ViewType.ALL):
        client.set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.KILLED))
    for model in client.search_logged_models([experiment]):
        if model.status == LoggedModelStatus.PENDING:
            client.finalize_logged_model(model.model_id, LoggedModelStatus.FAILED)


def _logged(client: MlflowClient, experiment: str, release_id: str) -> str | None:
    """The finished parent run of a release, if there is one."""
    query = f"tags.release_id = '{release_id}' and tags.role = 'release' and attributes.status = 'FINISHED'"
    runs = client.search_runs([experiment], query, max_results=1)
    return str(runs[0].info.run_id) if runs else None


def _log(
    client: MlflowClient, experiment: str, release: Path, manifest: Manifest, inputs: Mapping[str, str]
) -> str:
    """Write the parent run, its children, plots, data sets and model; returns the parent's id."""
    release_id = manifest.release_id
    tags = {"release_id": release_id, "role": "release"}
    run_id = str(client.create_run(experiment, run_name=f"release {release_id}", tags=tags).info.run_id)
    _log_params(client, run_id, release_params(manifest, inputs))
    client.log_inputs(run_id, [_data_set(name, digest) for name, digest in sorted(inputs.items())])
    for name in SOURCES:
        _log_child(client, experiment, run_id, name, model_figures(release, manifest, name))
    for name, text in plots(release).items():
        client.log_text(run_id, text, f"plots/{name}")
    _log_model(client, experiment, run_id, release, release_id)
    client.set_terminated(run_id)
    return run_id


def _log_child(client: MlflowClient, experiment: str, parent: str, name: str, figures: Figures) -> None:
    """One model: its settings and words as params, its figures as metrics, here and with the parent."""
    tags = {"mlflow.parentRunId": parent, "role": name}
    run_id = client.create_run(experiment, run_name=name, tags=tags).info.run_id
    _log_params(client, run_id, figures.params)
    client.log_batch(run_id, metrics=[_metric(figure) for figure in (*figures.metrics, *figures.backtests)])
    client.log_batch(parent, metrics=[_metric(figure, prefix=f"{name}.") for figure in figures.metrics])
    client.set_terminated(run_id)


def _log_params(client: MlflowClient, run_id: str, params: Mapping[str, str]) -> None:
    waiting = iter(Param(key, value) for key, value in sorted(params.items()))
    while some := list(islice(waiting, PARAMS_AT_ONCE)):
        client.log_batch(run_id, params=some)


def _metric(figure: Figure, prefix: str = "") -> Metric:
    return Metric(prefix + figure.name, figure.value, figure.at, figure.step)


def _data_set(name: str, digest: str) -> DatasetInput:
    return DatasetInput(Dataset(name, digest[:DIGEST_DIGITS], source_type="local", source=name))


def _log_model(client: MlflowClient, experiment: str, run_id: str, release: Path, release_id: str) -> None:
    """Log the script, the package and the release as one model, by the client: no global tracking address."""
    tags = {"release_id": release_id}
    model = client.create_logged_model(experiment, "model", source_run_id=run_id, tags=tags)
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "model"
        _save_model(made, release, Model(model.artifact_location, run_id, model_id=model.model_id))
        client.log_model_artifacts(model.model_id, str(made))
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)


def _save_model(folder: Path, release: Path, about: Model) -> None:
    """Write the model; it reads a customer's id and every feature that it cannot look up itself, by name."""
    names = read_json(release / "features.json")["names"]
    features = [name for name in names if name not in LOOKED_UP]
    reads = Schema([ColSpec("string", "customer_id"), *(ColSpec("double", name) for name in features)])
    with warnings.catch_warnings():
        # MLflow would rather have an example to run; a test compares whole predictions instead.
        warnings.filterwarnings("ignore", message=".*An input example was not provided", category=UserWarning)
        mlflow.pyfunc.save_model(
            folder,
            python_model=MODEL_SCRIPT,
            artifacts={"release": str(release)},
            code_paths=[str(MODEL_PACKAGE)],
            pip_requirements=[f"{name}=={installed(name)}" for name in MODEL_NEEDS],
            signature=ModelSignature(inputs=reads),
            mlflow_model=about,
        )


def _registered(client: MlflowClient, run_id: str, release_id: str) -> str:
    """The model version of a release; registered now when it was not."""
    if not client.search_registered_models(f"name = '{REGISTERED_MODEL}'"):
        client.create_registered_model(REGISTERED_MODEL)
    for known in _versions(client):
        if known.tags["release_id"] == release_id:
            return str(known.version)
    model_id = client.get_run(run_id).outputs.model_outputs[0].model_id
    version = client.create_model_version(
        REGISTERED_MODEL,
        source=client.get_logged_model(model_id).artifact_location,
        run_id=run_id,
        model_id=model_id,
        tags={"release_id": release_id},
    )
    return str(version.version)


def _versions(client: MlflowClient) -> Iterator[ModelVersion]:
    """The registered releases; versions that somebody registered by hand are no releases."""
    for version in client.search_model_versions(f"name = '{REGISTERED_MODEL}'"):
        if "release_id" in version.tags:
            yield version


def _known(client: MlflowClient) -> dict[str, ModelVersion]:
    """Every registered release by its id, and by each alias that stands on it."""
    versions = {str(version.version): version for version in _versions(client)}
    if not versions:
        return {}
    aliases = client.get_registered_model(REGISTERED_MODEL).aliases
    named = {alias: versions[str(number)] for alias, number in aliases.items() if str(number) in versions}
    return {version.tags["release_id"]: version for version in versions.values()} | named
