"""From declarations to the kernel's plan: which windows, conditions, columns and folds each table needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from models.contract.tables import table as contract_table
from models.domain.instants import DAY
from models.features import kernel, operators
from models.features.conditions import (
    Announced,
    Condition,
    Filter,
    IntervalCondition,
    Known,
    StaticCondition,
)
from models.features.declaration import Feature, Fold, Operator
from models.features.measures import Age, Duration, Elapsed, Key, LocalDay, Measure, Since, Until, Value

_OPERATORS = {
    Operator.SUM: operators.SUM,
    Operator.MIN: operators.MIN,
    Operator.MAX: operators.MAX,
    Operator.FIRST: operators.FIRST,
    Operator.LAST: operators.LAST,
    Operator.SUM_AT_LAST: operators.SUM_AT_LAST,
    Operator.DISTINCT: operators.DISTINCT,
    Operator.NEW_KEYS: operators.NEW_KEYS,
    Operator.REPEATED_KEYS: operators.REPEATED_KEYS,
    Operator.MEDIAN: operators.MEDIAN,
    Operator.DISTINCT_DAYS: operators.DISTINCT_DAYS,
    Operator.MAX_GAP: operators.MAX_GAP,
    Operator.GAP_COUNT: operators.GAP_COUNT,
    Operator.GAP_DAYS: operators.GAP_DAYS,
    Operator.GAP_SQUARES: operators.GAP_SQUARES,
}


class Storage(StrEnum):
    """How a column is kept for the kernel."""

    NUMBER = "number"
    INSTANT = "instant"
    KEY = "key"
    LOCAL_DAY = "local day"


class Stored(NamedTuple):
    """A column of a table, kept in one way."""

    storage: Storage
    column: str


class _Selection(NamedTuple):
    where: Filter
    measure: Measure


@dataclass(frozen=True)
class TableLayout:
    """What one table must be laid out as, and the kernel's plan over it.

    static: conditions that take the first bits of an event's state, in order; intervals: those that take
    the next ones. columns: what is stored. plan: the kernel's arrays; its outputs are places in `Plan.folds`.
    """

    table: str
    static: tuple[StaticCondition, ...]
    intervals: tuple[IntervalCondition, ...]
    columns: tuple[Stored, ...]
    plan: kernel.TablePlan


@dataclass(frozen=True)
class Plan:
    """Features to compute: every distinct fold has one place in a row of float64."""

    features: tuple[Feature, ...]
    folds: tuple[Fold, ...]
    layouts: tuple[TableLayout, ...]


def build_plan(features: Sequence[Feature]) -> Plan:
    """The plan that computes these features and nothing else."""
    folds = tuple(dict.fromkeys(fold for feature in features for fold in feature.folds))
    places = {fold: place for place, fold in enumerate(folds)}
    tables = sorted({fold.table for fold in folds})
    layouts = (_layout(name, [fold for fold in folds if fold.table == name], places) for name in tables)
    return Plan(tuple(features), folds, tuple(layouts))


def _layout(table: str, folds: Sequence[Fold], places: dict[Fold, int]) -> TableLayout:
    conditions = list(dict.fromkeys(condition for fold in folds for condition in _conditions(fold)))
    intervals = tuple(item for item in conditions if isinstance(item, IntervalCondition))
    static = tuple(item for item in conditions if not isinstance(item, IntervalCondition))
    bits = {condition: 1 << number for number, condition in enumerate((*static, *intervals))}
    columns = tuple(dict.fromkeys(item for fold in folds if (item := stored(fold.measure))))
    plan = _table_plan(folds, places, bits, columns)
    return TableLayout(table, static, intervals, columns, plan)


def _conditions(fold: Fold) -> tuple[Condition, ...]:
    known = (Known(fold.measure.until),) if isinstance(fold.measure, Elapsed) else ()
    return (*fold.where.conditions, *_implied(fold), *known)


def _implied(fold: Fold) -> tuple[Condition, ...]:
    """What must hold before a dated fact may be measured."""
    dated = dict(contract_table(fold.table).known_at)
    match fold.measure:
        case Since(column) if column in dated:
            return (Known(column),)
        case Until(column) if column in dated:
            return (Announced(column),)
        case _:
            return ()


def stored(measure: Measure) -> Stored | None:
    """The stored column that a measure reads, if any."""
    match measure:
        case Value(column):
            return Stored(Storage.NUMBER, column)
        case Key(column):
            return Stored(Storage.KEY, column)
        case Elapsed(column) | Since(column) | Until(column):
            return Stored(Storage.INSTANT, column)
        case LocalDay():
            return Stored(Storage.LOCAL_DAY, "")
        case _:
            return None


def _table_plan(
    folds: Sequence[Fold],
    places: dict[Fold, int],
    bits: dict[Condition, int],
    columns: tuple[Stored, ...],
) -> kernel.TablePlan:
    """Number everything: windows, then selections, then their operators, then each operator's windows."""
    widths = sorted({_width(fold) for fold in folds} | {kernel.NEVER})
    grouped = _grouped(folds)
    operators = [(selection, key, group) for selection, by in grouped.items() for key, group in by.items()]
    outputs = [fold for _, _, group in operators for fold in group]
    measures = [selection.measure for selection in grouped]
    held = [stored(measure) for measure in measures]
    return kernel.TablePlan(
        widths=_ints(widths),
        interval_bit=_ints([bit for item, bit in bits.items() if isinstance(item, IntervalCondition)]),
        required=_ints([sum(bits[item] for item in set(selection.where.all_of)) for selection in grouped]),
        forbidden=_ints([sum(bits[item] for item in set(selection.where.none_of)) for selection in grouped]),
        kind=_ints([_kind(measure) for measure in measures]),
        column=_ints([columns.index(item) if item else 0 for item in held]),
        sign=_ints([-1 if isinstance(item, Value) and item.negated else 1 for item in measures]),
        known_bit=_ints([bits[Known(item.until)] if isinstance(item, Elapsed) else 0 for item in measures]),
        first_fold=_starts([len(by) for by in grouped.values()]),
        operator=_ints([_OPERATORS[operator] for _, operator, _ in operators]),
        divisor=np.array(
            [_divisor(operator, selection.measure) for selection, operator, _ in operators], float
        ),
        first_output=_starts([len(group) for _, _, group in operators]),
        output_window=_ints([widths.index(_width(fold)) for fold in outputs]),
        output_place=_ints([places[fold] for fold in outputs]),
    )


def _grouped(folds: Sequence[Fold]) -> dict[_Selection, dict[Operator, list[Fold]]]:
    grouped: dict[_Selection, dict[Operator, list[Fold]]] = {}
    for fold in folds:
        where = replace(fold.where, all_of=fold.where.all_of + _implied(fold))
        by_operator = grouped.setdefault(_Selection(where, fold.measure), {})
        by_operator.setdefault(fold.operator, []).append(fold)
    return grouped


def _width(fold: Fold) -> int:
    return kernel.NEVER if fold.window_days is None else fold.window_days * DAY


def _kind(measure: Measure) -> int:
    match measure:
        case Age():
            return kernel.AGE
        case Elapsed():
            return kernel.ELAPSED
        case Since():
            return kernel.SINCE
        case Until():
            return kernel.UNTIL
        case Value() | Key() | LocalDay():
            return kernel.STORED
        case _:
            return kernel.ONE


def _divisor(operator: Operator, measure: Measure) -> int:
    per = measure.per if isinstance(measure, Duration) else 1
    return 2 * per if operator is Operator.MEDIAN else per


def _starts(sizes: Sequence[int]) -> operators.Ints:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)


def _ints(values: Sequence[int]) -> operators.Ints:
    return np.array(values, dtype=np.int64)
