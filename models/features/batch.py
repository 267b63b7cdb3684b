"""Features of many customers at many snapshots, by the compiled kernel."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.features.availability import TableColumns, usable
from models.features.catalogue import CATALOGUE
from models.features.compiled import compiled_kernel
from models.features.declaration import Feature
from models.features.formula import features_of
from models.features.frame import FeatureFrame
from models.features.history import build_history, customers_of, first_purchases
from models.features.plan import build_plan

Ints: TypeAlias = NDArray[np.int64]
Kernel: TypeAlias = Callable[..., None]
Range: TypeAlias = tuple[int, int]
Track: TypeAlias = Callable[[Sequence[Range]], Iterable[Range]]

CHUNK_ROWS = 1 << 16


def compute_batch(
    tables: Mapping[str, pa.Table],
    available_columns: TableColumns,
    snapshots: Sequence[int],
    zone: str,
    *,
    features: Sequence[Feature] = CATALOGUE,
    track: Track = iter,
    fold_customers: Kernel | None = None,
) -> FeatureFrame:
    """Features of every customer with a purchase known at a snapshot, by snapshot, then customer id.

    tables: contract tables by name; available_columns: the columns that the source filled, by table.
    snapshots in microseconds; zone: whose calendar days gaps are measured in. `track` follows the ranges of
    customers as they are done; `fold_customers` is the compiled kernel unless given.
    """
    plan = build_plan(usable(features, available_columns).features)
    customers = customers_of(tables["orders"])
    history = build_history(plan, tables, customers, zone)
    rows = _rows(first_purchases(tables["orders"], customers), snapshots)
    values = np.empty((len(rows.customer), len(plan.features)), np.float32, order="F")
    fold = fold_customers if fold_customers is not None else compiled_kernel()
    scratch = [table.scratch() for table in history.tables]
    after = rows.begin
    for begin, end in track(rows.ranges()):
        places, after = _places(rows.first[begin:end], after)
        folded = np.empty((len(places), len(plan.folds)))
        for table, room in zip(history.tables, scratch, strict=True):
            of = (table.layout.plan, table.events, (begin, end), rows.snapshots, rows.first, room)
            fold(*of, folded.ravel(), len(plan.folds))
        for column, feature in enumerate(features_of(plan, folded)):
            values[places, column] = feature
    return FeatureFrame(
        tuple(feature.name for feature in plan.features),
        values,
        np.array(customers.to_pylist(), dtype=object)[rows.customer],
        rows.snapshots[rows.number],
    )


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

    def ranges(self) -> list[Range]:
        """Ranges of customers that make about `CHUNK_ROWS` rows each, so that memory stays bounded."""
        step = max(1, CHUNK_ROWS // max(1, len(self.snapshots)))
        return [(begin, min(begin + step, len(self.first))) for begin in range(0, len(self.first), step)]


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


def _places(first: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Rows of some customers in the kernel's order, and where each snapshot's next row goes."""
    present = first[:, None] <= np.arange(len(after))
    upto = np.cumsum(present, axis=0)
    return (after + upto - 1)[present], after + (upto[-1] if len(upto) else 0)
