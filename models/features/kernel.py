"""The kernel: folds the events of one table, as they were known at snapshots, into numbers of each customer.

It reads a plan (`table_plan.py` writes it from the declarations) and knows no feature by name. Four steps:

    see      walk each customer's events in time order and list those that had happened and were known by the
             snapshot, with the conditions that hold for each, and where each window begins
    select   for each distinct filter, list the events that pass, and where each window begins among them
    list     for each measure under that filter, list one whole number of each of these events (`listing.py`)
    fold     for each operator on that list, one total per window (`operators.py`: how, and how to add one)

Totals are whole numbers, divided once when they are read out; formulas over them come after (`formula.py`).

A row is a customer at a snapshot. Many rows are folded at once, so that the plan is read only once for all of
them. Rows of one customer follow each other, snapshots ascending, and mostly share what is listed: a later
snapshot sees what an earlier one did, and more (`scratch.py` says how lists are laid out).

This is plain Python: it runs as it stands on lists (one customer, the server) and compiled on NumPy arrays
(`compiled.py`).
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.listing import LOOKED, NOTHING, Lookup, list_looked, list_values
from models.features.operators import fold_values
from models.features.scratch import NULL, Ints, Scratch, Table

Floats: TypeAlias = NDArray[np.float64] | list[float]
Folded: TypeAlias = NDArray[np.float64] | list[list[float]]

NAN = float("nan")

# A table's columns [., n], events by customer, then time: when it happened; from when on it had happened and
# was known; bits of the conditions that never change; then since and until of each interval condition, which
# holds at a snapshot s where since <= s < until; then whatever is measured, NULL where there is nothing.
TIME, VISIBLE, STATE, INTERVALS = range(4)


class TablePlan(NamedTuple):
    """What to fold from one table, and into how many windows each.

    Folds of one selection follow each other, and among them those of one measure. Columns have numbers.

    shares             1 where rows of one customer may share a stretch, 0 where what is listed of an event
                       depends on the snapshot
    width              of each window, in microseconds, ascending; the last is NEVER
    interval_bit       of each interval condition
    mask, required     of each selection: events pass when these bits of their state are the required ones
    kind, column, known_column  of each measure: what is listed, of which column, from when that is known
    statistic          of each measure: which one is looked up, where one is
    selection, measure of each fold
    operator, nothing  of each fold, and its total where no event passes
    sign, snapshots    of each fold: sign · total + snapshots · snapshot is read out, the total where sign = 0
    first_output       of each fold: it owns the outputs first_output[i] to first_output[i + 1]
    window             of each output, numbered from 1, ascending within a fold
    divisor, place     of each output: by what the total is divided, and where it is written
    """

    shares: int
    width: Ints
    interval_bit: Ints
    mask: Ints
    required: Ints
    kind: Ints
    column: Ints
    known_column: Ints
    statistic: Ints
    selection: Ints
    measure: Ints
    operator: Ints
    nothing: Ints
    sign: Ints
    snapshots: Ints
    first_output: Ints
    window: Ints
    divisor: Floats
    place: Ints


def fold_table(
    plan: TablePlan,
    columns: Table,
    begin: Ints,
    end: Ints,
    snapshot: Ints,
    lookup: Lookup,
    scratch: Scratch,
    folded: Folded,
) -> None:
    """Fold the events begin[i] to end[i] at snapshot[i] for each row i, into `folded` [places, rows]."""
    rows, time = len(begin), columns[TIME]
    seen = see(plan, columns, begin, end, snapshot, scratch)
    hold_intervals(plan, columns, snapshot, scratch)
    first, count, selection, measure = 0, 0, -1, -1
    for fold in range(len(plan.operator)):
        if selection != plan.selection[fold]:
            selection = plan.selection[fold]
            count = select(plan, selection, seen, rows, scratch)
        if measure != plan.measure[fold]:
            measure = plan.measure[fold]
            if count > 0 and plan.kind[measure] != NOTHING:
                list_measure(plan, columns, measure, snapshot, lookup, count, scratch)
        last = plan.first_output[fold + 1]
        window, total = plan.window[first:last], scratch.total[first:last]
        if count == 0:
            fill(total, rows, plan.nothing[fold])
        else:
            fold_values(plan.operator[fold], window, rows, time, scratch, total)
            if plan.sign[fold] != 0:
                count_from(snapshot, plan.sign[fold], plan.snapshots[fold], total)
        first = last
    read_out(plan, rows, scratch, folded)


def see(plan: TablePlan, columns: Table, begin: Ints, end: Ints, snapshot: Ints, scratch: Scratch) -> int:
    """List the events that had happened and were known by the snapshot; return how many."""
    width, time, visible, always = plan.width, columns[TIME], columns[VISIBLE], columns[STATE]
    seen, state, edges = scratch.seen, scratch.state, scratch.seen_edge
    count = first = event = late = 0
    for row in range(len(begin)):
        edge, asof = edges[row], snapshot[row]
        goes_on = plan.shares == 1 and late == 0 and row > 0 and begin[row] == begin[row - 1]
        if not goes_on:
            first, event, late = count, begin[row], 0
        while event < end[row] and time[event] <= asof:
            if visible[event] <= asof:
                seen[count] = event
                state[count] = always[event]
                count += 1
            else:
                late += 1  # it may become known before the next snapshot, and so belong in between
            event += 1
        edge[0], edge[-1] = count, first
        number = first
        for window in range(len(width) - 1, 0, -1):
            if goes_on:
                number = max(number, edges[row - 1][window])
            while number < count and asof - time[seen[number]] >= width[window - 1]:
                number += 1
            edge[window] = number
    return count


def hold_intervals(plan: TablePlan, columns: Table, snapshot: Ints, scratch: Scratch) -> None:
    """Note which interval conditions hold for each event; where there are any, no rows share a stretch."""
    seen, state = scratch.seen, scratch.state
    for condition in range(len(plan.interval_bit)):
        since, until = columns[INTERVALS + 2 * condition], columns[INTERVALS + 2 * condition + 1]
        for row in range(len(snapshot)):
            for number in range(scratch.seen_edge[row][-1], scratch.seen_edge[row][0]):
                if since[seen[number]] <= snapshot[row] < until[seen[number]]:
                    state[number] |= plan.interval_bit[condition]


def select(plan: TablePlan, selection: int, seen: int, rows: int, scratch: Scratch) -> int:
    """List the seen events that pass; return how many."""
    mask, required = plan.mask[selection], plan.required[selection]
    events, state, listed, passed = scratch.seen, scratch.state, scratch.listed, scratch.passed
    count = 0
    for number in range(seen):
        passed[number] = count
        if state[number] & mask == required:
            listed[count] = events[number]
            count += 1
    passed[seen] = count
    for row in range(rows):
        seen_edge, edge = scratch.seen_edge[row], scratch.edge[row]
        for window in range(len(plan.width) + 1):
            edge[window] = passed[seen_edge[window]]
    return count


def list_measure(
    plan: TablePlan,
    columns: Table,
    measure: int,
    snapshot: Ints,
    lookup: Lookup,
    count: int,
    scratch: Scratch,
) -> None:
    """List what is measured of the events that passed."""
    column, known = columns[plan.column[measure]], columns[plan.known_column[measure]]
    if plan.kind[measure] == LOOKED:
        list_looked(column, lookup.statistics[plan.statistic[measure]], lookup.first, scratch)
    else:
        list_values(plan.kind[measure], column, known, columns[TIME], snapshot, count, scratch)


def fill(total: Table, rows: int, nothing: int) -> None:
    """Set totals to what an operator makes of nothing."""
    for totals in total:
        for row in range(rows):
            totals[row] = nothing


def count_from(snapshot: Ints, sign: int, snapshots: int, total: Table) -> None:
    """Turn totals round, and count them from the snapshot: an age is the snapshot less an instant."""
    for totals in total:
        for row in range(len(snapshot)):
            if totals[row] != NULL:
                totals[row] = sign * totals[row] + snapshots * snapshot[row]


def read_out(plan: TablePlan, rows: int, scratch: Scratch, folded: Folded) -> None:
    """Divide the totals, once, into their places; NaN where there is none."""
    total, place, divisors = scratch.total, plan.place, plan.divisor
    for output in range(len(place)):
        totals, out, divisor = total[output], folded[place[output]], divisors[output]
        for row in range(rows):
            out[row] = NAN if totals[row] == NULL else totals[row] / divisor


# What is compiled, each after those that it calls.
FUNCTIONS = (fill, count_from, read_out, list_measure, select, hold_intervals, see, fold_table)
