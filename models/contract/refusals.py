"""Refused rows as they were read, with the reason, for the person who has to mend the source."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Fates, reasons, refused
from models.contract.storage import RowCounts, write_json, write_table
from models.domain.errors import TooManyRejected

COUNTS = "counts.json"


def refused_rows(as_read: pa.Table, fates: Fates, numbers: pa.ChunkedArray | None = None) -> pa.Table:
    """The refused rows as text, with `row` (1 is the first row of data) and `reason`.

    numbers: those of the rows as read, where `as_read` is not the whole table.
    """
    rows = pa.array(np.flatnonzero(refused(fates)))
    taken = as_read.take(rows)
    columns = {
        "row": pc.add(rows, 1) if numbers is None else numbers.take(rows),
        "reason": reasons(fates),
        **{name: taken[name].cast(pa.string()) for name in taken.column_names},
    }
    return pa.table(columns)


def write_refusals(
    folder: Path, refused_by_table: Mapping[str, pa.Table], counts: Mapping[str, RowCounts]
) -> None:
    """One file for each table with refused rows (as `refused_rows`), and `counts.json` always."""
    for name, rows in refused_by_table.items():
        if rows.num_rows:
            write_table(rows, folder / f"{name}.parquet")
    write_json({name: asdict(of_table) for name, of_table in counts.items()}, folder / COUNTS)


def check_share(counts: Mapping[str, RowCounts], limit: float, folder: Path) -> None:
    """Raise `TooManyRejected` when any table lost more than `limit` of its rows to refusals."""
    for name, of_table in counts.items():
        if of_table.rejected > limit * of_table.read:
            raise TooManyRejected(
                f"{of_table.rejected:,} of {of_table.read:,} rows of {name} were refused: "
                f"{_commonest(of_table)}",
                allowed=f"a share of at most {limit:g}",
                given=round(of_table.rejected / of_table.read, 4),
                remedy=f"Look at {folder / f'{name}.parquet'}, mend the source, or raise "
                "ingest.max_rejected_share in params.yaml.",
            )


def _commonest(counts: RowCounts, most: int = 3) -> str:
    ranked = sorted(counts.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{reason} {rows:,}" for reason, rows in ranked[:most])
