"""`make rollback RELEASE=id` puts a kept release back and pins it; `make unpin` lets the gate decide again.

What depends on data/live is run again afterwards by DVC: promote looks at the pin first.
"""

import sys

from models.contract.storage import read_json
from models.domain.errors import DamagedRelease, MissingRelease, one_of
from models.release import read_manifest
from models.release_features import differences
from pipelines import paths, registry
from pipelines.readable import unreadable
from pipelines.stage import run

UNPIN = "--unpin"
BY_ITS_CODE = "Return to the code of that release first (git log), then roll back."


def main() -> None:
    """Pin the release named on the command line, or take the pin away."""
    (asked,) = sys.argv[1:] or ("",)
    if asked == UNPIN:
        registry.unpin(paths.REGISTRY)
        print("no release is pinned; the gate decides")
        return
    kept = [entry.release_id for entry in registry.history(paths.REGISTRY) if entry.promoted]
    if asked not in kept:
        raise MissingRelease(
            "no such release ever went live here",
            allowed=one_of(dict.fromkeys(kept)) if kept else "",
            given=asked or None,
            remedy="Name one of them: make rollback RELEASE=…; data/registry/history.jsonl tells them apart.",
        )
    folder = registry.release_folder(paths.REGISTRY, asked)
    manifest = read_manifest(folder)
    computed = read_json(paths.FEATURES / "features.json")
    if manifest.feature_fingerprint != computed["fingerprint"]:
        differing = differences(read_json(folder / "features.json"), computed)
        raise DamagedRelease(
            "this release reads other features than this code and source compute, so it could not score",
            allowed=computed["fingerprint"],
            given=f"{manifest.feature_fingerprint} ({differing})",
            remedy=BY_ITS_CODE,
        )
    unread = unreadable(asked)
    if unread is not None:
        raise DamagedRelease(unread, remedy=BY_ITS_CODE)
    from pipelines import tracking  # noqa: PLC0415  # seconds of import, wanted only for a valid request

    tracking.set_champion(paths.MLFLOW_DB, asked)
    before = registry.champion_id(paths.REGISTRY)
    if asked != before:
        entry = registry.Entry(
            asked, manifest.as_of, promoted=True, reason="rolled back to by hand", champion_before=before
        )
        registry.append(paths.REGISTRY, entry)
    registry.pin(paths.REGISTRY, asked)
    print(f"release {asked} is pinned")


if __name__ == "__main__":
    run(main)
