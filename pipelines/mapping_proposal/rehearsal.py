"""The proposal tried on the files (or samples of long ones) by the very code that `ingest` reads with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.contract.completeness import absences, filled_columns
from models.contract.fates import ACCEPTED, count
from models.contract.leaks import find_leaks
from models.contract.storage import RowCounts
from models.contract.tables import table
from models.contract.validation import validate
from models.domain.errors import Leakage
from models.domain.settings import settings_from
from pipelines.sources import files, wide
from pipelines.sources.concealing import VARIABLE
from pipelines.sources.source import Reading, ReadTable, SourceKind, SourceSettings

SHOWN_ROWS = 5

_SECRET = {VARIABLE: "any secret will do: nothing of a rehearsal is kept"}


@dataclass(frozen=True)
class Rehearsed:
    """One table as `ingest` would read it: what became of the rows, the accepted ones, and some of them.

    shown: rows in contract types, evenly spread over the file, in its order.
    """

    counts: RowCounts
    accepted: pa.Table
    shown: pa.Table


@dataclass(frozen=True)
class Rehearsal:
    """Every table, the notes of the readers, and what is missing with what that switches off."""

    tables: Mapping[str, Rehearsed]
    notes: tuple[str, ...]
    missing: tuple[str, ...]


def rehearse(source: Mapping[str, Any], path: Path, room: Path) -> Rehearsal:
    """Read `path` by the section `source`; raises `HoldfastError` as `ingest` would.

    `room` is a folder for what does not fit the memory.
    """
    settings = settings_from(SourceSettings, {**source, "path": str(path)}, where="source")
    is_wide = settings.kind is SourceKind.TABLE
    reading = _wide(settings) if is_wide else files.read(settings, _SECRET, room)
    tables = {name: _rehearsed(name, read) for name, read in reading.tables.items()}
    accepted = {name: one.accepted for name, one in tables.items() if one.accepted.num_rows}
    notes = (*reading.notes, *(note for said in reading.findings.values() for note in said))
    if is_wide:
        return Rehearsal(tables, notes, ())
    suspects = [
        f"SUSPECT {leak.column} {leak.problem}. {leak.remedy}."
        for leak in find_leaks(accepted, settings.static_attributes)
    ]
    missing = absences({name: filled_columns(rows) for name, rows in accepted.items()})
    return Rehearsal(tables, (*notes, *suspects), tuple(missing))


def _rehearsed(name: str, read: ReadTable) -> Rehearsed:
    fates = validate(read.rows, table(name), read.fates, None).fates
    accepted = read.rows.filter(pa.array(fates == ACCEPTED))
    return Rehearsed(count(fates), accepted, _spread(accepted))


def _wide(settings: SourceSettings) -> Reading:
    try:
        return wide.read(settings)
    except Leakage as error:
        raise Leakage(
            error.problem,
            given=error.given,
            remedy=f"{error.remedy} To make map: DROP=heading,heading or KEEP=heading,heading.",
        ) from error


def _spread(rows: pa.Table) -> pa.Table:
    places = np.unique(np.linspace(0, max(0, rows.num_rows - 1), SHOWN_ROWS).round().astype(np.int64))
    return rows.take(pa.array(places[places < rows.num_rows]))
