"""Stage: put together what a server loads: one release, one as-of, and the hash of each file."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.contract.prices import FILE as PRICES
from models.contract.storage import SUMMARY, read_json, read_table, write_json
from models.contract.tables import IDENTITY
from models.domain.instants import iso
from models.features.attribute_catalogue import FAMILY as ATTRIBUTES
from models.release import LEFT_OUT, copy_release, file_digest, read_manifest
from pipelines import paths
from pipelines.histories import write_histories
from pipelines.params import raw_section
from pipelines.report_settings import words_to_report_in
from pipelines.stage import run

FORMAT = 1
SERVED = ("caps.arrow", "plan.parquet", "release/features.json", "scores.parquet")
ASIDE = (SUMMARY, PRICES, f"{IDENTITY.name}.parquet")
"""What lies beside the tables: what the source filled, price levels, keys of other systems."""


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
    for source in (
        paths.SCORES / "scores.parquet",
        paths.SCORES / "caps.arrow",
        paths.PLAN / "plan.parquet",
    ):
        shutil.copyfile(source, paths.SERVING / source.name)
    export_histories(paths.SERVING / "history")
    more = (file for folder in ("population", "history") for file in (paths.SERVING / folder).iterdir())
    served = sorted([*SERVED, *(file.relative_to(paths.SERVING).as_posix() for file in more)])
    files = {name: file_digest(paths.SERVING / name) for name in served}
    contents = {
        "format": FORMAT,
        "release_id": manifest.release_id,
        "as_of": iso(scored_as_of()),
        "currency": manifest.currency,
        "timezone": manifest.timezone,
        "language": words_to_report_in().language,
        "knows_purchases": knows_purchases(read_json(paths.LIVE / "features.json")),
        "phone_country_code": raw_section("source").get("phone_country_code"),
        "files": files,
    }
    write_json(contents, paths.SERVING / "serving.json")
    print(f"release {manifest.release_id} is ready to serve: make serve")


def export_histories(folder: Path) -> None:
    """Write what is known of every customer, to be judged anew when more is known, or for another day."""
    write_histories(paths.TABLES, folder)
    for name in ASIDE:
        if (paths.TABLES / name).exists():
            shutil.copyfile(paths.TABLES / name, folder / name)


def knows_purchases(features: Mapping[str, Any]) -> bool:
    """Whether `features.json` holds anything but attributes, as that of one wide table never does."""
    return any(each["family"] != ATTRIBUTES for each in features["features"])


def scored_as_of() -> int:
    """The instant for which the customers were scored, microseconds."""
    scores = read_table(paths.SCORES / "scores.parquet", ["as_of"])
    return int(scores["as_of"][0].cast("int64").as_py())


if __name__ == "__main__":
    run(main)
