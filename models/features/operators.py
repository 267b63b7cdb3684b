"""The kernel's operators: each folds what is listed into one total per row and window (see `scratch.py`).

An operator is asked for some windows. Some need only know where each begins; the others walk them *ring by
ring*, a ring being what a window holds beyond the one inside it, and carry outwards what they found: so every
window is exact, and no event is looked at twice.

To add an operator write its `fold_…` function, give it a number, call it in `fold_values`, name it in
`FUNCTIONS` and, where it says nothing of an empty list, in `SILENT`; then in `declaration.py` and in
`table_plan.py`, which also knows which operators may be turned round (an age is the snapshot less an
instant). `tests/unit/test_kernel_operators.py` holds of every operator what it says of nothing.
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from models.features.scratch import NEVER, NULL, Ints, Scratch, Table

COUNT, RUNNING, DISTINCT, LAST, FIRST, MIN, MAX, SUM, SQUARES, ABOVE_ZERO, MAX_GAP, MEDIAN = range(12)
RUNNING_AT_LAST, NEW_KEYS, REPEATED_KEYS, DISTINCT_DAYS = range(12, 16)

# They say nothing of an empty list; the others say 0.
SILENT = (LAST, FIRST, MIN, MAX, MAX_GAP, MEDIAN, RUNNING_AT_LAST)


def fold_values(  # noqa: C901, PLR0912 -- compiled code has no other way to choose
    operator: int, window: Ints, rows: int, time: Ints, scratch: Scratch, total: Table
) -> None:
    """Fold what is listed by one operator into `total` [windows, rows]; `time`: of every event."""
    value, edge = scratch.value, scratch.edge
    if operator == COUNT:
        fold_count(edge, window, rows, total)
    elif operator == RUNNING:
        fold_running(value, edge, window, rows, total)
    elif operator == DISTINCT:
        fold_distinct(value, edge, window, rows, total)
    elif operator == NEW_KEYS:
        fold_new_keys(value, edge, window, rows, total)
    elif operator == LAST:
        fold_last(value, edge, window, rows, total)
    elif operator == FIRST:
        fold_first(value, edge, window, rows, total)
    elif operator == MIN:
        fold_min(value, edge, window, rows, total)
    elif operator == MAX:
        fold_max(value, edge, window, rows, total)
    elif operator == SUM:
        fold_sum(value, edge, window, rows, total)
    elif operator == SQUARES:
        fold_squares(value, edge, window, rows, total)
    elif operator == ABOVE_ZERO:
        fold_above_zero(value, edge, window, rows, total)
    elif operator == MAX_GAP:
        fold_max_gap(value, edge, window, rows, total)
    elif operator == MEDIAN:
        fold_median(value, edge, window, rows, scratch.ordered, total)
    elif operator == RUNNING_AT_LAST:
        fold_running_at_last(value, edge, window, rows, scratch.listed, time, total)
    elif operator == REPEATED_KEYS:
        fold_repeated_keys(value, edge, window, rows, scratch.listed, time, scratch.marks, total)
    else:
        fold_distinct_days(value, edge, window, rows, total)


def fold_count(edge: Table, window: Ints, rows: int, total: Table) -> None:
    """How many."""
    for row in range(rows):
        start = edge[row]
        for at in range(len(window)):
            total[at][row] = start[0] - start[window[at]]


def fold_running(running: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """By how much a running total grows within the window."""
    for row in range(rows):
        start = edge[row]
        for at in range(len(window)):
            total[at][row] = running[start[0]] - running[start[window[at]]]


def fold_distinct(following: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """Distinct keys: the events that no other of their key follows by the snapshot."""
    for row in range(rows):
        start, found = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in following[outside:inside]:
                if one >= start[0]:
                    found += 1
            total[at][row] = found
            inside = outside


def fold_new_keys(following: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """Keys never met before the window: the distinct ones of all time, less those of the time before it."""
    for row in range(rows):
        start, found = edge[row], 0
        for one in following[start[-1] : start[0]]:
            if one >= start[0]:
                found += 1
        for at in range(len(window)):
            outside, before = start[window[at]], 0
            for one in following[start[-1] : outside]:
                if one >= outside:
                    before += 1
            total[at][row] = found - before


def fold_first(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The oldest value."""
    for row in range(rows):
        start = edge[row]
        for at in range(len(window)):
            total[at][row] = value[start[window[at]]] if start[window[at]] < start[0] else NULL


