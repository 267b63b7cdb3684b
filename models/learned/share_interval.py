"""Between which shares customers of one probability left: how far a closed backtest lay from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Z_90 = 1.645  # two-sided


@dataclass(frozen=True)
class SharesSeen:
    """Groups of a closed backtest by rising probability [k]: mean probability, share that left, customers."""

    predicted: Floats
    observed: Floats
    customers: Floats

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.predicted)


def share_interval(seen: SharesSeen, p: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest share [n] that is to be expected of customers told p [n]; NaN stays NaN.

    p less and plus the greatest distance between what was told and a 90 % interval of the share that left
    (Wilson, JASA 22, 1927), in the group of p and its neighbours, with straight lines between groups. The
    interval of the share alone would know of chance, and nothing of a level that moves from season to season:
    over backtests a quarter apart it held 4 of 10 groups, and this one 9 of 10.
    """
    if not len(seen):
        nothing = np.full(len(p), np.nan)
        return nothing, nothing
    off = np.interp(p, seen.predicted, _widest(_off(seen)))
    return np.clip(p - off, 0.0, 1.0), np.clip(p + off, 0.0, 1.0)


def _off(seen: SharesSeen) -> Floats:
    """How far the share of each group may lie from its mean probability [k]."""
    n, share = seen.customers, seen.observed
    middle = (share + Z_90**2 / (2 * n)) / (1 + Z_90**2 / n)
    half = Z_90 / (1 + Z_90**2 / n) * np.sqrt(share * (1 - share) / n + (Z_90 / (2 * n)) ** 2)
    found: Floats = np.abs(middle - seen.predicted) + half
    return found


def _widest(off: Floats) -> Floats:
    """The greatest of each and its neighbours."""
    wide = np.concatenate([off[:1], off, off[-1:]])
    found: Floats = np.maximum(np.maximum(wide[:-2], wide[2:]), off)
    return found
