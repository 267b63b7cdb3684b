"""The table `identity`, for whoever looks customers up by a key, and what a run says of keys."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from models.contract.completeness import filled_columns
from models.contract.storage import SourceSummary, read_json, write_json
from models.contract.tables import IDENTITY
from pipelines.sources.concealing import VARIABLE
from pipelines.sources.identity import Directory, unambiguous

_FINGERPRINT = "identity_key"


def add_identity(
    directory: Directory | None, summary: SourceSummary
) -> tuple[SourceSummary, pa.Table | None]:
    """The summary with what keys the source held, and the table `identity`; None where no table says whose.

    The fingerprint of the secret stands in the summary wherever keys were hidden.
    """
    if directory is None:
        return summary, None
    summary = replace(summary, identity_key=directory.key_fingerprint)
    if not directory.links.num_rows:
        return summary, None
    rows, counts = unambiguous(directory.links)
    shared = (
        f"{IDENTITY.name}: {counts.out_of_scope:,} rows hold a key of several customers, which names nobody"
    )
    summary = replace(
        summary,
        rows={**summary.rows, IDENTITY.name: counts},
        columns={**summary.columns, IDENTITY.name: filled_columns(rows)},
        notes=(*summary.notes, *([shared] if counts.out_of_scope else [])),
    )
    return summary, rows


def changed_key(summary: SourceSummary, remembered: Path) -> str | None:
    """A warning where keys are hidden by another secret than the last time; None where they are not.

    The last fingerprint is kept outside of what DVC removes before a stage runs.
    """
    if summary.identity_key is None:
        return None
    before = read_json(remembered)[_FINGERPRINT] if remembered.exists() else summary.identity_key
    write_json({_FINGERPRINT: summary.identity_key}, remembered)
    if before == summary.identity_key:
        return None
    return (
        f"{VARIABLE} has changed (its fingerprint was {before} and is {summary.identity_key}): customers "
        "known by a key alone have other ids than before; history, holdout and spending do not follow them"
    )
