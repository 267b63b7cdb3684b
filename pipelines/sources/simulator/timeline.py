"""Finding one's place in rows that are sorted by customer and time."""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

_TICK = 16  # bits of a microsecond clock left out: a tick of 65 ms, so that customer and time fit one integer


def last_at(customer: Integers, at: Integers, whose: Integers, when: Integers) -> Integers:
    """The place of each asked customer's last row at or before an instant; -1 where there is none.

    customer, at: the rows, sorted by customer and time. whose, when: what is asked, in any order. Instants
    less than a tick (65 ms) apart count as one.
    """
    if len(at) == 0:
        return np.full(len(when), -1)
    origin, latest = int(at.min()), int(at.max())
    span = ((latest - origin) >> _TICK) + 2
    ticks = (np.clip(when, origin - (1 << _TICK), latest) - origin) >> _TICK
    place = np.searchsorted(customer * span + ((at - origin) >> _TICK), whose * span + ticks, "right") - 1
    return np.where((place >= 0) & (customer[place] == whose), place, -1)


def next_after(customer: Integers, at: Integers, whose: Integers, when: Integers) -> Integers:
    """The place of each asked customer's first row after an instant, or -1: see `last_at`."""
    if len(at) == 0:
        return np.full(len(when), -1)
    before = last_at(customer, at, whose, when)
    before = np.where(before >= 0, before, np.searchsorted(customer, whose) - 1)
    place = np.minimum(before + 1, len(at) - 1)
    return np.where((before + 1 < len(at)) & (customer[place] == whose), place, -1)


def ordinal(group: Integers) -> Integers:
    """0, 1, … within each run of equal numbers."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    starts: Integers = np.arange(len(group)) - np.repeat(first, np.diff(first, append=len(group)))
    return starts
