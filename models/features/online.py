"""Features of one customer at one snapshot: the same plan and the same kernel, as plain Python.

A server keeps what it knows of a customer laid out (`laid_out.py`), and asks for the features as of any
instant. Where numba is there, `compiled.compiled_one` gives the same numbers of the same layout sooner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features import formula, kernel, laid_out
from models.features.availability import NOTHING_COUNTED, TableColumns, usable
from models.features.catalogue import CATALOGUE
from models.features.declaration import Feature
from models.features.laid_out import LaidOut, Row, TableLaidOut
from models.features.listing import Lookup
from models.features.plan import Plan, TableLayout, build_plan
from models.features.population import NOBODY, Populations
from models.features.scratch import NEVER, NULL, Scratch


@dataclass(frozen=True)
class OnlinePlan:
    """What to do for one customer, made once.

    zone: names the local days. tables, formulas, statistics: the plan's, as lists, which are fastest
    uncompiled. nothing: what stands in each place while nothing is known.
    """

    plan: Plan
    zone: str
    tables: tuple[kernel.TablePlan, ...]
    formulas: formula.Formulas
    statistics: list[list[int]]
    nothing: tuple[float, ...]


def online_plan(
    available_columns: TableColumns,
    zone: str,
    features: Sequence[Feature] = CATALOGUE,
    populations: Populations = NOBODY,
) -> OnlinePlan:
    """The plan for the features that the source can answer; available_columns: by table, what it filled.

    populations: what was known of articles; features that look it up are off where nothing was.
    """
    counted = "" if populations.as_of else NOTHING_COUNTED
    plan = build_plan(usable(features, available_columns, counted).features, populations)
    tables = tuple(kernel.TablePlan(*_lists(layout.plan)) for layout in plan.layouts)
    formulas = formula.Formulas(*_lists(plan.formulas))
    return OnlinePlan(plan, zone, tables, formulas, populations.values.tolist(), _nothing(plan))


def lay_out(plan: OnlinePlan, rows: Mapping[str, Sequence[Row]]) -> LaidOut:
    """Lay out all rows of one customer, by contract table; instants in microseconds.

    A table that is absent has nothing to say about this customer. Raises `ValueError` when the rows are of
    several customers.
    """
    return laid_out.lay_out(plan.plan.layouts, rows, plan.zone)


def add_event(plan: OnlinePlan, known: LaidOut, table: str, row: Row) -> LaidOut:
    """What is known with one row more of a contract table."""
    return laid_out.with_event(plan.plan.layouts, known, table, row, plan.zone)


def replace_table(plan: OnlinePlan, known: LaidOut, table: str, rows: Sequence[Row]) -> LaidOut:
    """What is known with other rows of a contract table, as when a complaint is answered."""
    return laid_out.with_table(plan.plan.layouts, known, table, rows, plan.zone)


def compute_one(plan: OnlinePlan, known: LaidOut, snapshot: int) -> NDArray[np.float32]:
    """Features [k] at `snapshot` (microseconds); one who never bought has counts of 0."""
    folded = [[value] for value in plan.nothing]
    lookup = Lookup(plan.statistics, [plan.plan.populations.first(snapshot)])
    for table, of_table, layout in zip(plan.tables, known.tables, plan.plan.layouts, strict=True):
        events = of_table.columns.shape[1]
        if events > 0:
            room = _room(layout, of_table)
            kernel.fold_table(table, of_table.lists, [0], [events], [snapshot], lookup, room, folded)
    formula.evaluate(plan.formulas, 1, folded)
    return np.array([folded[place][0] for place in plan.formulas.feature], np.float32)


def _room(layout: TableLayout, table: TableLaidOut) -> Scratch:
    events, windows = table.columns.shape[1], len(layout.plan.width)
    return Scratch(
        seen=[0] * events,
        state=[0] * events,
        seen_edge=[[0] * (windows + 1)],
        passed=[0] * (events + 1),
        listed=[0] * events,
        edge=[[0] * (windows + 1)],
        value=[0] * (events + 1),
        ordered=[0] * events,
        total=[[0] for _ in range(len(layout.plan.place))],
        marks=[NEVER] * table.keys,
    )


def _nothing(plan: Plan) -> tuple[float, ...]:
    """What each fold says of no events; NaN in the places of the formulas."""
    places = [kernel.NAN] * plan.width
    for layout in plan.layouts:
        of = layout.plan
        for fold, nothing in enumerate(of.nothing):
            for output in range(of.first_output[fold], of.first_output[fold + 1]):
                places[of.place[output]] = kernel.NAN if nothing == NULL else 0.0
    return tuple(places)


def _lists(arrays: Iterable[Any]) -> Iterable[Any]:
    return (np.asarray(array).tolist() for array in arrays)
