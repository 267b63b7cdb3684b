"""Events that a server was told, beside what the source holds: `source.also: event_store`.

They are joined with the tables after both were held to the contract: the source's rows stand, told ones fill
what it lacks, and each is known from when it was told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.attributes import attributes_of
from models.contract.columns import Table
from models.contract.digest import Digest, digest, together
from models.contract.fates import all_accepted
from models.contract.storage import read_table, write_table
from models.contract.tables import CUSTOMERS, table
from models.contract.told_event_types import event_types
from models.contract.told_events import recalled
from models.contract.told_files import read_told
from models.contract.told_rows import Row, Rows, rows_of
from models.contract.told_tables import Joined, Key, joined, strangers_keys, told_of, widened
from models.contract.validation import Checked, in_order, with_known_at
from pipelines.checking import CheckedTable


def told_rows(folder: Path, attributes: pa.Schema, until: int | None) -> Rows:
    """What was told, by table, but for what became known after `until` (µs). Raises `BadSource`.

    attributes: the columns of the source's customers, which say what attributes there are.
    """
    types = event_types(attributes_of(attributes))
    return rows_of(
        recalled(event_id, known_at, payload, types)
        for event_id, _, known_at, payload in read_told(folder, until)
    )


def with_told(
    checked: Mapping[str, CheckedTable], folder: Path, as_of: int | None, room: Path
) -> tuple[dict[str, CheckedTable], list[str]]:
    """The tables with what was told beside them, and what there is to say of it. Raises `BadSource`."""
    customers = checked.get(CUSTOMERS.name)
    told = told_rows(folder, pa.schema([]) if customers is None else customers.rows.schema, as_of)
    found, notes = dict(checked), []
    for name, rows in told.items():
        found[name], joining = _with_rows(found.get(name) or _nothing(table(name)), rows, room)
        notes.append(_note(name, joining))
    return found, notes


def _with_rows(checked: CheckedTable, told: Sequence[Row], room: Path) -> tuple[CheckedTable, Joined]:
    """A table in memory, or the sorted runs of a long one: rows of whom was told move to one more run."""
    parts = [read_table(run) for run in checked.runs] if checked.runs else [checked.rows]
    declared = checked.declared
    strange = set[Key]().union(*(strangers_keys(part, told, declared) for part in parts))
    theirs = pa.concat_tables([part.filter(told_of(part, told)) for part in parts])
    found = joined(theirs, told, declared, strange)
    schema = found.rows.schema
    with_digest = replace(checked, digest=_digest(checked, found))
    if not checked.runs:
        others = widened(checked.rows.filter(pc.invert(told_of(checked.rows, told))), schema)
        whole = with_known_at(pa.concat_tables([others, found.rows]), declared)
        return replace(with_digest, rows=in_order(whole, declared)), found
    for run, part in zip(checked.runs, parts, strict=True):
        others = widened(part.filter(pc.invert(told_of(part, told))), schema)
        write_table(with_known_at(others, declared), run)
    more = room / f"told_{declared.name}.parquet"
    write_table(found.rows, more)
    return replace(with_digest, rows=schema.empty_table(), runs=(*checked.runs, more)), found


def _digest(checked: CheckedTable, found: Joined) -> Digest:
    """The digest with what changed; a row that says more counts twice by day, which nobody counts on."""
    changed = Checked(found.changed, all_accepted(found.changed.num_rows))
    both = together([checked.digest, digest(changed, checked.declared)])
    counts = checked.digest.counts
    return replace(
        both,
        columns=tuple(found.rows.column_names),
        counts=replace(
            counts,
            read=counts.read + found.added + found.filled + found.held + found.waiting,
            accepted=counts.accepted + found.added,
            merged=counts.merged + found.filled + found.held,
            out_of_scope=counts.out_of_scope + found.waiting,
        ),
    )


def _nothing(declared: Table) -> CheckedTable:
    """A table that the source does not have."""
    rows = declared.schema(declared.required_names).empty_table()
    of_none = digest(Checked(rows, all_accepted(0)), declared)
    return CheckedTable(declared, of_none, pa.table({"row": pa.array([], pa.int64())}), (), rows)


def _note(name: str, found: Joined) -> str:
    waiting = f", {found.waiting:,} lack what the source has not" if found.waiting else ""
    return (
        f"{name}: of the rows told to a server {found.added:,} are new, {found.filled:,} say more of the "
        f"source's, {found.held:,} nothing new{waiting}"
    )
