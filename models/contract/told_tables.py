"""Told rows joined with a table as Arrow holds it: only rows of customers who were told of can change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Kind, Table
from models.contract.merged_rows import merged
from models.contract.told_rows import Row, key_of
from models.contract.validation import CUSTOMER, in_order, with_known_at

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Joined:
    """What became of told rows.

    rows: those of the customers of whom something was told, in order. changed: of these, the ones that are
    new or say more than before. added, filled, held: how many told rows were new, said more of a row that
    there was, or nothing new. waiting: lack what a row needs, or name another customer's.
    """

    rows: pa.Table
    changed: pa.Table
    added: int
    filled: int
    held: int
    waiting: int


def told_of(table: pa.Table, told: Sequence[Row]) -> pa.ChunkedArray:
    """Which rows of a table are of customers of whom something was told [n]."""
    customers = sorted({str(row[CUSTOMER]) for row in told})
    return pc.is_in(table[CUSTOMER], value_set=pa.array(customers, pa.string()))


def strangers_keys(table: pa.Table, told: Sequence[Row], declared: Table) -> set[Key]:
    """Keys of told rows that are, in this table, another customer's row: one of both must be wrong."""
    if CUSTOMER in declared.key:
        return set()
    whose = {tuple(row[name] for name in declared.key): row[CUSTOMER] for row in told}
    first = pa.array(sorted({str(key[0]) for key in whose}), pa.string())
    near = table.filter(pc.is_in(table[declared.key[0]], value_set=first)).select([CUSTOMER, *declared.key])
    keys = zip(*(column.to_pylist() for column in near.columns), strict=True)
    return {key for customer, *rest in keys if whose.get(key := tuple(rest), customer) != customer}


def joined(theirs: pa.Table, told: Sequence[Row], declared: Table, strange: Collection[Key] = ()) -> Joined:
    """Join told rows with all accepted rows of the same customers; `strange` keys are left out."""
    base = _rows(theirs)
    own = [row for row in told if tuple(row[name] for name in declared.key) not in strange]
    both = merged({declared.name: base}, {declared.name: own})[declared.name] if own else base
    before = {key_of(row, declared): row for row in base}
    changed = [row for row in both if before.get(key_of(row, declared)) != row]
    schema = declared.schema(
        tuple(name for name in declared.names if name in theirs.column_names or _filled(name, changed))
    )
    added, waiting = len(both) - len(base), len(told) - len(own) + _waiting(own, both, declared)
    filled = len(changed) - added
    return Joined(
        _whole(both, schema, declared),
        _whole(changed, schema, declared),
        added,
        filled,
        len(told) - added - filled - waiting,
        waiting,
    )


def widened(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with the columns of the schema that it lacks, empty, in the schema's order."""
    arrays = [
        table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _whole(rows: Sequence[Row], schema: pa.Schema, declared: Table) -> pa.Table:
    return in_order(with_known_at(_table(rows, schema), declared), declared)


def _waiting(told: Sequence[Row], both: Sequence[Row], declared: Table) -> int:
    if declared.event == "known_at":  # each change of a customer is a version
        return 0
    there = {key_of(row, declared) for row in both}
    return sum(key_of(row, declared) not in there for row in told)


def _filled(name: str, rows: Sequence[Row]) -> bool:
    return any(row.get(name) is not None for row in rows)


def _rows(table: pa.Table) -> list[Row]:
    columns = {
        name: (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        whole = field.type == Kind.INSTANT.arrow
        arrays.append(pa.array(values, pa.int64() if whole else field.type).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)
