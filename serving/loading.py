"""A serving folder into memory: whole and checked, or not at all."""

from pathlib import Path

import numpy as np

from models.contract.storage import read_json
from models.domain.errors import DamagedRelease, MissingRelease, one_of
from models.domain.instants import to_micros
from models.policy.caps_table import RunCaps, open_caps, run_name
from models.release import file_digest
from models.release_features import check_code
from serving.columns import Columns, read_columns
from serving.identities import open_identities
from serving.intervals import read_shares
from serving.judging import HISTORY, open_judging
from serving.layout import CODED, PLAN, PLAN_NEVER_NULL, RUN_WIDE, SCORES, SCORES_NEVER_NULL
from serving.manifest import (
    CAPS_FILE,
    FEATURES_FILE,
    MANIFEST,
    PLAN_FILE,
    REBUILD,
    SCORES_FILE,
    Manifest,
    read_manifest,
)
from serving.snapshot import Snapshot


def load_snapshot(folder: Path) -> Snapshot:
    """Read and check the folder, and that this code computes what its release was trained on.

    Raises `MissingRelease` or `DamagedRelease`.
    """
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    check_code(read_json(folder / FEATURES_FILE))
    scores = read_columns(folder / SCORES_FILE, SCORES)
    plan = read_columns(folder / PLAN_FILE, PLAN)
    for name, columns, never_null in (
        (SCORES_FILE, scores, SCORES_NEVER_NULL),
        (PLAN_FILE, plan, PLAN_NEVER_NULL),
    ):
        _check_one_run(name, columns, manifest)
        _check_codes(name, columns)
        _check_values(name, columns, never_null)
    if np.any(np.diff(plan["rank"]) <= 0):
        raise DamagedRelease(f"{PLAN_FILE} is not in order of rank", remedy=REBUILD)
    worth = bool(scores["lifetime_value_minor"].any() or scores["value_at_stake_minor"].any())
    rows = _index(SCORES_FILE, scores)
    found = Snapshot(
        manifest,
        scores,
        plan,
        rows,
        _index(PLAN_FILE, plan),
        open_judging(
            folder, manifest.release_id, knows_purchases=manifest.knows_purchases, worth_known=worth
        ),
        open_identities(folder / HISTORY, manifest.phone_country_code),
        read_shares(folder / "release"),
        _caps(folder, manifest, scores),
        rows,
    )
    found.prepare()
    return found


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name in sorted({SCORES_FILE, PLAN_FILE, FEATURES_FILE, *manifest.files}):
        path = folder / name
        if not path.is_file():
            raise MissingRelease("a file that answers need is missing", given=str(path), remedy=REBUILD)
        if file_digest(path) != manifest.files.get(name):
            raise DamagedRelease(
                f"{path} is not the file that {MANIFEST} describes",
                allowed=f"SHA-256 {manifest.files.get(name)}",
                remedy=REBUILD,
            )


def _check_one_run(name: str, columns: Columns, manifest: Manifest) -> None:
    as_of = np.datetime64(to_micros(manifest.as_of), "us")
    stated = {"currency": manifest.currency, "model_version": manifest.release_id, "as_of": as_of}
    for column in RUN_WIDE:
        other = columns[column] != stated[column]
        if np.any(other):
            raise DamagedRelease(
                f"{name} and {MANIFEST} do not belong to one run: they differ in {column}",
                allowed=str(stated[column]),
                given=str(columns[column][other][0]),
                remedy=REBUILD,
            )


def _check_codes(name: str, columns: Columns) -> None:
    for column, words in CODED.items():
        unknown = {word for word in set(columns[column]) if word is not None and word not in set(words)}
        if unknown:
            raise DamagedRelease(
                f"{name} has words in {column} that this version does not know",
                allowed=one_of(words),
                given=", ".join(sorted(unknown)),
                remedy=REBUILD,
            )


def _check_values(name: str, columns: Columns, never_null: tuple[str, ...]) -> None:
    for column in never_null:
        if np.any(columns.is_null(column)):
            raise DamagedRelease(f"{name} has rows without {column}", remedy=REBUILD)
    probability = columns["churn_probability"]
    if np.any((probability < 0) | (probability > 1)):
        raise DamagedRelease(f"{name} has a churn_probability that is none", allowed="0 to 1", remedy=REBUILD)
    if np.any(columns["incentive_cap_minor"] < 0):
        raise DamagedRelease(f"{name} has a negative incentive_cap_minor", remedy=REBUILD)


def _caps(folder: Path, manifest: Manifest, scores: Columns) -> RunCaps | None:
    """The run's caps, a row for each of the scores; None for a folder of an earlier version."""
    if CAPS_FILE not in manifest.files:
        return None
    found = open_caps(folder / CAPS_FILE)
    run = run_name(manifest.release_id, to_micros(manifest.as_of))
    if found.run != run:
        raise DamagedRelease(
            f"{CAPS_FILE} and {MANIFEST} do not belong to one run",
            allowed=run,
            given=found.run,
            remedy=REBUILD,
        )
    if found.customer_id.to_pylist() != scores["customer_id"].tolist():
        raise DamagedRelease(f"{CAPS_FILE} and {SCORES_FILE} are not of the same customers", remedy=REBUILD)
    return found


def _index(name: str, columns: Columns) -> dict[str, int]:
    """Row by customer. Raises `DamagedRelease` when a customer has two."""
    rows = {customer: row for row, customer in enumerate(columns["customer_id"])}
    if len(rows) != len(columns):
        raise DamagedRelease(f"{name} has more than one row for a customer", remedy=REBUILD)
    return rows
