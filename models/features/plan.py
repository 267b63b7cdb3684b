"""From declarations to what must be done: how each table is laid out, and the kernel's plan over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from models.contract.tables import table as contract_table
from models.features import kernel
from models.features.conditions import (
    Announced,
    Condition,
    Filter,
    IntervalCondition,
    Known,
    NotNull,
    StaticCondition,
    Told,
)
from models.features.declaration import Feature, Fold
from models.features.formula import Formulas, build_formulas
from models.features.measures import ITEM, Elapsed, Key, LocalDay, Looked, Measure, Since, Until, Value
from models.features.population import NOBODY, Populations
from models.features.table_plan import build_table_plan, task

MOST_CONDITIONS = 62  # bits of a whole number that is not negative


class Storage(StrEnum):
    """How a column is kept for the kernel."""

    NUMBER = "number"
    KEY = "key"
    LOCAL_DAY = "local day"
    KNOWN_FROM = "known from"
    NUMBERED = "numbered"


class Stored(NamedTuple):
    """A column of a table, kept in one way; numbers and instants are kept alike."""

    storage: Storage
    column: str


@dataclass(frozen=True)
class TableLayout:
    """What one table must be laid out as, and the kernel's plan over it.

    static: conditions that take the first bits of an event's state, in order; intervals: those that take
    the next ones. stored: what is measured. plan: the kernel's; its outputs are places in a row of folds.
    populations: number the articles.
    """

    table: str
    static: tuple[StaticCondition, ...]
    intervals: tuple[IntervalCondition, ...]
    stored: tuple[Stored, ...]
    plan: kernel.TablePlan
    populations: Populations

    @property
    def rows(self) -> int:
        """How many whole numbers are kept of an event: `kernel.TIME` and so on, in this order."""
        return self.first_stored + len(self.stored)

    @property
    def first_stored(self) -> int:
        """The row of the first column that is measured."""
        return kernel.INTERVALS + 2 * len(self.intervals)

    @property
    def key_rows(self) -> tuple[int, ...]:
        """The rows that hold codes of keys."""
        kept = enumerate(self.stored, self.first_stored)
        return tuple(row for row, item in kept if item.storage is Storage.KEY)


@dataclass(frozen=True)
class Plan:
    """Features to compute: every distinct fold has one place in a row of float64, then every formula has.

    populations: where statistics of articles are looked up.
    """

    features: tuple[Feature, ...]
    folds: tuple[Fold, ...]
    layouts: tuple[TableLayout, ...]
    formulas: Formulas
    populations: Populations

    @property
    def width(self) -> int:
        """Places in a row: of the folds, then of the formulas over them."""
        return len(self.folds) + len(self.formulas.operation)


def build_plan(features: Sequence[Feature], populations: Populations = NOBODY) -> Plan:
    """The plan that computes these features and nothing else.

    What is looked up depends on the snapshot, so that rows cannot share it: these folds have a layout of
    their own, and the rest of their table goes on sharing.
    """
    folds = tuple(dict.fromkeys(fold for feature in features for fold in feature.folds))
    places = {fold: place for place, fold in enumerate(folds)}
    parts = sorted({_part(fold) for fold in folds})
    layouts = tuple(
        _layout(part[0], {fold: places[fold] for fold in folds if _part(fold) == part}, populations)
        for part in parts
    )
    return Plan(tuple(features), folds, layouts, build_formulas(features, places), populations)


def _part(fold: Fold) -> tuple[str, bool]:
    """The table of a fold, and whether it looks anything up."""
    return fold.table, isinstance(fold.measure, Looked)


def _layout(table: str, places: Mapping[Fold, int], populations: Populations) -> TableLayout:
    folds = {fold: _where(fold) for fold in places}
    conditions = tuple(dict.fromkeys(item for where in folds.values() for item in where.conditions))
    if len(conditions) > MOST_CONDITIONS:
        raise ValueError(
            f"{table}: {len(conditions)} conditions; the kernel can tell {MOST_CONDITIONS} apart"
        )
    intervals = tuple(item for item in conditions if isinstance(item, IntervalCondition))
    static = tuple(item for item in conditions if not isinstance(item, IntervalCondition))
    bits = {condition: 1 << number for number, condition in enumerate((*static, *intervals))}
    kept = tuple(dict.fromkeys(item for fold in folds for item in _stored(fold.measure)))
    first = kernel.INTERVALS + 2 * len(intervals)
    tasks = [
        task(fold, where, tuple(first + kept.index(item) for item in _stored(fold.measure)), places[fold])
        for fold, where in folds.items()
    ]
    plan = build_table_plan(tasks, bits, [bits[item] for item in intervals])
    return TableLayout(table, static, intervals, kept, plan, populations)


def _where(fold: Fold) -> Filter:
    """The filter, and what must hold for the event to be measured at all."""
    all_of = (*fold.where.all_of, *_measurable(fold), *_told(fold))
    return replace(fold.where, all_of=tuple(dict.fromkeys(all_of)))


def _told(fold: Fold) -> tuple[Condition, ...]:
    """A value that may be told apart from what is undated beside it is read once it was told."""
    apart = dict(contract_table(fold.table).known_apart)
    return tuple(Told(value) for value in sorted(apart.keys() & set(fold.columns)))


def _measurable(fold: Fold) -> tuple[Condition, ...]:
    """A dated fact must be known before it is measured; what may be empty must not be."""
    declared = contract_table(fold.table)
    match fold.measure:
        case Since(column) if column in dict(declared.known_at):
            return (Known(column),)
        case Until(column) if column in dict(declared.known_at):
            return (Announced(column),)
        case Key(column):  # even where the contract requires one: code that is compiled checks nothing
            return (NotNull(column),)
        case Value(column) | Since(column) | Until(column):
            return () if declared.column(column).required else (NotNull(column),)
        case Looked():
            return (NotNull(ITEM),)
        case _:
            return ()


def _stored(measure: Measure) -> tuple[Stored, ...]:
    """The columns that a measure reads, beside the event's own."""
    match measure:
        case Value(column) | Since(column) | Until(column):
            return (Stored(Storage.NUMBER, column),)
        case Key(column):
            return (Stored(Storage.KEY, column),)
        case Looked():
            return (Stored(Storage.NUMBERED, ITEM),)
        case Elapsed(column):
            return (Stored(Storage.NUMBER, column), Stored(Storage.KNOWN_FROM, column))
        case LocalDay():
            return (Stored(Storage.LOCAL_DAY, ""),)
        case _:
            return ()
