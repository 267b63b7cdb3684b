"""What policies of whom to treat would have earned, by doubly robust scores: unbiased, out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from models.learned.trial import Flags, Floats, Integers


@dataclass(frozen=True)
class Stakes:
    """What is at stake of n customers, and what the arms beside the control cost; money in minor units.

    stake: S [n]. contact_cost, face_value, redemption [arms − 1]: c, f and q, the share of those who stay
    that use it. at_once [arms − 1]: whether f is paid to everybody, whether they stay or not; none is where
    not said. All costs 0 and S 1 where the outcome itself is the gain.
    """

    stake: Floats
    contact_cost: Floats
    face_value: Floats
    redemption: Floats
    at_once: Flags | None = None

    def gain(self, effects: Floats, retention: Floats) -> Floats:
        """IM_a = τ_a·S − c − q·f·(R₀ + τ_a) [arms − 1, n]; scores instead of effects give what it was.

        What is paid at once costs c + f.
        """
        paid = (self.redemption * self.face_value)[:, None] * (retention + effects)
        if self.at_once is not None:
            paid = np.where(self.at_once[:, None], self.face_value[:, None], paid)
        gain: Floats = effects * self.stake - self.contact_cost[:, None] - paid
        return gain


@dataclass(frozen=True)
class Treated:
    """Whom a policy treats.

    best: the place of their best arm among those beside the control [n]. weight: 0 or 1, or a share where a
    limit falls among customers whom the policy cannot tell apart [n].
    """

    best: Integers
    weight: Floats

    @property
    def share(self) -> float:
        """Of the customers."""
        return float(self.weight.mean())


@dataclass(frozen=True)
class Interval:
    """A mean per customer, and where it lies at the confidence asked for, one-sided on either side."""

    mean: float
    low: float
    high: float


def treat(gain: Floats, reach: float = 1.0) -> Treated:
    """Everybody whose best arm gains anything, the greatest first, until a share `reach` is treated [n]."""
    best = gain.argmax(axis=0)
    most = gain.max(axis=0)
    room = reach * len(most)
    wanted = most > 0
    if wanted.sum() <= room:
        return Treated(best, wanted.astype(np.float64))
    limit = np.sort(most)[::-1][int(np.ceil(room)) - 1]
    above, at = most > limit, most == limit
    weight = np.where(above, 1.0, np.where(at, (room - above.sum()) / at.sum(), 0.0))
    return Treated(best, weight)


def earned(treated: Treated, realised: Floats) -> Floats:
    """What treating so earned beyond treating nobody, customer by customer [n]; realised [arms − 1, n]."""
    of_best: Floats = np.take_along_axis(realised, treated.best[None, :], axis=0)[0]
    return treated.weight * of_best


def interval(values: Floats, person: Integers, confidence: float, comparisons: int = 1) -> Interval:
    """The mean of values [n] with bounds, one-sided each, corrected for so many comparisons (Bonferroni).

    Rows of the same person count as one draw.
    """
    mean = float(values.mean())
    sums = np.bincount(person, weights=values - mean)
    error = sqrt(float((sums**2).sum())) / len(values)
    z = NormalDist().inv_cdf(1 - (1 - confidence) / comparisons)
    return Interval(mean, mean - z * error, mean + z * error)


def numbered(names: Sequence[str]) -> Integers:
    """The same number for the same name [n]."""
    return np.asarray(np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1], dtype=np.int64)
