"""The proposal tried on the files (or samples of long ones) by the very code that `ingest` reads with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.contract.completeness import absences, filled_columns
from models.contract.fates import ACCEPTED, Fates, count, refused
from models.contract.file_counts import counts_by_file
from models.contract.leaks import find_leaks
from models.contract.storage import RowCounts
from models.contract.tables import table
from models.contract.validation import validate
from models.domain.errors import Leakage, TooManyRejected
from models.domain.settings import settings_from
from pipelines.sources import files, wide
from pipelines.sources.concealing import VARIABLE
from pipelines.sources.source import Reading, ReadTable, SourceKind, SourceSettings

SHOWN_ROWS = 5

_SECRET = {VARIABLE: "any secret will do: nothing of a rehearsal is kept"}


@dataclass(frozen=True)
class Rehearsed:
    """One table as `ingest` would read it: what became of the rows, the accepted ones, and some of them.

    shown: rows in contract types, evenly spread over the file, in its order. failing: the required column
    that most of the refused rows lack, or could not be read in; '' where none stands out. sampled: whether
    only a part of the rows was tried, because they are too many for the memory.
    """

    counts: RowCounts
    accepted: pa.Table
    shown: pa.Table
    failing: str = ""
    sampled: bool = False


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
    for name, long in reading.long.items():
        part, _ = long.read(long.parts[0])
        tables[name] = replace(_rehearsed(name, part), sampled=True)
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
    counts = replace(count(fates), files=counts_by_file(fates, read.files))
    return Rehearsed(counts, accepted, _spread(accepted), _failing(name, read.rows, fates))


def refuse_rejected(rehearsal: Rehearsal, headings: Mapping[str, Mapping[str, str]], limit: float) -> None:
    """Raise `TooManyRejected` where `ingest` would stop; headings: by table and contract column."""
    for name, one in rehearsal.tables.items():
        if one.counts.rejected <= limit * one.counts.read:
            continue
        reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in sorted(one.counts.reasons.items()))
        heading = headings.get(name, {}).get(one.failing, "")
        where = f" (look at {one.failing}{heading and f' ← {heading}'})" if one.failing else ""
        raise TooManyRejected(
            f"THE RUN WOULD STOP: {one.counts.rejected:,} of {one.counts.read:,} rows of {name} are refused: "
            f"{reasons}{where}",
            allowed=f"a share of at most {limit:g} (ingest.max_rejected_share)",
            given=round(one.counts.rejected / one.counts.read, 4),
            remedy="Nothing was written. Mend the file, or correct the answers, and run make map again.",
        )


def _failing(name: str, rows: pa.Table, fates: Fates) -> str:
    """The required column that is empty, or was not understood, in most of the refused rows."""
    lost = rows.filter(pa.array(refused(fates)))
    empty = {
        column: lost[column].null_count
        for column in table(name).required_names
        if column in lost.column_names
    }
    worst = max(empty, key=lambda column: empty[column], default="")
    return worst if worst and 2 * empty[worst] > lost.num_rows else ""


def _wide(settings: SourceSettings) -> Reading:
    try:
        return wide.read(settings, _SECRET)
    except Leakage as error:
        raise Leakage(
            error.problem,
            given=error.given,
            remedy=f"{error.remedy} To make map: DROP=heading,heading or KEEP=heading,heading.",
        ) from error


def _spread(rows: pa.Table) -> pa.Table:
    places = np.unique(np.linspace(0, max(0, rows.num_rows - 1), SHOWN_ROWS).round().astype(np.int64))
    return rows.take(pa.array(places[places < rows.num_rows]))
