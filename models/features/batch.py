"""Features of many customers at many snapshots, by the compiled kernel."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.features.availability import NOTHING_COUNTED, TableColumns, usable
from models.features.catalogue import CATALOGUE
from models.features.compiled import compiled
from models.features.declaration import Feature
from models.features.frame import FeatureFrame
from models.features.gathered import History, build_history
from models.features.history import read_blocks, tables_read, wanted_of
from models.features.owners import find_owners
from models.features.plan import Plan, build_plan
from models.features.population import NOBODY, Populations
from models.features.table_rows import TableRows

Ints: TypeAlias = NDArray[np.int64]
Functions: TypeAlias = Mapping[str, Callable[..., None]]
Range: TypeAlias = tuple[int, int]
Track: TypeAlias = Callable[[Sequence[Range]], Iterable[Range]]

PART_ROWS = 1 << 16  # looked up together, so that memory stays bounded
BLOCK_ROWS = 1 << 10  # folded together: what they are folded into stays in the processor's cache


@dataclass(frozen=True)
class Folded:
    """Features of some customers: values float32 [k, n] by snapshot, then customer.

    customer, snapshot [n]: whose each row is, by number, and as of when, in microseconds.
    """

    values: NDArray[np.float32]
    customer: Ints
    snapshot: Ints


def compute_batch(
    tables: Mapping[str, pa.Table],
    available_columns: TableColumns,
    snapshots: Sequence[int],
    zone: str,
    *,
    features: Sequence[Feature] = CATALOGUE,
    populations: Populations = NOBODY,
    track: Track = iter,
    functions: Functions | None = None,
) -> FeatureFrame:
    """Features of every customer with a purchase known at a snapshot, by snapshot, then customer id.

    tables: contract tables by name; available_columns: the columns that the source filled, by table.
    snapshots in microseconds; zone: whose calendar days gaps are measured in; populations: what was known of
    articles, without which features that look it up are off. `track` follows the ranges of
    customers as they are done; `functions` are those of the kernel by name, the compiled ones unless given.
    What does not fit into memory: `bounded.py`.
    """
    counted = "" if populations.as_of else NOTHING_COUNTED
    plan = build_plan(usable(features, available_columns, counted).features, populations)
    wanted = wanted_of(plan)
    rows = {name: TableRows(tables[name]) for name in tables_read(plan)}
    owners = find_owners(rows, rows)
    blocks = {
        each.table: read_blocks(each, rows[each.table], owners.of[each.table], rows[each.table].all, zone)
        for each in wanted
    }
    history = build_history(plan, wanted, {name: owners.counts(name) for name in rows}, blocks)
    ranges = track(ranges_of(len(owners.customers), len(snapshots)))
    folded = fold(plan, history, snapshots, ranges, functions if functions is not None else compiled())
    return FeatureFrame(
        tuple(feature.name for feature in plan.features),
        folded.values.T,
        np.asarray(owners.customers.take(pa.array(folded.customer)), dtype=object),
        folded.snapshot,
    )


def ranges_of(customers: int, snapshots: int) -> list[Range]:
    """Customers to do at a time."""
    step = max(1, PART_ROWS // max(1, snapshots))
    return [(begin, min(begin + step, customers)) for begin in range(0, customers, step)]


def fold(
    plan: Plan, history: History, snapshots: Sequence[int], ranges: Iterable[Range], kernel: Functions
) -> Folded:
    """Features of the customers of a history, who have the numbers 0, 1, …, `ranges` of them at a time."""
    rows = _rows(history.first_purchase, snapshots)
    values = np.empty((len(plan.features), len(rows.customer)), np.float32)
    for part in rows.parts(ranges):
        _fold(kernel, plan, history, part, values)
    return Folded(values, rows.customer, rows.snapshots[rows.number])


@dataclass(frozen=True)
class _Part:
    """Some rows by customer, then snapshot: whose each is, as of when, and its place in the frame."""

    customer: Ints
    snapshot: Ints
    place: Ints

    def blocks(self) -> list["_Part"]:
        """The rows, some at a time."""
        cuts = [slice(at, at + BLOCK_ROWS) for at in range(0, len(self.customer), BLOCK_ROWS)]
        return [_Part(self.customer[cut], self.snapshot[cut], self.place[cut]) for cut in cuts]


@dataclass(frozen=True)
class _Rows:
    """Which customer is in which row.

    snapshots [s] ascending; first [c]: a customer's first snapshot; begin [s]: a snapshot's first row;
    customer and number [rows]: whose row it is, and of which snapshot.
    """

    snapshots: Ints
    first: Ints
    begin: Ints
    customer: Ints
    number: Ints

    def parts(self, ranges: Iterable[Range]) -> Iterator[_Part]:
        """All rows, those of each range of customers at a time."""
        after = self.begin
        for begin, end in ranges:
            present = self.first[begin:end, None] <= np.arange(len(self.snapshots))
            upto = after + np.cumsum(present, axis=0)
            customer, number = np.nonzero(present)
            yield _Part(begin + customer, self.snapshots[number], upto[present] - 1)
            after = upto[-1]


def _rows(first_purchase: Ints, snapshots: Sequence[int]) -> _Rows:
    instants = np.array(sorted(set(snapshots)), np.int64)
    first = np.searchsorted(instants, first_purchase)
    present = [np.flatnonzero(first <= number) for number in range(len(instants))]
    sizes = np.array([len(customers) for customers in present], np.int64)
    return _Rows(
        instants,
        first,
        begin=np.cumsum(sizes) - sizes,
        customer=np.concatenate([*present, np.empty(0, np.int64)]),
        number=np.repeat(np.arange(len(instants)), sizes),
    )


def _fold(kernel: Functions, plan: Plan, history: History, part: _Part, values: NDArray[np.float32]) -> None:
    """Write the features of some rows into their places of `values` [k, rows]."""
    blocks = part.blocks()
    folded = np.empty((plan.width, max((len(block.customer) for block in blocks), default=0)))
    rooms = [table.scratch([block.customer for block in blocks]) for table in history.tables]
    for block in blocks:
        lookup = plan.populations.lookup(block.snapshot)
        for table, room in zip(history.tables, rooms, strict=True):
            begin, end = table.first[block.customer], table.first[block.customer + 1]
            events = (table.layout.plan, table.columns, begin, end, block.snapshot)
            kernel["fold_table"](*events, lookup, room, folded)
        order = np.argsort(block.snapshot, kind="stable")  # what lies together is written together
        kernel["write_features"](plan.formulas, len(order), folded, order, block.place, values)
