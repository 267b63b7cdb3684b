"""What the gate writes once it has decided, in an order that a kill at any point does not spoil."""

from collections.abc import Mapping
from pathlib import Path

from models.domain.errors import DamagedRelease, MissingRelease
from models.evaluation.promotion import Decision
from models.release import Manifest, copy_release, file_digest, read_manifest
from pipelines import paths, registry


def entry_of(
    manifest: Manifest, champion: str | None, decision: Decision, limit: float | None
) -> registry.Entry:
    """The line that a decision writes into the history."""
    return registry.Entry(
        manifest.release_id,
        manifest.as_of,
        decision.promoted,
        decision.reason,
        champion,
        limit=limit,
    )


def record(release: Path, manifest: Manifest, entry: registry.Entry, inputs: Mapping[str, str]) -> None:
    """Act on a decision: registry and MLflow first, data/live next, history last.

    A kill between two of them is mended by the next run: each step does nothing when it was done before,
    and only the line in the history makes a champion. `inputs`: what the release was made from, by SHA-256.
    """
    live = entry.release_id if entry.promoted else entry.champion_before
    if not registry.decided(paths.REGISTRY, entry):
        from pipelines import tracking  # noqa: PLC0415  # seconds of import, wanted only when something changed

        registry.keep(paths.REGISTRY, entry.release_id, release)
        decision = Decision(entry.promoted, entry.reason)
        tracking.log_release(
            paths.MLFLOW_DB, paths.MLFLOW_ARTIFACTS, release, manifest, decision, inputs=inputs
        )
        if live is not None:
            tracking.set_champion(paths.MLFLOW_DB, live)
    if live is not None:
        put_live(registry.release_folder(paths.REGISTRY, live), live)
    registry.append(paths.REGISTRY, entry)
    print(f"release {entry.release_id}: {'promoted' if entry.promoted else 'REFUSED'} ({entry.reason})")


def input_digests() -> dict[str, str]:
    """SHA-256 of what the candidate was made from, by path: tables, features, labels and settings."""
    files = [*paths.TABLES.glob("*"), *paths.FEATURES.glob("*"), *paths.LABELS.glob("*"), paths.PARAMS]
    return {str(file): file_digest(file) for file in sorted(files) if file.is_file()}


def put_live(source: Path, release_id: str) -> None:
    """Make data/live this release; nothing is written when it is already, whole and undamaged."""
    try:
        if read_manifest(paths.LIVE).release_id == release_id:
            return
    except (MissingRelease, DamagedRelease) as found:
        print(f"data/live is written anew: {found.problem}")
    read_manifest(source)
    copy_release(source, paths.LIVE)
