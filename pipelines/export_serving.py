"""Stage: put together what a server loads: one release, one as-of, and the hash of each file."""

import shutil
from collections.abc import Mapping
from typing import Any

from models.contract.storage import read_json, read_table, write_json
from models.domain.instants import iso
from models.features.attribute_catalogue import FAMILY as ATTRIBUTES
from models.release import LEFT_OUT, copy_release, file_digest, read_manifest
from pipelines import paths
from pipelines.report_settings import words_to_report_in
from pipelines.stage import run

FORMAT = 1
SERVED = ("plan.parquet", "release/features.json", "scores.parquet")


def main() -> None:
    """Write data/serving; `serving.json` last, so a folder without one is unfinished."""
    manifest = read_manifest(paths.LIVE)
    shutil.rmtree(paths.SERVING, ignore_errors=True)
    paths.SERVING.mkdir(parents=True)
    copy_release(paths.LIVE, paths.SERVING / "release")
    # A champion may be older than the data it scores: what is served speaks for the data.
    shutil.copytree(
        paths.FITTED_POPULATION, paths.SERVING / "population", ignore=shutil.ignore_patterns(*LEFT_OUT)
    )
    for source in (paths.SCORES / "scores.parquet", paths.PLAN / "plan.parquet"):
        shutil.copyfile(source, paths.SERVING / source.name)
    counted = (f"population/{file.name}" for file in (paths.SERVING / "population").iterdir())
    files = {name: file_digest(paths.SERVING / name) for name in sorted([*SERVED, *counted])}
    contents = {
        "format": FORMAT,
        "release_id": manifest.release_id,
        "as_of": iso(scored_as_of()),
        "currency": manifest.currency,
        "timezone": manifest.timezone,
        "language": words_to_report_in().language,
        "knows_purchases": knows_purchases(read_json(paths.LIVE / "features.json")),
        "files": files,
    }
    write_json(contents, paths.SERVING / "serving.json")
    print(f"release {manifest.release_id} is ready to serve: make serve")


def knows_purchases(features: Mapping[str, Any]) -> bool:
    """Whether `features.json` holds anything but attributes, as that of one wide table never does."""
    return any(each["family"] != ATTRIBUTES for each in features["features"])


def scored_as_of() -> int:
    """The instant for which the customers were scored, microseconds."""
    scores = read_table(paths.SCORES / "scores.parquet", ["as_of"])
    return int(scores["as_of"][0].cast("int64").as_py())


if __name__ == "__main__":
    run(main)
