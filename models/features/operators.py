"""The kernel's operators: each folds one list of whole numbers into one total per window.

`value` and `window` hold `count` events in time order, oldest first; an event goes into the total of its
innermost window, then totals accumulate outwards. To add an operator write its `fold_…` function, give it a
number, call it in `fold_list`, and name it in `FUNCTIONS` and in `plan.py`.
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64] | list[int]

NULL = -(2**63)  # no value; less than every value

SUM, MIN, MAX, FIRST, LAST, SUM_AT_LAST, DISTINCT, NEW_KEYS, REPEATED_KEYS, MEDIAN = range(10)
DISTINCT_DAYS, MAX_GAP, GAP_COUNT, GAP_DAYS, GAP_SQUARES = range(10, 15)


def fold_list(  # noqa: C901, PLR0912 -- compiled code has no other dispatch
    operator: int,
    count: int,
    value: Ints,
    window: Ints,
    time: Ints,
    marks: Ints,
    ordered: Ints,
    totals: Ints,
) -> None:
    """Fold the listed values by one operator into `totals`, one per window; `marks` are 0 and stay so."""
    if operator == SUM:
        fold_sum(count, value, window, totals)
    elif operator == MIN:
        fold_min(count, value, window, totals)
    elif operator == MAX:
        fold_max(count, value, window, totals)
    elif operator == FIRST:
        fold_first(count, value, window, totals)
    elif operator == LAST:
        fold_last(count, value, window, totals)
    elif operator == SUM_AT_LAST:
        fold_sum_at_last(count, value, window, time, totals)
    elif operator == DISTINCT:
        fold_distinct(count, value, window, marks, totals)
    elif operator == NEW_KEYS:
        fold_new_keys(count, value, window, marks, totals)
    elif operator == REPEATED_KEYS:
        fold_repeated_keys(count, value, window, time, marks, totals)
    elif operator == DISTINCT_DAYS:
        fold_distinct_days(count, value, window, totals)
    elif operator == MAX_GAP:
        fold_max_gap(count, value, window, totals)
    elif operator == MEDIAN:
        fold_median(count, value, window, ordered, totals)
    else:
        fold_gaps(count, value, window, operator - GAP_COUNT, totals)


def fold_sum(count: int, value: Ints, window: Ints, totals: Ints) -> None:
    """Add up."""
    fill(totals, 0)
    for number in range(count):
        totals[window[number]] += value[number]
    add_outwards(totals)


def fold_min(count: int, value: Ints, window: Ints, totals: Ints) -> None:
    """The least value."""
    fill(totals, NULL)
    for number in range(count):
        at = window[number]
        if totals[at] == NULL or value[number] < totals[at]:
            totals[at] = value[number]
    for at in range(1, len(totals)):
        inner = totals[at - 1]
        if totals[at] == NULL or (inner != NULL and inner < totals[at]):
            totals[at] = inner


def fold_max(count: int, value: Ints, window: Ints, totals: Ints) -> None:
    """The greatest value; NULL is less than all."""
    fill(totals, NULL)
    for number in range(count):
        at = window[number]
        totals[at] = max(totals[at], value[number])
    for at in range(1, len(totals)):
        totals[at] = max(totals[at], totals[at - 1])


def fold_first(count: int, value: Ints, window: Ints, totals: Ints) -> None:
    """The oldest value: of what is further out."""
    fill(totals, NULL)
    for number in range(count - 1, -1, -1):
        totals[window[number]] = value[number]
    for at in range(1, len(totals)):
        if totals[at] == NULL:
            totals[at] = totals[at - 1]


def fold_last(count: int, value: Ints, window: Ints, totals: Ints) -> None:
    """The newest value: events come in time order, and what is further in is newer."""
    fill(totals, NULL)
    for number in range(count):
        totals[window[number]] = value[number]
    newest_outwards(totals)


def fold_sum_at_last(count: int, value: Ints, window: Ints, time: Ints, totals: Ints) -> None:
    """The sum over the newest instant; events at one instant share a window."""
    fill(totals, NULL)
    for number in range(count):
        at = window[number]
        if number > 0 and time[number] == time[number - 1]:
            totals[at] += value[number]
        else:
            totals[at] = value[number]
    newest_outwards(totals)


def fold_distinct(count: int, key: Ints, window: Ints, marks: Ints, totals: Ints) -> None:
    """Distinct keys, newest event first: a key counts where it is met first. Leaves the marks at 0."""
    fill(totals, 0)
    for number in range(count - 1, -1, -1):
        if marks[key[number]] == 0:
            marks[key[number]] = 1
            totals[window[number]] += 1
    for number in range(count):
        marks[key[number]] = 0
    add_outwards(totals)


def fold_new_keys(count: int, key: Ints, window: Ints, marks: Ints, totals: Ints) -> None:
    """Keys never met before, oldest event first. Leaves the marks at 0."""
    fill(totals, 0)
    for number in range(count):
        if marks[key[number]] == 0:
            marks[key[number]] = 1
            totals[window[number]] += 1
    for number in range(count):
        marks[key[number]] = 0
    add_outwards(totals)


def fold_repeated_keys(count: int, key: Ints, window: Ints, time: Ints, marks: Ints, totals: Ints) -> None:
    """Keys at two instants, newest event first: a key counts at its second. Leaves the marks at 0."""
    fill(totals, 0)
    for number in range(count - 1, -1, -1):
        newest = marks[key[number]]  # 1 + the key's newest event; -1 once the key has counted
        if newest == 0:
            marks[key[number]] = number + 1
        elif newest > 0 and time[newest - 1] != time[number]:
            marks[key[number]] = -1
            totals[window[number]] += 1
    for number in range(count):
        marks[key[number]] = 0
    add_outwards(totals)


def fold_median(count: int, value: Ints, window: Ints, ordered: Ints, totals: Ints) -> None:
    """Twice the median, a whole number (its divisor is doubled): the sum of the middle one or two."""
    for at in range(len(totals)):
        size = 0
        for number in range(count):
            if window[number] <= at:
                ordered[size] = value[number]
                size += 1
        sort(ordered, size)
        totals[at] = ordered[(size - 1) // 2] + ordered[size // 2] if size > 0 else NULL


def sort(values: Ints, size: int) -> None:
    """Shell's sort of the first `size` values, in place (the compiled kernel allocates nothing)."""
    gap = size // 2
    while gap > 0:
        for number in range(gap, size):
            value = values[number]
            at = number
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap //= 2


