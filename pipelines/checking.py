"""A table held to the contract part by part: short ones in memory, long ones in sorted runs on disk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from models.contract.attributes import attributes_of, with_attributes
from models.contract.columns import Table
from models.contract.derived import dated
from models.contract.digest import Digest, digest, people, together
from models.contract.file_counts import counts_by_file, refused_in_files
from models.contract.leaks import Finding, known_too_early
from models.contract.refusals import refused_rows
from models.contract.storage import ROW_GROUP_ROWS, read_table, write_batches, write_table
from models.contract.tables import CUSTOMERS, ORDERS, table
from models.contract.validation import order_of, validate
from pipelines.progress import track
from pipelines.sources.parts import merged_in_order
from pipelines.sources.source import LongTable, Reading, ReadTable

# Every part knows some of the same customers: digests are added up after so many.
DIGESTS_AT_A_TIME = 4


@dataclass(frozen=True)
class CheckedTable:
    """A table after validation.

    digest: of all its rows. refused: the refused rows as read. early: columns that know too early. rows: the
    accepted rows in order; of a long table those of its first part alone, and `runs` holds all of them.
    """

    declared: Table
    digest: Digest
    refused: pa.Table
    early: tuple[Finding, ...]
    rows: pa.Table
    runs: tuple[Path, ...] = ()


def check_all(reading: Reading, as_of: int | None, room: Path) -> dict[str, CheckedTable]:
    """Every table held to the contract; `room` on disk is for those too long for the memory.

    Customers come last: where they carry no known-at, the orders say since when each is known.
    """
    names = sorted((*reading.tables, *reading.long), key=lambda name: name == CUSTOMERS.name)
    checked: dict[str, CheckedTable] = {}
    for name in track(names, "checking tables", total=len(names)):
        mended = _known_since(checked, as_of) if name == CUSTOMERS.name else _as_it_is
        if name in reading.tables:
            checked[name] = check_table(mended(reading.tables[name]), table(name), as_of)
        else:
            long = _mended(reading.long[name], mended)
            checked[name] = check_long(long, table(name), as_of, room / "checked" / name)
    return {name: checked[name] for name in (*reading.tables, *reading.long)}


def check_table(read: ReadTable, declared: Table, as_of: int | None) -> CheckedTable:
    """Check a table that is in memory."""
    checked = _checked(read, declared, as_of, None)
    return replace(checked, refused=refused_in_files(checked.refused, read.files))


def check_long(long: LongTable, declared: Table, as_of: int | None, folder: Path) -> CheckedTable:
    """Check a table in parts; their accepted rows are written to `folder`, each part in order."""
    parts, so_far = [], []
    for number, part in enumerate(long.parts, 1):
        read, numbers = long.read(part)
        checked = _checked(replace(read, files=long.files), declared, as_of, numbers)
        parts.append(_set_down(checked, folder / f"{number:04}.parquet"))
        so_far.append(checked.digest)
        if number % DIGESTS_AT_A_TIME == 0:
            so_far = [together(so_far)]
    return CheckedTable(
        declared,
        together(so_far),
        refused_in_files(_all_refused([part.refused for part in parts]), long.files),
        tuple({each.column: each for part in parts for each in part.early}.values()),
        read_table(parts[0].runs[0]),
        tuple(run for part in parts for run in part.runs),
    )


def _all_refused(parts: list[pa.Table]) -> pa.Table:
    """Refused rows of all parts, as read; only some parts may have lines that were not understood."""
    return pa.concat_tables(parts, promote_options="default").sort_by("row")


def write_checked(checked: CheckedTable, path: Path, spill: Path) -> None:
    """Write the accepted rows in order, whole or not at all; `spill` is room on disk for sorting."""
    if not checked.runs:
        write_table(checked.rows, path)
        return
    schema = checked.rows.schema
    ordered = merged_in_order(checked.runs, order_of(checked.declared), schema, ROW_GROUP_ROWS, spill)
    write_batches(ordered, schema, path)


def _known_since(others: Mapping[str, CheckedTable], as_of: int | None) -> Callable[[ReadTable], ReadTable]:
    """What gives customers a known-at where they carry none; those who never ordered are known since as-of.

    That is the newest fact of the other tables where nobody says. Without any fact the run will stop anyway.
    """
    newest = [each.digest.newest for each in others.values() if each.digest.newest is not None]
    until = max(newest, default=0) if as_of is None else as_of

    def mended(read: ReadTable) -> ReadTable:
        if "known_at" in read.rows.column_names:
            return read
        return replace(read, rows=dated(read.rows, people(others[ORDERS.name].digest), until))

    return mended


def _as_it_is(read: ReadTable) -> ReadTable:
    return read


def _mended(long: LongTable, mended: Callable[[ReadTable], ReadTable]) -> LongTable:
    """The table with each of its parts mended as it is read."""

    def read(part: Path) -> tuple[ReadTable, pa.ChunkedArray]:
        found, numbers = long.read(part)
        return mended(found), numbers

    return replace(long, read=read)


def _checked(
    read: ReadTable, declared: Table, as_of: int | None, numbers: pa.ChunkedArray | None
) -> CheckedTable:
    declared = with_attributes(declared, attributes_of(read.rows.schema))
    found = validate(read.rows, declared, read.fates, as_of)
    of_all = digest(found, declared)
    by_file = counts_by_file(found.fates, read.files, numbers)
    return CheckedTable(
        declared,
        replace(of_all, counts=replace(of_all.counts, files=by_file)),
        refused_rows(read.as_read, found.fates, numbers),
        tuple(known_too_early(read.rows, declared, read.fates)),
        found.rows,
    )


def _set_down(part: CheckedTable, path: Path) -> CheckedTable:
    """The part with its rows on disk and none in memory."""
    write_table(part.rows, path)
    nothing = part.rows.schema.empty_table()  # a slice would hold on to all of them
    return replace(part, digest=replace(part.digest, people=None), rows=nothing, runs=(path,))
