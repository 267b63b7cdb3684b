"""The kernel's plan over one table: everything numbered, in the order in which the kernel asks."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from models.domain.instants import DAY
from models.features import kernel, listing, operators
from models.features.conditions import Condition, Filter
from models.features.declaration import Fold, Operator
from models.features.measures import Age, Elapsed, Key, LocalDay, Looked, Measure, One, Since, Until, Value
from models.features.population import SCALE, STATISTICS
from models.features.scratch import NEVER, NULL, Ints

# What is listed of each event, and the kernel's operator on the list.
_ON_KEYS = {
    Operator.DISTINCT: (listing.FOLLOWING, operators.DISTINCT),
    Operator.NEW_KEYS: (listing.FOLLOWING, operators.NEW_KEYS),
    Operator.REPEATED_KEYS: (listing.STORED, operators.REPEATED_KEYS),
}
_ON_DAYS = {
    Operator.DISTINCT_DAYS: (listing.STORED, operators.DISTINCT_DAYS),
    Operator.GAP_COUNT: (listing.GAPS, operators.ABOVE_ZERO),
    Operator.GAP_DAYS: (listing.GAPS, operators.SUM),
    Operator.GAP_SQUARES: (listing.GAPS, operators.SQUARES),
    Operator.MAX_GAP: (listing.GAPS, operators.MAX_GAP),
}
_ON_RUNNING = {Operator.SUM: operators.RUNNING, Operator.SUM_AT_LAST: operators.RUNNING_AT_LAST}
_ON_NUMBERS = {
    Operator.SUM: operators.SUM,
    Operator.MIN: operators.MIN,
    Operator.MAX: operators.MAX,
    Operator.FIRST: operators.FIRST,
    Operator.LAST: operators.LAST,
    Operator.MEDIAN: operators.MEDIAN,
}
# Of what is turned round (an age is the snapshot less an instant) the least is that of the greatest.
_TURNED = {operators.MIN: operators.MAX, operators.MAX: operators.MIN}
# Their total of what is turned round follows from their total of what is not.
_MAY_TURN = (operators.MIN, operators.MAX, operators.FIRST, operators.LAST, operators.MEDIAN)
# Events come in the order of their own instants: there the least and the greatest need no search.
_OF_TIME = {operators.MIN: operators.FIRST, operators.MAX: operators.LAST}


class Way(NamedTuple):
    """How a fold is done: what is listed, the operator, and what is read out of its total.

    That is (sign · total + snapshots · snapshot) ÷ divisor, total ÷ divisor where sign is 0.
    """

    listed: int
    operator: int
    sign: int = 0
    snapshots: int = 0
    divisor: int = 1


class Task(NamedTuple):
    """One fold to do: which events pass, what it reads of them, how, within how long, and its place.

    That is columns, and of what stands in them perhaps a statistic.
    """

    where: Filter
    columns: tuple[int, ...]
    statistic: int
    way: Way
    width: int
    place: int

    @property
    def measure(self) -> tuple[Filter, int, tuple[int, ...], int]:
        """What must be listed for it."""
        return self.where, self.way.listed, self.columns, self.statistic


def task(fold: Fold, where: Filter, columns: tuple[int, ...], place: int) -> Task:
    """What a fold asks of the kernel; columns: by number, the event's own instant where there are none."""
    width = NEVER if fold.window_days is None else fold.window_days * DAY
    statistic = STATISTICS.index(fold.measure.statistic) if isinstance(fold.measure, Looked) else 0
    return Task(where, columns or (kernel.TIME,), statistic, _way(fold), width, place)


