"""Events in the order in which the kernel wants them: by customer, then time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.history import Block, Wanted
from models.features.kernel import TIME
from models.features.laying import laying
from models.features.plan import Plan, TableLayout
from models.features.scratch import NEVER, Scratch

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

    first_purchase [c]: when each customer's first purchase had happened and was known, NEVER without one.
    tables: in the order of the plan's layouts.
    """

    first_purchase: Ints
    tables: tuple[TableHistory, ...]


def build_history(
    plan: Plan, wanted: Sequence[Wanted], counts: Mapping[str, Ints], blocks: Mapping[str, Iterable[Block]]
) -> History:
    """Bring the events of some customers into the order of customers and time.

    counts: by table, how many events each customer has; blocks: by table, all of these events, of customers
    with the numbers 0, 1, …. Rows of one customer at one instant keep the order of the table.
    """
    tables: dict[str, list[TableHistory]] = {}
    for each in wanted:
        first = np.concatenate([[0], np.cumsum(counts[each.table])]).astype(np.int64, copy=False)
        columns = _gathered(each, first, blocks[each.table])
        if each.buys:
            first_purchase = np.minimum.reduceat(columns[-1], first[:-1]) if len(first) > 1 else first[:0]
        tables[each.table] = _apart(each, first, columns)
    return History(first_purchase, tuple(tables[layout.table].pop(0) for layout in plan.layouts))


def _gathered(wanted: Wanted, first: Ints, blocks: Iterable[Block]) -> Ints:
    """The columns of all events, each customer's from first[i] on, in order of time."""
    columns = np.empty((wanted.rows, first[-1]), np.int64)
    following = first[:-1].copy()
    for block in blocks:
        place = np.empty(len(block.customer), np.int64)
        laying()["find_places"](block.customer, following, place)
        laying()["scatter"](place, block.columns, columns)
    order = np.empty(first[-1], np.int64)
    if wanted.layouts and laying()["order_of_time"](first, columns[TIME], order):
        for row in columns:
            row[:] = row[order]
    return columns


def _apart(wanted: Wanted, first: Ints, columns: Ints) -> list[TableHistory]:
    """One history for each layout; hashes of keys become the numbers that they have for their customer."""
    found, at = [], 0
    most = 2 << int(2 * np.diff(first).max(initial=0)).bit_length()
    slot, kept = np.empty(most, np.int64), np.empty(most, np.int64)
    for layout in wanted.layouts:
        of_layout = columns[at : at + layout.rows]
        keys = [laying()["number_keys"](first, of_layout[row], slot, kept) for row in layout.key_rows]
        found.append(TableHistory(layout, first, of_layout, np.full(1 + max(keys, default=-1), NEVER)))
        at += layout.rows
    return found
