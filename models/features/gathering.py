"""Rows brought into the order of customers and time, and keys turned into numbers: compiled code.

Like the kernel this is plain Python that allocates nothing; it is always run compiled (`laying()`).
"""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.linked import linked
from models.features.scratch import NULL

Ints: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.int32]
Offsets: TypeAlias = NDArray[np.int32]
Letters: TypeAlias = NDArray[np.uint8]

STRANGER = -1

# FNV-1a over the bytes, then the last steps of MurmurHash3, so that every bit depends on every byte.
BASIS, PRIME = -3750763034362895579, 1099511628211
MIX_ONE, MIX_TWO = -49064778989728563, -4265267296055464877
LOW_31 = (1 << 31) - 1


def hash_of(letter: Letters, begin: int, end: int) -> Any:
    """64 bits that tell words apart; never NULL."""
    code: Any = BASIS
    for at in range(begin, end):
        code = (code ^ np.int64(letter[at])) * PRIME
    code = (code ^ ((code >> 33) & LOW_31)) * MIX_ONE
    code = (code ^ ((code >> 33) & LOW_31)) * MIX_TWO
    code ^= (code >> 33) & LOW_31
    return code if code != NULL else NULL + 1


def hash_words(offset: Offsets, letter: Letters, code: Ints) -> None:
    """Write the hash of each word."""
    for row in range(len(code)):
        code[row] = hash_of(letter, offset[row], offset[row + 1])


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


def number_keys(first: Ints, code: Ints, slot: Ints, kept: Ints) -> int:
    """Turn hashes of keys into small numbers, 0, 1, … for each customer anew; returns the greatest.

    slot, kept: room for twice as many words as a customer has rows, rounded up to a power of two. NULL stays.
    """
    greatest = -1
    for customer in range(len(first) - 1):
        begin, end = first[customer], first[customer + 1]
        mask = 1
        while mask < 2 * (end - begin):
            mask *= 2
        slot[:mask] = -1
        mask -= 1
        count = 0
        for row in range(begin, end):
            if code[row] != NULL:
                at = code[row] & mask
                while slot[at] >= 0 and kept[at] != code[row]:
                    at = (at + 1) & mask
                if slot[at] < 0:
                    slot[at], kept[at] = count, code[row]
                    count += 1
                code[row] = slot[at]
        greatest = max(greatest, count - 1)
    return greatest


# What is compiled, each after those that it calls.
FUNCTIONS = (
    hash_of,
    hash_words,
    count_rows,
    in_order,
    find_places,
    scatter,
    later,
    order_of_time,
    number_keys,
)
ENTRIES = ("hash_words", "count_rows", "in_order", "find_places", "scatter", "order_of_time", "number_keys")


@cache
def laying() -> Mapping[str, Callable[..., Any]]:
    """These functions as machine code, by name."""
    return linked((sys.modules[__name__],), ENTRIES)
