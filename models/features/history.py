"""Contract tables laid out for the kernel: by customer, then time, as whole numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.features.conditions import Settled
from models.features.local_days import local_days
from models.features.plan import Plan, Storage, Stored, TableLayout
from models.features.said import TableSaid
from models.features.scratch import NEVER, NULL, Scratch
from models.features.states import interval, static_bits, visible_from

CUSTOMER = "customer_id"
_ALWAYS = {"orders": ("amount_minor",)}  # who is a customer is read from purchases

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class TableHistory:
    """One table's events, by customer, then time.

    Customer i owns the events first[i] to first[i + 1]; columns [rows of the layout, n]; marks: one for
    each key code.
    """

    layout: TableLayout
    first: Ints
    columns: Ints
    marks: Ints

    def scratch(self, blocks: Sequence[Ints]) -> Scratch:
        """Room for the kernel to fold any of some blocks of rows, given the customers of each."""
        sizes = np.diff(self.first)
        events = max((int(sizes[customers].sum()) for customers in blocks), default=0)
        rows, windows = max(map(len, blocks), default=0), len(self.layout.plan.width)
        return Scratch(
            seen=np.empty(events, np.int64),
            state=np.empty(events, np.int64),
            seen_edge=np.empty((rows, windows + 1), np.int64),
            passed=np.empty(events + 1, np.int64),
            listed=np.empty(events, np.int64),
            edge=np.empty((rows, windows + 1), np.int64),
            value=np.empty(events + 1, np.int64),
            ordered=np.empty(events, np.int64),
            total=np.empty((len(self.layout.plan.place), rows), np.int64),
            marks=self.marks,
        )


@dataclass(frozen=True)
class History:
    """What each table says about some customers.

    customers: their ids [c], sorted. tables: in the order of the plan's layouts.
    """

    customers: pa.Array
    tables: tuple[TableHistory, ...]


def columns_read(plan: Plan, name: str) -> frozenset[str]:
    """Columns of a contract table that `build_history` reads when they are there."""
    declared = contract_table(name)
    needed = {CUSTOMER, declared.event, *(known for _, known in declared.known_at), *_ALWAYS.get(name, ())}
    needed.update(column for fold in plan.folds if fold.table == name for column in fold.columns)
    for layout in plan.layouts:
        needed.update(item.reopened for item in layout.intervals if isinstance(item, Settled))
    return frozenset(needed & set(declared.names))


def customers_of(orders: pa.Table) -> pa.Array:
    """Ids of all who have an order line, sorted."""
    ids = pc.unique(orders.column(CUSTOMER))
    return ids.take(pc.sort_indices(ids))


def first_purchases(orders: pa.Table, customers: pa.Array) -> Ints:
    """When each customer's first purchase had happened and was known [c]; NEVER for those without one."""
    code = np.asarray(pc.index_in(orders.column(CUSTOMER), value_set=customers))
    bought = np.asarray(pc.greater(orders.column("amount_minor"), 0))
    first = np.full(len(customers), NEVER)
    np.minimum.at(first, code[bought], visible_from("orders", TableSaid(orders), "ordered_at")[bought])
    return first


def build_history(plan: Plan, tables: Mapping[str, pa.Table], customers: pa.Array, zone: str) -> History:
    """Lay out what the plan needs of these customers; `zone` names the local days.

    Rows of one customer at one instant keep the order of the table. Every table that the plan needs must be
    there (`availability.py` sees to that); rows of other customers are left out.
    """
    histories = (_table_history(layout, tables[layout.table], customers, zone) for layout in plan.layouts)
    return History(customers, tuple(histories))


def _table_history(layout: TableLayout, table: pa.Table, customers: pa.Array, zone: str) -> TableHistory:
    found = pc.index_in(table.column(CUSTOMER), value_set=customers)
    if found.null_count:
        table, found = table.filter(pc.is_valid(found)), pc.drop_null(found)
    code = np.asarray(found)
    time = TableSaid(table).whole(contract_table(layout.table).event, NEVER)
    order = _time_order(code, time)
    columns = np.empty((layout.rows, len(time)), np.int64)
    for row, values in enumerate(_rows(layout, table, time, zone)):
        columns[row] = values[order]
    codes = [1 + int(columns[row].max(initial=-1)) for row in layout.key_rows]
    counts = np.bincount(code, minlength=len(customers))
    return TableHistory(
        layout,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        columns,
        marks=np.full(max(codes, default=0), NEVER),
    )


def _time_order(code: Ints, time: Ints) -> Ints | slice:
    """Rows by customer, then time, stable; contract tables mostly are so already."""
    same = code[1:] == code[:-1]
    if bool(np.all((code[1:] > code[:-1]) | (same & (time[1:] >= time[:-1])))):
        return slice(None)
    return np.lexsort((time, code))


def _rows(layout: TableLayout, table: pa.Table, time: Ints, zone: str) -> Iterator[Ints]:
    """The rows of columns in the kernel's order, one at a time."""
    said = TableSaid(table)
    yield time
    yield visible_from(layout.table, said, contract_table(layout.table).event)
    yield static_bits(said, layout.static)
    for condition in layout.intervals:
        yield from interval(layout.table, said, condition)
    for item in layout.stored:
        yield _measured(layout, said, item, time, zone)


def _measured(layout: TableLayout, said: TableSaid, item: Stored, time: Ints, zone: str) -> Ints:
    match item.storage:
        case Storage.NUMBER:
            numbers: Ints = said.whole(item.column, NULL)
            return numbers
        case Storage.KEY:
            return _codes(said.table.column(item.column))
        case Storage.LOCAL_DAY:
            return local_days(time, zone)
        case Storage.KNOWN_FROM:
            known: Ints = visible_from(layout.table, said, item.column)
            return known
        case Storage.NUMBERED:
            return _numbers(said.table.column(item.column), layout.populations.items)


def _codes(column: pa.ChunkedArray) -> Ints:
    """A small whole number for each distinct key, NULL where there is none."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    return np.asarray(pc.fill_null(pc.cast(encoded.indices, pa.int64()), NULL))


def _numbers(column: pa.ChunkedArray, items: Sequence[str]) -> Ints:
    """The number of each article, the one after the last where it is not among the items."""
    found = pc.index_in(column.combine_chunks(), value_set=pa.array(items, column.type))
    return np.asarray(pc.cast(pc.fill_null(found, len(items)), pa.int64()))
