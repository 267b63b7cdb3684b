"""Rows brought into the order of customers and time: compiled code (`laying.py`).

Like the kernel this is plain Python that allocates nothing.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.int32]

STRANGER = -1


def count_rows(group: Numbers, count: Ints) -> None:
    """Add up how many rows each group has; strangers are in none."""
    for one in group:
        if one >= 0:
            count[one] += 1


def in_order(group: Numbers) -> bool:
    """Whether rows come in the order of their groups, strangers anywhere."""
    latest = 0
    for one in group:
        if one >= 0:
            if one < latest:
                return False
            latest = one
    return True


def find_places(group: Numbers, following: Ints, place: Ints) -> None:
    """Write where each row goes: after those of its group. following: of each group, the next free place."""
    for row in range(len(group)):
        place[row] = following[group[row]]
        following[group[row]] += 1


def scatter(place: Ints, values: Ints, columns: Ints) -> None:
    """Put the rows of a block where they belong: values [k, n] into columns [k, rows]."""
    for column in range(len(values)):
        source, into = values[column], columns[column]
        for row in range(len(place)):
            into[place[row]] = source[row]


def order_of_time(first: Ints, time: Ints, order: Ints) -> int:
    """Write the order that puts each customer's rows in time; equal instants stay. Returns how many were not.

    Shell's sort of row numbers: these tell rows of one instant apart, so that it is stable.
    """
    moved = 0
    for customer in range(len(first) - 1):
        begin, size = first[customer], first[customer + 1] - first[customer]
        ascending = True
        for row in range(begin, begin + size):
            order[row] = row
            if row > begin and time[row] < time[row - 1]:
                ascending = False
        gap = 0 if ascending else size // 2
        moved += not ascending
        while gap > 0:
            for number in range(begin + gap, begin + size):
                one, at = order[number], number
                while at >= begin + gap and later(time, order[at - gap], one):
                    order[at] = order[at - gap]
                    at -= gap
                order[at] = one
            gap //= 2
    return moved


def later(time: Ints, one: int, other: int) -> bool:
    """Whether a row comes after another one of the same customer."""
    return time[one] > time[other] or (time[one] == time[other] and one > other)


# What is compiled, each after those that it calls.
FUNCTIONS = (count_rows, in_order, find_places, scatter, later, order_of_time)
