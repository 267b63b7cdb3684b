"""Contract tables laid out for the kernel: by customer, then time, as whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.features import kernel
from models.features.conditions import Settled
from models.features.local_days import local_days
from models.features.operators import NULL
from models.features.plan import Plan, Storage, Stored, TableLayout
from models.features.states import integers, interval, static_bits, visible_from

CUSTOMER = "customer_id"
_ALWAYS = {"orders": ("amount_minor",)}  # who is a customer is read from purchases


@dataclass(frozen=True)
class TableHistory:
    """One table's events. longest: most events of one customer; keys: how many key codes there are."""

    layout: TableLayout
    events: kernel.TableEvents
    longest: int
    keys: int

    def scratch(self) -> kernel.Scratch:
        """Room for the kernel to fold any one customer of this table."""
        sizes = [self.longest] * 6 + [len(self.layout.plan.widths), self.keys, self.longest]
        return kernel.Scratch(*(np.zeros(size, np.int64) for size in sizes))


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


def first_purchases(orders: pa.Table, customers: pa.Array) -> NDArray[np.int64]:
    """When each customer's first purchase had happened and was known [c]; NEVER for those without one."""
    code = np.asarray(pc.index_in(orders.column(CUSTOMER), value_set=customers))
    bought = np.asarray(pc.greater(orders.column("amount_minor"), 0))
    first = np.full(len(customers), kernel.NEVER)
    np.minimum.at(first, code[bought], visible_from("orders", orders, "ordered_at")[bought])
    return first


def build_history(plan: Plan, tables: Mapping[str, pa.Table], customers: pa.Array, zone: str) -> History:
    """Lay out what the plan needs of these customers; `zone` names the local days.

    Rows of one customer at one instant keep the order of the table. Every table that the plan needs must be
    there (`availability.py` sees to that); rows of other customers are left out.
    """
    histories = (_table_history(layout, tables[layout.table], customers, zone) for layout in plan.layouts)
    return History(customers, tuple(histories))


def _table_history(layout: TableLayout, table: pa.Table, customers: pa.Array, zone: str) -> TableHistory:
    name, event = layout.table, contract_table(layout.table).event
    found = pc.index_in(table.column(CUSTOMER), value_set=customers)
    if found.null_count:
        table, found = table.filter(pc.is_valid(found)), pc.drop_null(found)
    code, time = np.asarray(found).astype(np.int64), integers(table, event)
    order = _time_order(code, time)
    state = static_bits(table, layout.static)
    intervals = [interval(name, table, time, condition) for condition in layout.intervals]
    columns = [_stored(table, item, time, zone) for item in layout.columns]
    counts = np.bincount(code, minlength=len(customers))
    events = kernel.TableEvents(
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        time=time[order],
        visible=visible_from(name, table, event)[order],
        state=state[order],
        since=_event_major([since[order] for since, _ in intervals]),
        until=_event_major([until[order] for _, until in intervals]),
        columns=_flat([values[order] for values in columns]),
    )
    keys = [int(values.max(initial=-1)) + 1 for values in _keys(layout, columns)]
    return TableHistory(layout, events, int(counts.max(initial=0)), max(keys, default=0))


def _time_order(code: NDArray[np.int64], time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows by customer, then time, stable; contract tables mostly are so already."""
    same = code[1:] == code[:-1]
    if bool(np.all((code[1:] > code[:-1]) | (same & (time[1:] >= time[:-1])))):
        return np.arange(len(code))
    return np.lexsort((time, code))


def _stored(table: pa.Table, item: Stored, time: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    match item.storage:
        case Storage.NUMBER | Storage.INSTANT:
            return integers(table, item.column)
        case Storage.KEY:
            return _codes(table.column(item.column))
        case Storage.LOCAL_DAY:
            return local_days(time, zone)


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A small whole number for each distinct key, NULL where there is none."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    return np.asarray(pc.fill_null(pc.cast(encoded.indices, pa.int64()), NULL))


def _keys(layout: TableLayout, columns: list[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
    return [
        values for item, values in zip(layout.columns, columns, strict=True) if item.storage is Storage.KEY
    ]


def _event_major(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.stack(columns, axis=1).ravel() if columns else np.empty(0, np.int64)


def _flat(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(columns) if columns else np.empty(0, np.int64)
