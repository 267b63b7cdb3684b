"""Features of one customer at one snapshot: the same plan, the same kernel, not compiled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.features import kernel
from models.features.availability import TableColumns, usable
from models.features.catalogue import CATALOGUE
from models.features.declaration import Feature
from models.features.formula import features_of
from models.features.history import CUSTOMER, History, build_history
from models.features.plan import Plan, build_plan


def online_plan(available_columns: TableColumns, features: Sequence[Feature] = CATALOGUE) -> Plan:
    """The plan for `compute_one`, made once: the features that the source can answer."""
    return build_plan(usable(features, available_columns).features)


def compute_one(plan: Plan, tables: Mapping[str, pa.Table], snapshot: int, zone: str) -> NDArray[np.float32]:
    """Features [k] of the one customer whose rows the contract tables hold, at `snapshot` (microseconds).

    A table that is absent or empty has nothing to say about this customer; one who never bought has counts
    of 0. Raises `ValueError` when the tables speak of several customers.
    """
    held = {layout.table: tables.get(layout.table, _empty(layout.table)) for layout in plan.layouts}
    history = build_history(plan, held, _only_customer(held), zone)
    row = [kernel.NAN] * len(plan.folds)
    fold_one(history, snapshot, row)
    return np.array([column[0] for column in features_of(plan, np.array([row]))], dtype=np.float32)


def fold_one(history: History, snapshot: int, row: list[float]) -> None:
    """Write every fold of the first customer of a history into `row` (lists are fastest uncompiled)."""
    for table in history.tables:
        plan = kernel.TablePlan(*_lists(table.layout.plan))
        events = kernel.TableEvents(*_lists(table.events))
        scratch = kernel.Scratch(*_lists(table.scratch()))
        kernel.fold_at(plan, events, events.first[0], events.first[1], snapshot, scratch, row, 0)


def _lists(arrays: Iterable[Any]) -> Iterator[list[Any]]:
    return (np.asarray(array).tolist() for array in arrays)


def _empty(table: str) -> pa.Table:
    return contract_table(table).schema().empty_table()


def _only_customer(tables: Mapping[str, pa.Table]) -> pa.Array:
    ids = {name for table in tables.values() for name in pc.unique(table.column(CUSTOMER)).to_pylist()}
    if len(ids) > 1:
        raise ValueError(f"one customer at a time; given the rows of {len(ids)}")
    return pa.array(sorted(ids) or ["nobody"], pa.string())
