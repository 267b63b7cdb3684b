"""Words as numbers: ids of customers, told apart in a whole table, and keys, told apart within one customer.

Compiled code (`laying.py`): plain Python that allocates nothing.
"""
# ruff: noqa: PLR0917 -- compiled code is called by position alone

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.gathering import Ints, Numbers
from models.features.scratch import NULL

Offsets: TypeAlias = NDArray[np.int32]
Letters: TypeAlias = NDArray[np.uint8]

SHORT = 15  # letters: with their length two words hold so many
NEAR_ROWS = 1 << 12  # looked up together

BASIS, PRIME = -3750763034362895579, 1099511628211
MIX_ONE, MIX_TWO = -49064778989728563, -4265267296055464877
LOW_31 = (1 << 31) - 1


def mixed(code: Any) -> Any:
    """The last steps of MurmurHash3: every bit comes to depend on every bit."""
    code = (code ^ ((code >> 33) & LOW_31)) * MIX_ONE
    code = (code ^ ((code >> 33) & LOW_31)) * MIX_TWO
    return code ^ ((code >> 33) & LOW_31)


def hash_of(letter: Letters, first: int, stop: int, step: int) -> Any:
    """64 bits that tell words apart, FNV-1a over the bytes in that order; never NULL."""
    code: Any = BASIS
    for at in range(first, stop, step):
        code = (code ^ np.int64(letter[at])) * PRIME
    code = mixed(code)
    return code if code != NULL else NULL + 1


def hash_words(offset: Offsets, letter: Letters, code: Ints) -> None:
    """Write the hash of each word."""
    for row in range(len(code)):
        code[row] = hash_of(letter, offset[row], offset[row + 1], 1)


def pack_ids(offset: Offsets, letter: Letters, low: Ints, high: Ints) -> None:
    """Two words for each id: its length and letters, `SHORT` at most; 127 bits of hash of a longer one."""
    for row in range(len(low)):
        begin, end = offset[row], offset[row + 1]
        if end - begin <= SHORT:
            one, other = np.int64(0), np.int64(end - begin)
            for at in range(begin, min(end, begin + 8)):
                one = (one << 8) | np.int64(letter[at])
            for at in range(begin + 8, end):
                other = (other << 8) | np.int64(letter[at])
            low[row], high[row] = one, other
        else:
            low[row] = hash_of(letter, begin, end, 1)
            high[row] = hash_of(letter, end - 1, begin - 1, -1) | NULL  # below 0, as no length is


def number_ids(
    low: Ints, high: Ints, count: int, adds: bool, slot: Ints, place: Ints, number: Numbers
) -> int:
    """Write the number of each id, `STRANGER` if it is not known, unless it is added; return how many are.

    slot [2^k, 4]: what is known, the two words of an id and 1 + its number; there must be room for all.
    place [n]: room, which begins with the rows that brought new ids, where these are added. Memory is slow to
    answer, and can be asked many things at once: so it is asked for many slots before any is looked at.
    """
    mask, added = len(slot) - 1, 0
    for begin in range(0, len(number), NEAR_ROWS):
        end = min(begin + NEAR_ROWS, len(number))
        for row in range(begin, end):
            again = row > 0 and low[row] == low[row - 1] and high[row] == high[row - 1]
            place[row] = -1 if again else mixed(low[row] ^ (high[row] * PRIME)) & mask
        for row in range(begin, end):
            number[row] = slot[max(place[row], 0), 2]
        for row in range(begin, end):
            at = place[row]
            if at < 0:
                number[row] = number[row - 1]
                continue
            while slot[at, 2] != 0 and (slot[at, 0] != low[row] or slot[at, 1] != high[row]):
                at = (at + 1) & mask
            if slot[at, 2] == 0 and adds:
                slot[at, 0], slot[at, 1], slot[at, 2] = low[row], high[row], count + 1
                place[added] = row
                added += 1
                count += 1
            number[row] = slot[at, 2] - 1
    return count


def move_ids(slot: Ints, wider: Ints) -> None:
    """Put what is known into more slots, which are all free."""
    mask = len(wider) - 1
    for old in range(len(slot)):
        if slot[old, 2] != 0:
            at = mixed(slot[old, 0] ^ (slot[old, 1] * PRIME)) & mask
            while wider[at, 2] != 0:
                at = (at + 1) & mask
            wider[at, 0], wider[at, 1], wider[at, 2] = slot[old, 0], slot[old, 1], slot[old, 2]


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
FUNCTIONS = (mixed, hash_of, hash_words, pack_ids, number_ids, move_ids, number_keys)
INLINED = (mixed, hash_of)
