"""Reading and writing contract tables and the summary that ingest leaves beside them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SUMMARY = "source.json"

COMPRESSION = "zstd"
NUMBERS = "BYTE_STREAM_SPLIT"  # how columns of floats are kept
OF_NUMBERS = "lz4"  # two thirds of the time to write float columns, for two fifths more bytes
ROW_GROUP_ROWS = 1 << 20


@dataclass(frozen=True)
class RowCounts:
    """What became of the rows of one table: read = accepted + merged + out_of_scope + rejected.

    files: the same by file, where the table lies in several.
    """

    read: int
    accepted: int
    merged: int = 0
    out_of_scope: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, "RowCounts"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `ValueError` unless every row read is accounted for."""
        if self.read != self.accepted + self.merged + self.out_of_scope + self.rejected:
            raise ValueError(f"rows unaccounted for: {self}")


@dataclass(frozen=True)
class SourceSummary:
    """What ingest found, kept in `data/tables/source.json`.

    `as_of` is the newest instant the data can speak for and `first_order_at` the oldest order (None where the
    source has none), both in microseconds. `columns` lists, per table, the columns that the source filled.
    `identity_key` is the fingerprint of the secret that hides keys of other systems, None without such keys.
    """

    kind: str
    currency: str
    timezone: str
    as_of: int
    first_order_at: int | None
    rows: Mapping[str, RowCounts]
    columns: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    identity_key: str | None = None

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the source filled a table (and a column of it)."""
        return table in self.columns and (column is None or column in self.columns[table])


def write_table(table: pa.Table, path: Path, encoding: Mapping[str, str] | None = None) -> None:
    """Write one Parquet file whole or not at all: same rows, same bytes, no timestamps.

    encoding: Parquet's name of it, by column; the others have a dictionary where it is short, and statistics.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    pq.write_table(
        table.replace_schema_metadata(None),
        unfinished,
        row_group_size=ROW_GROUP_ROWS,
        **_encoded(table.schema, encoding),
    )
    unfinished.replace(path)


def write_batches(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    path: Path,
    encoding: Mapping[str, str] | None = None,
) -> None:
    """Write one Parquet file whole or not at all from batches, each of which becomes a row group.

    encoding: as in `write_table`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    schema, kept = schema.remove_metadata(), _encoded(schema, encoding)
    with pq.ParquetWriter(unfinished, schema, **kept) as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(None), row_group_size=ROW_GROUP_ROWS)
    unfinished.replace(path)


def _encoded(schema: pa.Schema, encoding: Mapping[str, str] | None) -> dict[str, Any]:
    """What Parquet's writer is told: columns with an encoding of their own are read often, and whole."""
    if not encoding:
        return {"compression": COMPRESSION}
    others = [name for name in schema.names if name not in encoding]
    numbers = [name for name, how in encoding.items() if how == NUMBERS]
    return {
        "use_dictionary": others,
        "write_statistics": others,
        "column_encoding": dict(encoding),
        "compression": dict.fromkeys(schema.names, COMPRESSION) | dict.fromkeys(numbers, OF_NUMBERS),
    }


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read one Parquet file, all columns or those named."""
    return pq.read_table(path, columns=list(columns) if columns is not None else None, use_threads=False)


def write_json(value: Any, path: Path) -> None:
    """Write JSON whole or not at all, with sorted keys, for people and diffs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(
        json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    )
    unfinished.replace(path)


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text())


def write_summary(summary: SourceSummary, folder: Path) -> None:
    """Write `source.json` into the folder of the tables."""
    write_json(asdict(summary), folder / SUMMARY)


def read_summary(folder: Path) -> SourceSummary:
    """Read `source.json` from the folder of the tables."""
    return summary_from(read_json(folder / SUMMARY))


def summary_from(values: Any) -> SourceSummary:
    """The summary from the values of its JSON file."""
    return SourceSummary(
        **{
            **values,
            "rows": {name: _counts_from(counts) for name, counts in values["rows"].items()},
            "columns": {name: tuple(columns) for name, columns in values["columns"].items()},
            "notes": tuple(values["notes"]),
        }
    )


def _counts_from(values: Mapping[str, Any]) -> RowCounts:
    files = {name: RowCounts(**counts) for name, counts in values.get("files", {}).items()}
    return RowCounts(**{**values, "files": files})
