"""The kernel: folds one customer's events of one table, as they were known at a snapshot, into numbers.

It reads a plan (`plan.py` writes it from the declarations) and knows no feature by name. Three steps:

    see      walk the customer's events in time order, keep those that had happened and were known by the
             snapshot, put each into its innermost window and note which conditions hold for it
    select   for each distinct filter and measure, list the values of the events that pass
    fold     for each operator on that list, one total per window: every event goes into the innermost window
             that contains it, then totals accumulate outwards, so that every window is exact

Windows are numbered from the innermost outwards; the last is all time. Totals are integers; the one division
happens on reading them out. The operators themselves, and how to add one, are in `operators.py`.

This is plain Python: it runs as it stands on lists (one customer, the server) and compiled on NumPy arrays
(`compiled.py`, many customers). Every sequence is one-dimensional, since both understand those.
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features import operators
from models.features.operators import NULL, Ints, fold_list

Floats: TypeAlias = NDArray[np.float64] | list[float]

NEVER = 2**63 - 1  # later than every snapshot
NAN = float("nan")

ONE, AGE, STORED, ELAPSED, SINCE, UNTIL = range(6)  # from STORED on a column is read


class TablePlan(NamedTuple):
    """What to fold from one table: w windows, c interval conditions, s selections, f folds, o outputs.

    widths [w] in microseconds, ascending, the last NEVER; interval_bit [c]. Per selection [s]: required and
    forbidden bits, kind of measure, stored column, its sign, and the bit that says the awaited fact is known.
    Selection i owns the folds first_fold[i] to first_fold[i + 1]; fold j owns the outputs first_output[j] to
    first_output[j + 1], each with its window and its place in a row.
    """

    widths: Ints
    interval_bit: Ints
    required: Ints
    forbidden: Ints
    kind: Ints
    column: Ints
    sign: Ints
    known_bit: Ints
    first_fold: Ints
    operator: Ints
    divisor: Floats
    first_output: Ints
    output_window: Ints
    output_place: Ints


class TableEvents(NamedTuple):
    """n events of one table, by customer, then time. Customer i owns first[i] to first[i + 1].

    time [n]; visible [n]: when the event had happened and was known; state [n]: bits of the conditions that
    never change; since and until [n·c]: when each interval condition holds, event by event; columns [k·n]:
    stored values, column by column, NULL where empty (keys are small codes).
    """

    first: Ints
    time: Ints
    visible: Ints
    state: Ints
    since: Ints
    until: Ints
    columns: Ints


class Scratch(NamedTuple):
    """Room to work in, as long as the longest history; `marks` is as long as there are key codes, all 0."""

    seen: Ints
    seen_window: Ints
    seen_state: Ints
    value: Ints
    window: Ints
    time: Ints
    totals: Ints
    marks: Ints
    ordered: Ints


def fold_customers(
    plan: TablePlan,
    events: TableEvents,
    customers: tuple[int, int],
    snapshots: Ints,
    first_snapshot: Ints,
    scratch: Scratch,
    out: Floats,
    width: int,
) -> None:
    """Fold a range of customers at each snapshot from the customer's first one on.

    `first_snapshot` [customers in all] numbers into `snapshots`. Rows of `width` values are written to `out`
    one after another: customer by customer, snapshots in order.
    """
    at = 0
    for customer in range(customers[0], customers[1]):
        begin, end = events.first[customer], events.first[customer + 1]
        for number in range(first_snapshot[customer], len(snapshots)):
            fold_at(plan, events, begin, end, snapshots[number], scratch, out, at)
            at += width


def fold_at(
    plan: TablePlan,
    events: TableEvents,
    begin: int,
    end: int,
    snapshot: int,
    scratch: Scratch,
    out: Floats,
    at: int,
) -> None:
    """Fold the events begin to end at one snapshot; the row of outputs starts at `out[at]`."""
    seen = see(plan, events, begin, end, snapshot, scratch)
    for selection in range(len(plan.required)):
        count = select(plan, events, selection, snapshot, seen, scratch)
        for fold in range(plan.first_fold[selection], plan.first_fold[selection + 1]):
            fold_list(
                plan.operator[fold],
                count,
                scratch.value,
                scratch.window,
                scratch.time,
                scratch.marks,
                scratch.ordered,
                scratch.totals,
            )
            for output in range(plan.first_output[fold], plan.first_output[fold + 1]):
                total = scratch.totals[plan.output_window[output]]
                place = at + plan.output_place[output]
                out[place] = NAN if total == NULL else total / plan.divisor[fold]


def see(plan: TablePlan, events: TableEvents, begin: int, end: int, snapshot: int, scratch: Scratch) -> int:
    """List the events that had happened and were known by the snapshot; return how many."""
    widths, times, visible = plan.widths, events.time, events.visible
    seen_event, seen_window, seen_state = scratch.seen, scratch.seen_window, scratch.seen_state
    seen = 0
    window = len(widths) - 1
    for event in range(begin, end):
        time = times[event]
        if time > snapshot:
            break
        if visible[event] > snapshot:
            continue
        while window > 0 and snapshot - time < widths[window - 1]:
            window -= 1  # events get newer, so windows only get narrower
        seen_event[seen] = event
        seen_window[seen] = window
        seen_state[seen] = events.state[event] | intervals_at(
            event, snapshot, plan.interval_bit, events.since, events.until
        )
        seen += 1
    return seen


def intervals_at(event: int, snapshot: int, interval_bit: Ints, since: Ints, until: Ints) -> int:
    """Bits of the interval conditions that hold for an event at the snapshot."""
    held = 0
    conditions = len(interval_bit)
    for number in range(conditions):
        cell = event * conditions + number
        if since[cell] <= snapshot < until[cell]:
            held |= interval_bit[number]
    return held


def select(
    plan: TablePlan, events: TableEvents, selection: int, snapshot: int, seen: int, scratch: Scratch
) -> int:
    """List value, window and time of the seen events that pass and have a value; return how many."""
    required, forbidden = plan.required[selection], plan.forbidden[selection]
    kind, sign, known_bit = plan.kind[selection], plan.sign[selection], plan.known_bit[selection]
    column = plan.column[selection] * len(events.time)
    times, columns, values, windows = events.time, events.columns, scratch.value, scratch.window
    count = 0
    for number in range(seen):
        state = scratch.seen_state[number]
        if (state & required) != required or (state & forbidden) != 0:
            continue
        event = scratch.seen[number]
        stored = columns[column + event] if kind >= STORED else 0
        value = measure(kind, times[event], snapshot, stored, sign, (state & known_bit) != 0)
        if value != NULL:
            values[count] = value
            windows[count] = scratch.seen_window[number]
            scratch.time[count] = times[event]
            count += 1
    return count


def measure(kind: int, time: int, snapshot: int, stored: int, sign: int, known: bool) -> int:
    """What is measured of one event, NULL when that is empty."""
    if kind == ONE:
        return 1
    if kind == AGE:
        return snapshot - time
    if kind == ELAPSED:
        return (stored if known else snapshot) - time
    if stored == NULL:
        return NULL
    if kind == SINCE:
        return snapshot - stored
    if kind == UNTIL:
        return stored - snapshot
    return sign * stored


# What is compiled, each after those that it calls.
FUNCTIONS = (*operators.FUNCTIONS, measure, select, intervals_at, see, fold_at, fold_customers)
