"""Bring a registered release back as a directory: `python -m pipelines.fetch_release champion FOLDER`.

The first word is a release's id or an alias of the registry. The folder then holds the release as it was
published, checked file by file.
"""

import sys
from pathlib import Path

from models.domain.errors import HoldfastError, MissingRelease
from models.release import Manifest, copy_release, read_manifest
from pipelines import paths
from pipelines.stage import run


class BadRequest(HoldfastError):
    """The command names no release and folder, or a folder that is there already."""


def main() -> None:
    """Fetch the release that the command line names."""
    wanted, target = arguments(sys.argv[1:])
    manifest = fetch(paths.MLFLOW_DB, wanted, target)
    print(f"release {manifest.release_id} is in {target}")


def arguments(given: list[str]) -> tuple[str, Path]:
    """The release and the folder. Raises `BadRequest` unless there are two words."""
    if len(given) != 2 or not all(given):
        raise BadRequest(
            "fetching takes a release and a folder for it",
            given=" ".join(given) or "nothing",
            remedy="For example: python -m pipelines.fetch_release champion ../champion",
        )
    return given[0], Path(given[1]).expanduser()


def fetch(database: Path, wanted: str, target: Path) -> Manifest:
    """Copy a release that MLflow has registered to `target`; returns its manifest.

    Raises `BadRequest` when `target` exists, `MissingRelease` when no such release is registered and
    `DamagedRelease` when its files are not what was published.
    """
    if target.exists():
        raise BadRequest(
            "the folder exists already", given=str(target), remedy="Name one that does not, or remove it."
        )
    if not database.exists():
        raise MissingRelease(f"there is no {database}", remedy="Run `make` to build and log a release.")
    from pipelines import tracking  # noqa: PLC0415  # seconds of import, wanted only when the request is sound

    return checked_copy(tracking.registered_release(database, wanted), target)


def checked_copy(source: Path, target: Path) -> Manifest:
    """Copy a release whole or not at all; raises as `read_manifest` does when it is not one."""
    manifest = read_manifest(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    copy_release(source, target)
    return manifest


if __name__ == "__main__":
    run(main)
