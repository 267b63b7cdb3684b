"""What the kernel lists of each event that passes a filter: one whole number, for the operators to fold.

Rows of one customer may share a stretch of the list (`scratch.py`), so what is listed of an event speaks of
nothing but the events before it, or says where the next one is. A running total is that of all events before
it in the list, with one more at the end: the total of a window is the difference of two.
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from typing import NamedTuple

from models.features.scratch import NEVER, NULL, Ints, Scratch, Table

NOTHING, STORED, RUNNING, ELAPSED, FOLLOWING, GAPS, LOOKED = range(7)


class Lookup(NamedTuple):
    """What is known of articles (`population.py`).

    statistics [., entries]: of each statistic the articles of one population after those of another.
    first [r]: where the population that a row looks into begins.
    """

    statistics: Table
    first: Ints


def list_values(
    kind: int, column: Ints, known: Ints, time: Ints, snapshot: Ints, count: int, scratch: Scratch
) -> None:
    """List one thing of the events that passed; `known`: from when on what the column says is known."""
    if kind == STORED:
        list_stored(column, count, scratch)
    elif kind == RUNNING:
        list_running(column, count, scratch)
    elif kind == ELAPSED:
        list_elapsed(column, known, time, snapshot, scratch)
    elif kind == FOLLOWING:
        list_following(column, len(snapshot), scratch)
    else:
        list_gaps(column, len(snapshot), scratch)


def list_stored(column: Ints, count: int, scratch: Scratch) -> None:
    """What stands in a column."""
    listed, value = scratch.listed, scratch.value
    for number in range(count):
        value[number] = column[listed[number]]


def list_running(column: Ints, count: int, scratch: Scratch) -> None:
    """The running total of a column."""
    listed, value = scratch.listed, scratch.value
    amount = 0
    for number in range(count):
        value[number] = amount
        amount += column[listed[number]]
    value[count] = amount


def list_elapsed(column: Ints, known: Ints, time: Ints, snapshot: Ints, scratch: Scratch) -> None:
    """From the event to its fact, to the snapshot while that is not known; here no rows share a stretch."""
    listed, value = scratch.listed, scratch.value
    for row in range(len(snapshot)):
        asof = snapshot[row]
        for number in range(scratch.edge[row][-1], scratch.edge[row][0]):
            event = listed[number]
            value[number] = (column[event] if known[event] <= asof else asof) - time[event]


def list_following(key: Ints, rows: int, scratch: Scratch) -> None:
    """Where in the list the next event with the same key is; NEVER where there is none."""
    listed, value, marks = scratch.listed, scratch.value, scratch.marks
    begun = -1
    for row in range(rows - 1, -1, -1):
        begin, end = scratch.edge[row][-1], scratch.edge[row][0]
        if begin != begun:  # else a later row has seen this stretch, and more of it
            for number in range(end - 1, begin - 1, -1):
                code = key[listed[number]]
                value[number] = marks[code]
                marks[code] = number
            for event in listed[begin:end]:
                marks[key[event]] = NEVER
            begun = begin


def list_gaps(day: Ints, rows: int, scratch: Scratch) -> None:
    """Days since the latest day before; 0 where the day is the first, or not a new one."""
    listed, value = scratch.listed, scratch.value
    begun = -1
    for row in range(rows - 1, -1, -1):
        begin, end = scratch.edge[row][-1], scratch.edge[row][0]
        if begin != begun:
            latest = NULL
            for number in range(begin, end):
                today = day[listed[number]]
                value[number] = 0
                if today > latest:  # a day can come twice where clocks go back over midnight
                    if latest != NULL:
                        value[number] = today - latest
                    latest = today
            begun = begin


def list_looked(item: Ints, statistic: Ints, first: Ints, scratch: Scratch) -> None:
    """A statistic of the article, of the population that the row looks into; no rows share a stretch."""
    listed, value = scratch.listed, scratch.value
    for row in range(len(first)):
        for number in range(scratch.edge[row][-1], scratch.edge[row][0]):
            value[number] = statistic[first[row] + item[listed[number]]]


# What is compiled, each after those that it calls.
FUNCTIONS = (list_stored, list_running, list_elapsed, list_following, list_gaps, list_looked, list_values)
