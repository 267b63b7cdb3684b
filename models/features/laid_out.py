"""What is known of one customer, laid out for the kernel: built once from rows, and extended event by event.

A row is a mapping of contract columns, instants in microseconds: no Arrow is needed. Nothing laid out ever
changes: with an event more it is another layout. That costs the reading of one row, and one copy of the words
laid out before (a dozen an event); no other row is read again.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.domain.instants import local_date
from models.features.kernel import TIME
from models.features.plan import Storage, TableLayout
from models.features.said import RowSaid
from models.features.scratch import NEVER, NULL
from models.features.states import interval, static_bits, visible_from

Row: TypeAlias = Mapping[str, Any]
Codes: TypeAlias = tuple[Mapping[str, int], ...]
Ints: TypeAlias = NDArray[np.int64]

HEADER = 4  # words of each table: where its columns begin; how many columns, events and key codes it has

_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class TableLaidOut:
    """One table: columns [rows of the layout, n], events by time; codes: of each key column, one per key."""

    columns: Ints
    codes: Codes

    @cached_property
    def lists(self) -> list[list[int]]:
        """The columns as lists, which are fastest uncompiled."""
        lists: list[list[int]] = self.columns.tolist()
        return lists

    @property
    def keys(self) -> int:
        """How many key codes there are."""
        return max(map(len, self.codes), default=0)


@dataclass(frozen=True)
class LaidOut:
    """One customer: tables in the order of the plan's layouts, and the same in one block of words.

    words int64: `HEADER` words for each table, then the columns of one table after another. longest: most
    events of one table; keys: most key codes.
    """

    customer: str | None
    tables: tuple[TableLaidOut, ...]
    words: Ints
    longest: int
    keys: int


def lay_out(layouts: Sequence[TableLayout], rows: Mapping[str, Sequence[Row]], zone: str) -> LaidOut:
    """Lay out all rows of one customer, by contract table; a table may be absent, others are left alone.

    Rows of one instant keep their order; `zone` names the local days. Raises `ValueError` when the rows are
    of several customers.
    """
    ids = {row["customer_id"] for layout in layouts for row in rows.get(layout.table, ())}
    if len(ids) > 1:
        raise ValueError(f"one customer at a time; given the rows of {len(ids)}")
    customer = next(iter(ids), None)
    return _joined(customer, [_table(layout, rows.get(layout.table, ()), zone) for layout in layouts])


def with_event(layouts: Sequence[TableLayout], laid_out: LaidOut, table: str, row: Row, zone: str) -> LaidOut:
    """The layout with one row more of a contract table, after those of its instant.

    Raises `ValueError` when the row is another customer's.
    """
    return _changed(layouts, laid_out, table, [row], lambda layout, of: _extended(layout, of, row, zone))


def with_table(
    layouts: Sequence[TableLayout], laid_out: LaidOut, table: str, rows: Sequence[Row], zone: str
) -> LaidOut:
    """The layout with all rows of a contract table anew, since what a row says may change.

    Raises `ValueError` when a row is another customer's.
    """
    return _changed(layouts, laid_out, table, rows, lambda layout, _: _table(layout, rows, zone))


def _changed(
    layouts: Sequence[TableLayout],
    laid_out: LaidOut,
    table: str,
    rows: Sequence[Row],
    change: Callable[[TableLayout, TableLaidOut], TableLaidOut],
) -> LaidOut:
    ids = {row["customer_id"] for row in rows} | ({laid_out.customer} - {None})
    if len(ids) > 1:
        raise ValueError(f"these rows are not of customer {laid_out.customer} alone")
    tables = zip(layouts, laid_out.tables, strict=True)
    customer = next(iter(ids), None)
    return _joined(customer, [change(layout, of) if layout.table == table else of for layout, of in tables])


def _table(layout: TableLayout, rows: Sequence[Row], zone: str) -> TableLaidOut:
    codes: tuple[dict[str, int], ...] = tuple({} for _ in layout.key_rows)
    records = sorted((_record(layout, row, codes, zone) for row in rows), key=_time)
    columns = np.array(records, np.int64).reshape(len(records), layout.rows)
    return TableLaidOut(np.ascontiguousarray(columns.T), codes)


def _extended(layout: TableLayout, table: TableLaidOut, row: Row, zone: str) -> TableLaidOut:
    codes = tuple(dict(each) for each in table.codes)
    record = _record(layout, row, codes, zone)
    at = bisect_right(table.columns[TIME], _time(record))
    columns = np.empty((layout.rows, table.columns.shape[1] + 1), np.int64)
    columns[:, :at], columns[:, at], columns[:, at + 1 :] = (
        table.columns[:, :at], record, table.columns[:, at:],
    )  # fmt: skip
    return TableLaidOut(columns, codes)


def _time(record: Sequence[int]) -> int:
    return record[TIME]


def _record(layout: TableLayout, row: Row, codes: Sequence[dict[str, int]], zone: str) -> list[int]:
    """What is kept of one event, in the order of the kernel's columns; new keys get their codes."""
    said, event = RowSaid(row), contract_table(layout.table).event
    time = said.whole(event, NEVER)
    record = [time, visible_from(layout.table, said, event), static_bits(said, layout.static)]
    for condition in layout.intervals:
        record.extend(interval(layout.table, said, condition))
    of_keys = iter(codes)
    for item in layout.stored:
        match item.storage:
            case Storage.NUMBER:
                record.append(said.whole(item.column, NULL))
            case Storage.KEY:
                record.append(_code(next(of_keys), row.get(item.column)))
            case Storage.LOCAL_DAY:
                record.append((local_date(time, zone) - _FIRST_DAY).days)
            case Storage.KNOWN_FROM:
                record.append(visible_from(layout.table, said, item.column))
            case Storage.NUMBERED:
                record.append(layout.populations.number(row.get(item.column)))
    return record


def _code(codes: dict[str, int], key: str | None) -> int:
    return NULL if key is None else codes.setdefault(key, len(codes))


def _joined(customer: str | None, tables: Sequence[TableLaidOut]) -> LaidOut:
    header: list[int] = []
    begin = HEADER * len(tables)
    for table in tables:
        header += [begin, *table.columns.shape, table.keys]
        begin += table.columns.size
    return LaidOut(
        customer,
        tuple(tables),
        np.concatenate([header, *(table.columns.ravel() for table in tables)], dtype=np.int64),
        longest=max((table.columns.shape[1] for table in tables), default=0),
        keys=max((table.keys for table in tables), default=0),
    )
