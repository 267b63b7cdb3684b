"""Contract tables as whole numbers for the kernel, some rows at a time, in the order of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.features.conditions import Settled
from models.features.gathering import STRANGER, Numbers
from models.features.laying import laying, letters_of
from models.features.local_days import local_days
from models.features.owners import CUSTOMER, ORDERS
from models.features.plan import Plan, Storage, Stored, TableLayout
from models.features.said import TableSaid, together
from models.features.scratch import NEVER, NULL
from models.features.states import interval, static_bits, visible_from
from models.features.table_rows import Rows

_ALWAYS = {"orders": ("amount_minor",)}  # who is a customer is read from purchases

Ints: TypeAlias = NDArray[np.int64]
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Wanted:
    """What is read of one table, once for all that is laid out of it.

    buys: whether a last row of columns says since when each event is known to be a purchase, NEVER if none.
    """

    table: str
    layouts: tuple[TableLayout, ...]
    columns: tuple[str, ...]
    buys: bool

    @property
    def rows(self) -> int:
        """How many whole numbers are kept of an event."""
        return sum(layout.rows for layout in self.layouts) + self.buys


class Block(NamedTuple):
    """Some events laid out, as they come: customer [n] by number; of each row that is wanted a column [n]."""

    customer: Numbers
    columns: tuple[Ints, ...]


def columns_read(plan: Plan, name: str) -> frozenset[str]:
    """Columns of a contract table that `build_history` reads when they are there."""
    declared = contract_table(name)
    known = (known for _, known in (*declared.known_at, *declared.known_apart))
    needed = {CUSTOMER, declared.event, *known, *_ALWAYS.get(name, ())}
    needed.update(column for fold in plan.folds if fold.table == name for column in fold.columns)
    for layout in plan.layouts:
        needed.update(item.reopened for item in layout.intervals if isinstance(item, Settled))
    return frozenset(needed & set(declared.names))


def wanted_of(plan: Plan) -> tuple[Wanted, ...]:
    """What must be read of each table; of orders always, since they say who is a customer."""
    layouts = {name: [each for each in plan.layouts if each.table == name] for name in tables_read(plan)}
    return tuple(
        Wanted(name, tuple(each), tuple(sorted(columns_read(plan, name) - {CUSTOMER})), buys=name == ORDERS)
        for name, each in layouts.items()
    )


def tables_read(plan: Plan) -> tuple[str, ...]:
    """The tables that are read, sorted."""
    return tuple(sorted({ORDERS, *(layout.table for layout in plan.layouts)}))


def read_blocks(wanted: Wanted, rows: Rows, owner: Numbers, among: Range, zone: str) -> Iterator[Block]:
    """Lay out the rows of a table that are `among` two, but for strangers'; `zone` names the local days.

    owner [rows]: whose each row of the table is.
    """
    at, end = among
    for table in rows.batches([name for name in wanted.columns if name in rows.names], at, end):
        customer = owner[at : at + table.num_rows]
        at += table.num_rows
        known = customer != STRANGER
        if known.all():
            yield Block(customer, tuple(_columns(wanted, table, zone)))
        else:
            yield Block(customer[known], tuple(_columns(wanted, table.filter(pa.array(known)), zone)))


def _columns(wanted: Wanted, table: pa.Table, zone: str) -> Iterator[Ints]:
    said, event = TableSaid(table), contract_table(wanted.table).event
    time, visible = said.whole(event, NEVER), visible_from(wanted.table, said, event)
    for layout in wanted.layouts:
        yield from (time, visible)
        yield from _rows(layout, said, time, zone)
    if wanted.buys:
        yield np.where(said.whole("amount_minor", NULL) > 0, visible, NEVER)


def _rows(layout: TableLayout, said: TableSaid, time: Ints, zone: str) -> Iterator[Ints]:
    """The rows of columns after the first two, in the kernel's order, one at a time."""
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
            return _hashes(said.table.column(item.column))
        case Storage.LOCAL_DAY:
            return local_days(time, zone)
        case Storage.KNOWN_FROM:
            known: Ints = visible_from(layout.table, said, item.column)
            return known
        case Storage.NUMBERED:
            return _numbers(said.table.column(item.column), layout.populations.items)


def _numbers(column: pa.ChunkedArray, items: Sequence[str]) -> Ints:
    """The number of each article, the one after the last where it is not among the items."""
    found = pc.index_in(together(column), value_set=pa.array(items, column.type))
    return np.asarray(pc.cast(pc.fill_null(found, len(items)), pa.int64()))


def _hashes(words: pa.ChunkedArray) -> Ints:
    """A whole number that tells each key from the others of its customer, NULL where there is none.

    64 bits: that two keys of one customer are taken for one has a chance of 1 in 18 million million million
    for each pair of them.
    """
    keys = pc.cast(together(words), pa.string())
    code = np.empty(len(keys), np.int64)
    laying()["hash_words"](*letters_of(keys), code)
    if keys.null_count:
        code[np.asarray(pc.is_null(keys))] = NULL
    return code
