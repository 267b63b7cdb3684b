"""SHAP values of one row from leaf tables, by arrays: no compiler need be loaded for a few customers.

Many leaves ask the same of a feature, so every condition is looked at once. The answers are then packed into
the bits of each leaf's pattern. What is looked up for it, and the order of adding, are those of the compiled
way (`tree_contributions.py`), so the sums are the same to the bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WHOLE_NUMBER: Mapping[int, np.dtype[Any]] = {8: np.dtype("u1"), 16: np.dtype("<u2")}  # by bits


@dataclass(frozen=True)
class Conditions:
    """Each different condition, and which of them the leaves ask.

    feature, low, high, missing: as those of slots, one for each condition; the last is never met. asked
    [leaves, 8 or 16]: the condition behind each bit of a leaf's pattern. leaf: that of each slot.
    """

    feature: Ints
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    missing: NDArray[np.bool_]
    asked: Ints
    bits: int
    leaf: Ints

    def patterns(self, x: NDArray[np.float32]) -> NDArray[np.unsignedinteger[Any]]:
        """The pattern of every slot's leaf for one row's feature values [k]."""
        found = x.take(self.feature)
        met = (found > self.low) & (found <= self.high) | np.isnan(found) & self.missing
        packed = np.packbits(met.take(self.asked), bitorder="little")
        of_leaf: NDArray[np.unsignedinteger[Any]] = packed.view(WHOLE_NUMBER[self.bits])
        return of_leaf.take(self.leaf)


def conditions(first_slot: Ints, feature: Ints, low: Floats, high: Floats, missing: Ints) -> Conditions:
    """The conditions of all slots of leaf tables; no leaf may have more than 16 slots."""
    slots = np.stack([feature, low, high, missing], axis=1)
    different, of_slot = np.unique(slots, axis=0, return_inverse=True)
    sizes = np.diff(first_slot)
    leaf = np.repeat(np.arange(len(sizes)), sizes)
    bits = next(bits for bits in WHOLE_NUMBER if bits >= max(sizes, default=0))
    asked = np.full((len(sizes), bits), len(different))
    asked[leaf, np.arange(len(feature)) - first_slot[leaf]] = of_slot.ravel()
    never = np.array([[0.0, np.inf, -np.inf, 0.0]])
    whole = np.concatenate([different, never])
    return Conditions(
        feature=whole[:, 0].astype(np.int64),
        low=_at_most(whole[:, 1]),
        high=_at_most(whole[:, 2]),
        missing=whole[:, 3] == 1,
        asked=asked.ravel(),
        bits=bits,
        leaf=leaf,
    )


def _at_most(limits: Floats) -> NDArray[np.float32]:
    """The greatest float32 that is not above each limit; any float32 lies on the same side of both."""
    with np.errstate(over="ignore"):  # beyond what float32 holds is infinity, and the next below it is right
        near = limits.astype(np.float32)
    return np.where(near > limits, np.nextafter(near, np.float32(-np.inf)), near)
