"""The release: everything that a score needs, in one directory whose name is its content.

    release.json          what it is (below) and the SHA-256 of every other file
    churn/ lifetime_value/ response/   fitted models: LightGBM text and JSON
    population/           what was counted of articles, for features to look up
    features.json         the declared features it reads and their fingerprint
    policy.json           the policy settings in force
    metrics/              how well it did

The pipeline publishes it and the server loads it; this module is the only contract between the two.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from models.contract.storage import read_json, write_json
from models.domain.errors import DamagedRelease, MissingRelease

FORMAT = 1
MANIFEST = "release.json"
POLICY = "policy.json"
ID_DIGITS = 16
LEFT_OUT = ("backtest*.parquet", "every_population.parquet")  # what training looks at, and nobody after it


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    as_of: microseconds, the newest instant its training data could speak for. mean_order_amount_minor:
    the population's mean order, on which the assumed response curve is scaled; in the money of the features
    (`features.json`: constant where the source has a price index). files: path → SHA-256.
    """

    as_of: int
    currency: str
    timezone: str
    horizon_days: int
    value_window_days: int
    window_reason: str
    response_state: str
    mean_order_amount_minor: int
    feature_fingerprint: str
    files: Mapping[str, str]
    format: int = FORMAT

    @property
    def release_id(self) -> str:
        """A hash of the files and of what the manifest says: same content, same id."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:ID_DIGITS]


def assemble(folder: Path, parts: Mapping[str, Path]) -> dict[str, str]:
    """Copy files and folders into an empty release folder by name; returns path → SHA-256."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, source in sorted(parts.items()):
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    return digests(folder)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder but the manifest, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


def file_digest(path: Path) -> str:
    """SHA-256 of one file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Seal a release: the manifest is written last, so a folder without one is unfinished."""
    write_json({"release_id": manifest.release_id, **asdict(manifest)}, folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """Read and check a release: every file present, unchanged, and the id theirs.

    Raises `MissingRelease` when there is none, `DamagedRelease` when something does not match.
    """
    if not (folder / MANIFEST).exists():
        raise MissingRelease(
            f"there is no release in {folder}", remedy="Run `make` to build one, then try again."
        )
    values: dict[str, Any] = read_json(folder / MANIFEST)
    stated = values.pop("release_id", None)
    if values.get("format") != FORMAT:
        raise DamagedRelease(
            "the release has a format that this version does not read",
            allowed=str(FORMAT),
            given=values.get("format"),
            remedy="Publish it again with this version.",
        )
    manifest = Manifest(**values)
    found = digests(folder)
    changed = sorted(
        name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name)
    )
    if changed or manifest.release_id != stated:
        raise DamagedRelease(
            "the release is not what was published",
            given=", ".join(changed) or MANIFEST,
            remedy="Restore the folder, or publish it again with `make`.",
        )
    return manifest


def copy_release(source: Path, target: Path) -> None:
    """Put a release in place whole: copied beside the target, then swapped by renaming.

    A kill leaves the old one, the new one, or (between two renames) none, but never a part of one.
    """
    unfinished, replaced = (target.with_name(target.name + end) for end in (".unfinished", ".replaced"))
    for leftover in (unfinished, replaced):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(source, unfinished)
    if target.exists():
        target.rename(replaced)
    unfinished.rename(target)
    shutil.rmtree(replaced, ignore_errors=True)


def repoliced(champion: Path, policy: Path, folder: Path) -> Manifest:
    """Assemble in `folder` the champion's models and figures under another policy; returns its manifest.

    A candidate that the gate refused must not hold back a tighter limit: policy is decided, not fitted.
    """
    manifest = read_manifest(champion)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(champion, folder)
    (folder / MANIFEST).unlink()
    shutil.copyfile(policy, folder / POLICY)
    renewed = replace(manifest, files=digests(folder))
    write_manifest(folder, renewed)
    return renewed
