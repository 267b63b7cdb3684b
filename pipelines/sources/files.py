"""A folder of CSV or Parquet files, one a table, with columns named as in the contract.

Order of rules: rows that name nobody are out of scope; where order lines carry no line number, lines
identical in all columns are merged and the rest numbered within their order; then texts are understood.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.contract.columns import Table
from models.contract.conform import conform
from models.contract.duplicates import repeats, row_in_group
from models.contract.fates import ACCEPTED, MERGED, all_accepted, settle
from models.contract.tables import CUSTOMERS, ORDERS, TABLES
from models.contract.validation import without_customer
from models.domain.errors import BadSource, one_of
from pipelines.sources.csv_text import read_text
from pipelines.sources.source import Reading, ReadTable, SourceSettings

ENDINGS = (".csv", ".csv.gz", ".parquet")


def read(settings: SourceSettings) -> Reading:
    """Read every table of the contract that the folder `source.path` holds.

    Raises `BadSource` when the folder or its orders are missing, a table is there twice, a required column
    is missing, or a file cannot be read.
    """
    folder = Path(settings.path)
    if not folder.is_dir():
        raise BadSource(
            "`source.path` is not a folder",
            allowed="a folder that holds orders.csv, orders.csv.gz or orders.parquet",
            given=settings.path,
            remedy="Set source.path in params.yaml.",
        )
    found = {declared.name: _file_of(folder, declared) for declared in TABLES}
    notes = _unknown_files(folder)
    tables = {}
    for declared in TABLES:
        path = found[declared.name]
        if path is not None:
            tables[declared.name], said = _read_table(path, declared, settings)
            notes += said
    return Reading(tables, tuple(notes))


def _file_of(folder: Path, declared: Table) -> Path | None:
    there = [path for ending in ENDINGS if (path := folder / f"{declared.name}{ending}").exists()]
    if len(there) > 1:
        names = [path.name for path in there]
        raise BadSource(
            f"{folder} holds {declared.name} more than once",
            allowed="one file a table",
            given=", ".join(names),
            remedy="Remove all but one.",
        )
    if not there and declared.required:
        raise BadSource(
            f"{folder} holds no {declared.name}",
            allowed=one_of(f"{declared.name}{end}" for end in ENDINGS),
            given=", ".join(sorted(path.name for path in folder.iterdir())) or "an empty folder",
            remedy="Put the order lines there, or set source.path in params.yaml.",
        )
    return there[0] if there else None


def _unknown_files(folder: Path) -> list[str]:
    known = {f"{declared.name}{ending}" for declared in TABLES for ending in ENDINGS}
    return [
        f"{path.name} is no table of the contract and was not read"
        for path in sorted(folder.iterdir())
        if path.name not in known and not path.name.startswith(".")
    ]


def _read_table(path: Path, declared: Table, settings: SourceSettings) -> tuple[ReadTable, list[str]]:
    as_read = _parquet(path) if path.suffix == ".parquet" else read_text(path)
    numbered = declared is ORDERS and "line_id" not in as_read.column_names
    _require_columns(path, as_read, declared, derivable={"line_id"} if numbered else set())
    notes = _unknown_columns(path, as_read, declared)
    fates = without_customer(as_read, declared, all_accepted(as_read.num_rows))
    named = as_read
    if numbered:
        fates = settle(fates, repeats(as_read, as_read.column_names, fates == ACCEPTED), MERGED)
        numbers = pa.array(row_in_group(as_read["order_id"])).cast(pa.string())
        named = as_read.append_column("line_id", numbers)
        notes.append(
            "orders has no line_id: identical lines were merged, the rest numbered within their order"
        )
    rows, fates = conform(named, declared, settings.conventions, fates)
    return ReadTable(as_read, rows, fates), notes


def _parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, use_threads=False).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise BadSource(
            f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}", remedy="Export the file again."
        ) from error


def _require_columns(path: Path, as_read: pa.Table, declared: Table, derivable: set[str]) -> None:
    missing = [
        name for name in declared.required_names if name not in as_read.column_names and name not in derivable
    ]
    if not missing:
        return
    left_out = " Or leave the file out: customers are then derived from orders."
    raise BadSource(
        f"{path} lacks {', '.join(missing)}",
        allowed=f"the columns {', '.join(declared.names)}",
        given=", ".join(as_read.column_names),
        remedy="Rename or add columns so that they carry these names."
        + (left_out if declared is CUSTOMERS else ""),
    )


def _unknown_columns(path: Path, as_read: pa.Table, declared: Table) -> list[str]:
    unknown = [name for name in as_read.column_names if name not in declared.names]
    return (
        [f"{path.name}: {', '.join(unknown)} are not columns of {declared.name} and were not used"]
        if unknown
        else []
    )