def build_table_plan(
    tasks: Sequence[Task], bits: Mapping[Condition, int], interval_bits: Sequence[int]
) -> kernel.TablePlan:
    """Number selections, measures, folds and windows, each in the order of those before it."""
    width = sorted({task.width for task in tasks} | {NEVER})
    selections = _grouped(sorted(tasks, key=lambda task: task.width), lambda task: task.where)
    measures = _grouped(_flat(selections), lambda task: task.measure)
    folds = _grouped(_flat(measures), lambda task: (task.measure, task.way))
    outputs = _flat(folds)
    number_of = {task.where: number for number, (task, *_) in enumerate(selections)}
    list_of = {task.measure: number for number, (task, *_) in enumerate(measures)}
    required = [sum(bits[item] for item in task.where.all_of) for task, *_ in selections]
    forbidden = [sum(bits[item] for item in set(task.where.none_of)) for task, *_ in selections]
    ways = [task.way for task, *_ in folds]
    of_snapshot = {listing.ELAPSED, listing.LOOKED} & {task.way.listed for task in tasks}
    return kernel.TablePlan(
        shares=int(not interval_bits and not of_snapshot),
        width=_ints(width),
        interval_bit=_ints(interval_bits),
        mask=_ints([some + others for some, others in zip(required, forbidden, strict=True)]),
        required=_ints(required),
        kind=_ints([task.way.listed for task, *_ in measures]),
        column=_ints([task.columns[0] for task, *_ in measures]),
        known_column=_ints([task.columns[-1] for task, *_ in measures]),
        statistic=_ints([task.statistic for task, *_ in measures]),
        selection=_ints([number_of[task.where] for task, *_ in folds]),
        measure=_ints([list_of[task.measure] for task, *_ in folds]),
        operator=_ints([way.operator for way in ways]),
        nothing=_ints([NULL if way.operator in operators.SILENT else 0 for way in ways]),
        sign=_ints([way.sign for way in ways]),
        snapshots=_ints([way.snapshots for way in ways]),
        first_output=_ints(list(accumulate(map(len, folds), initial=0))),
        window=_ints([1 + width.index(task.width) for task in outputs]),
        divisor=np.array([task.way.divisor for task in outputs], np.float64),
        place=_ints([task.place for task in outputs]),
    )


def _grouped(tasks: Iterable[Task], key: Callable[[Task], Hashable]) -> list[list[Task]]:
    """Tasks of one key together, in the order in which the keys come."""
    groups: dict[Hashable, list[Task]] = {}
    for task in tasks:
        groups.setdefault(key(task), []).append(task)
    return list(groups.values())


def _flat(groups: Iterable[Iterable[Task]]) -> list[Task]:
    return [task for group in groups for task in group]


def _way(fold: Fold) -> Way:
    """How a fold is done."""
    match fold.measure:
        case One():
            return Way(listing.NOTHING, operators.COUNT)
        case Key():
            return Way(*_ON_KEYS[fold.operator])
        case LocalDay():
            return Way(*_ON_DAYS[fold.operator])
        case Value(_, negated) if fold.operator in _ON_RUNNING:
            return Way(listing.RUNNING, _ON_RUNNING[fold.operator], sign=-1 if negated else 0)
        case _:
            return _way_of_numbers(fold.measure, _ON_NUMBERS[fold.operator])


def _way_of_numbers(measure: Measure, operator: int) -> Way:
    turns = isinstance(measure, Since | Until | Age) or (isinstance(measure, Value) and measure.negated)
    if turns and operator not in _MAY_TURN:
        raise ValueError(
            f"operator {operator} cannot be turned round: say in table_plan.py what it then does"
        )
    twice = 2 if operator == operators.MEDIAN else 1  # the kernel folds twice the median
    turned = _TURNED.get(operator, operator)
    match measure:
        case Elapsed(_, per):
            return Way(listing.ELAPSED, operator, divisor=twice * per)
        case Until(_, per):
            return Way(listing.STORED, operator, 1, -twice, twice * per)
        case Since(_, per):
            return Way(listing.STORED, turned, -1, twice, twice * per)
        case Age(per):
            return Way(listing.STORED, _OF_TIME.get(turned, turned), -1, twice, twice * per)
        case Value(_, True):
            return Way(listing.STORED, turned, sign=-1, divisor=twice)
        case Looked():
            return Way(listing.LOOKED, operator, divisor=twice * SCALE)
        case _:
            return Way(listing.STORED, operator, divisor=twice)


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