def fold_last(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The newest value."""
    for row in range(rows):
        start = edge[row]
        for at in range(len(window)):
            total[at][row] = value[start[0] - 1] if start[window[at]] < start[0] else NULL


def fold_min(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The least value."""
    for row in range(rows):
        start, least = edge[row], NULL
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in value[outside:inside]:
                if least == NULL or one < least:
                    least = one
            total[at][row] = least
            inside = outside


def fold_max(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The greatest value; NULL is less than all."""
    for row in range(rows):
        start, greatest = edge[row], NULL
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in value[outside:inside]:
                if one > greatest:  # noqa: PLR1730 -- a call of max would double the time
                    greatest = one
            total[at][row] = greatest
            inside = outside


def fold_sum(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The sum."""
    for row in range(rows):
        start, amount = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            amount += sum(value[outside:inside])
            total[at][row] = amount
            inside = outside


def fold_squares(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The sum of the squares."""
    for row in range(rows):
        start, amount = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in value[outside:inside]:
                amount += one * one
            total[at][row] = amount
            inside = outside


def fold_above_zero(value: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """How many are above 0."""
    for row in range(rows):
        start, found = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in value[outside:inside]:
                if one > 0:
                    found += 1
            total[at][row] = found
            inside = outside


def fold_max_gap(gap: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """The longest gap; nothing where there is none."""
    fold_max(gap, edge, window, rows, total)
    for row in range(rows):
        for at in range(len(window)):
            if total[at][row] == 0:
                total[at][row] = NULL


def fold_median(value: Ints, edge: Table, window: Ints, rows: int, ordered: Ints, total: Table) -> None:
    """Twice the median, a whole number (its divisor is doubled): the sum of the middle one or two."""
    for row in range(rows):
        start, size = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for one in value[outside:inside]:
                ordered[size] = one
                size += 1
            sort(ordered, size)
            total[at][row] = ordered[(size - 1) // 2] + ordered[size // 2] if size > 0 else NULL
            inside = outside


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


def fold_running_at_last(
    running: Ints, edge: Table, window: Ints, rows: int, listed: Ints, time: Ints, total: Table
) -> None:
    """By how much a running total grows at the newest instant; events at one instant share a window."""
    for row in range(rows):
        start = edge[row]
        number = newest = start[0] - 1
        while number >= start[-1] and time[listed[number]] == time[listed[newest]]:
            number -= 1
        for at in range(len(window)):
            amount = running[newest + 1] - running[number + 1]
            total[at][row] = amount if start[window[at]] < start[0] else NULL


def fold_repeated_keys(
    key: Ints, edge: Table, window: Ints, rows: int, listed: Ints, time: Ints, marks: Ints, total: Table
) -> None:
    """Keys at two instants: a key counts in the ring where its second one is met. Leaves no marks."""
    for row in range(rows):
        start, found = edge[row], 0
        inside = start[0]
        for at in range(len(window)):
            outside = start[window[at]]
            for number in range(outside, inside):
                met = marks[key[number]]  # where the key was met first; -1 once it has counted
                if met == NEVER:
                    marks[key[number]] = number
                elif met >= 0 and time[listed[met]] != time[listed[number]]:
                    marks[key[number]] = -1
                    found += 1
            total[at][row] = found
            inside = outside
        for one in key[inside : start[0]]:
            marks[one] = NEVER


def fold_distinct_days(day: Ints, edge: Table, window: Ints, rows: int, total: Table) -> None:
    """Distinct days, newest event first. A clock that goes back brings the day after the lowest once more."""
    for row in range(rows):
        start, found = edge[row], 0
        inside = start[0]
        lowest = above = -NULL - 1
        for at in range(len(window)):
            outside = start[window[at]]
            for number in range(inside - 1, outside - 1, -1):
                if day[number] < lowest:
                    lowest, above = day[number], lowest
                    found += 1
                elif lowest < day[number] < above:
                    above = day[number]
                    found += 1
            total[at][row] = found
            inside = outside


# What is compiled, each after those that it calls.
FUNCTIONS = (
    fold_count, fold_running, fold_distinct, fold_new_keys, fold_first, fold_last, fold_min, fold_max,
    fold_sum, fold_squares, fold_above_zero, fold_max_gap, sort, fold_median, fold_running_at_last,
    fold_repeated_keys, fold_distinct_days, fold_values,
)  # fmt: skip