def fold_gaps(count: int, day: Ints, window: Ints, power: int, totals: Ints) -> None:
    """Sum of gap^power between successive distinct days; a gap belongs to the event that ends it."""
    fill(totals, 0)
    latest = NULL
    for number in range(count):
        if NULL < latest < day[number]:
            totals[window[number]] += (day[number] - latest) ** power
        latest = max(latest, day[number])  # a day can come twice where clocks go back over midnight
    add_outwards(totals)


def fold_max_gap(count: int, day: Ints, window: Ints, totals: Ints) -> None:
    """The longest gap between successive distinct days."""
    fill(totals, NULL)
    latest = NULL
    for number in range(count):
        if NULL < latest < day[number]:
            totals[window[number]] = max(totals[window[number]], day[number] - latest)
        latest = max(latest, day[number])
    for at in range(1, len(totals)):
        totals[at] = max(totals[at], totals[at - 1])


def fold_distinct_days(count: int, day: Ints, window: Ints, totals: Ints) -> None:
    """Distinct days, newest event first. A clock that goes back brings the day after the lowest once more."""
    fill(totals, 0)
    lowest = above = -NULL - 1
    for number in range(count - 1, -1, -1):
        if day[number] < lowest:
            lowest, above = day[number], lowest
            totals[window[number]] += 1
        elif lowest < day[number] < above:
            above = day[number]
            totals[window[number]] += 1
    add_outwards(totals)


def fill(totals: Ints, start: int) -> None:
    """Set every total."""
    for at in range(len(totals)):
        totals[at] = start


def add_outwards(totals: Ints) -> None:
    """A wider window holds all that a narrower one does."""
    for at in range(1, len(totals)):
        totals[at] += totals[at - 1]


def newest_outwards(totals: Ints) -> None:
    """A wider window's newest is the narrower one's, if that has any."""
    for at in range(1, len(totals)):
        if totals[at - 1] != NULL:
            totals[at] = totals[at - 1]


# What is compiled, each after those that it calls.
FUNCTIONS = (
    fill, add_outwards, newest_outwards, sort,
    fold_sum, fold_min, fold_max, fold_first, fold_last, fold_sum_at_last, fold_distinct, fold_new_keys,
    fold_repeated_keys, fold_median, fold_gaps, fold_max_gap, fold_distinct_days,
    fold_list,
)  # fmt: skip
