"""The small linear program of the cutting planes: the lowest bound that the cuts found so far allow.

    minimise   total · λ + Σ_s limit_s · μ_s + Σ_k limit_k · ν_k + Σ_s θ_s
    such that  θ_s ≥ gain − money · (λ + μ_s) − Σ_k units_k · ν_k      for each cut of segment s

λ, μ_s and ν_k are the prices of the total, of a segment's money and of a resource's unit; θ_s is what the
customers of a segment keep.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.policy.allocation.problem import ROWS_AT_ONCE, Floats, Integers, Limits, Options, Prices

FINEST = 1e-10  # the tightest tolerance that the solver takes


@dataclass(frozen=True)
class Cut:
    """What the customers of each segment gain and take at some prices: gain, money [s] and units [s, k]."""

    gain: Integers
    money: Integers
    units: Integers

    def plus(self, other: "Cut") -> "Cut":
        """What two groups of customers gain and take together."""
        return Cut(self.gain + other.gain, self.money + other.money, self.units + other.units)


@dataclass(frozen=True)
class Box:
    """Between which prices to look: low and high [1 + s + k], for λ, each μ_s and each ν_k."""

    low: Floats
    high: Floats

    @staticmethod
    def widest(options: Options, limits: Limits) -> "Box":
        """From 0 to where nobody takes anything; what has no limit has no price."""
        most = dearest = 0.0
        for begin in range(0, len(options), ROWS_AT_ONCE):
            part = slice(begin, begin + ROWS_AT_ONCE)
            gain, liability = options.gain[:, part], options.liability[:, part]
            most = max(most, float(gain.max(initial=0)))
            dearest = max(dearest, float((gain / np.maximum(liability, 1)).max(initial=0.0)))
        priced = [limit is not None for limit in (limits.total, *limits.segments)]
        money = np.where(priced, dearest, 0.0)
        units = np.array([dearest if each.in_money else most for each in limits.resources])
        high = np.concatenate([money, units])
        return Box(np.zeros(len(high)), high)

    def around(self, prices: Prices, share: float) -> "Box":
        """As much of it as lies within a share of some prices; a price of 0 may rise a little, too.

        A segment's own price stands on that of the total, and may move by a share of both together.
        """
        at, asked = _row(prices), _row(prices)
        asked[1 : 1 + len(prices.segments)] += prices.total
        room = share * np.maximum(asked, 0.01 * self.high)
        return Box(np.clip(at - room, self.low, self.high), np.clip(at + room, self.low, self.high))

    def prices(self, segments: int) -> tuple[Prices, Prices]:
        """The lowest and the highest prices in it."""
        low, high = (
            Prices(float(at[0]), at[1 : 1 + segments], at[1 + segments :]) for at in (self.low, self.high)
        )
        return low, high

    def held(self, prices: Prices, widest: "Box") -> bool:
        """Whether a side of this box, and not of the widest, holds the prices back."""
        at, fine = _row(prices), 1e-9 * np.maximum(widest.high, 1e-300)
        below = (at <= self.low + fine) & (self.low > widest.low + fine)
        above = (at >= self.high - fine) & (self.high < widest.high - fine)
        return bool(np.any(below | above))


def lowest(cuts: Sequence[Cut], limits: Limits, box: Box) -> tuple[Prices, float]:
    """The prices in the box at which the bound could be lowest, and how low, as far as the cuts tell."""
    from scipy.optimize import linprog  # noqa: PLC0415  # a second of import, wanted only to plan

    segments, resources = len(limits.segments), len(limits.resources)
    worth = np.array(
        [
            limits.total or 0,
            *(limit or 0 for limit in limits.segments),
            *(resource.limit for resource in limits.resources),
        ],
        float,
    )
    rows = np.concatenate([_rows(cut, segments, resources) for cut in cuts])
    right = -np.concatenate([cut.gain for cut in cuts]).astype(float)
    # Every figure of the program is brought near 1: prices by the box, money by the greatest gain.
    money = max(1.0, float(np.abs(right).max()))
    price = np.maximum(box.high, 1e-300)
    scale = np.concatenate([price, np.full(segments, money)])
    found = linprog(
        np.concatenate([worth, np.ones(segments)]) * scale / money,
        A_ub=rows * scale / money,
        b_ub=right / money,
        bounds=list(
            zip(
                np.r_[box.low / price, np.zeros(segments)],
                [*(box.high / price), *[None] * segments],
                strict=True,
            )
        ),
        method="highs",
        options={"primal_feasibility_tolerance": FINEST, "dual_feasibility_tolerance": FINEST},
    )
    if found.status != 0:
        raise RuntimeError(f"the program of the prices was not solved: {found.message}")
    at = np.maximum(found.x[: 1 + segments + resources], 0.0) * price  # the solver may miss 0 by a hair
    prices = Prices(float(at[0]), at[1 : 1 + segments], at[1 + segments :])
    return prices, float(found.fun) * money


def _rows(cut: Cut, segments: int, resources: int) -> Floats:
    """One row a segment: −money (λ + μ_s) − units · ν − θ_s <= −gain."""
    rows = np.zeros((segments, 1 + segments + resources + segments))
    each = np.arange(segments)
    rows[:, 0] = -cut.money
    rows[each, 1 + each] = -cut.money
    rows[:, 1 + segments : 1 + segments + resources] = -cut.units
    rows[each, 1 + segments + resources + each] = -1.0
    return rows


def _row(prices: Prices) -> Floats:
    return np.concatenate([[prices.total], prices.segments, prices.resources])
