"""What a ranking of customers by risk could earn at best: the expected maximum profit (EMPC).

By Verbraken, Verbeke and Baesens (2013, IEEE Transactions on Knowledge and Data Engineering 25(5)). It says
what a score is worth to a campaign that makes everybody above a threshold one offer. It is reported beside
the other figures and never chooses a policy: it takes whoever leaves for persuadable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 2_000  # nodes over γ: enough for six digits


@dataclass(frozen=True)
class Campaign:
    """What an offer costs and does, in one money.

    value: of a customer who stays. incentive: its cost, paid to whoever takes it. contact: cost of each
    contact. A leaver who is contacted stays with a chance γ that is Beta(taken, refused) before the campaign
    is run; the defaults are the authors' (a mean of .3).
    """

    value: float = 200.0
    incentive: float = 10.0
    contact: float = 1.0
    taken: float = 6.0
    refused: float = 14.0


@dataclass(frozen=True)
class ExpectedProfit:
    """per_customer: expected maximum profit ÷ customers. share: of the customers, the one then contacted."""

    per_customer: float
    share: float


def expected_maximum_profit(p: Floats, y: Floats, campaign: Campaign = Campaign()) -> ExpectedProfit:
    """The profit of the best threshold, expected over γ; p [n] probabilities, y [n] outcomes of 0 and 1.

    For each γ the best threshold lies on the convex hull of the ROC curve.
    """
    leavers, stayers = _hull(p, y)  # shares of all customers that are contacted, by threshold
    chance = (np.arange(STEPS) + 0.5) / STEPS
    likely = (campaign.taken - 1) * np.log(chance) + (campaign.refused - 1) * np.log(1 - chance)
    gain = chance * (campaign.value - campaign.incentive) - campaign.contact
    loss = campaign.incentive + campaign.contact
    profit = gain[:, None] * leavers - loss * stayers
    best = profit.argmax(axis=1)
    weight = np.exp(likely - likely.max())
    weight /= weight.sum()
    return ExpectedProfit(
        per_customer=float(weight @ profit[np.arange(STEPS), best]),
        share=float(weight @ (leavers + stayers)[best]),
    )


def _hull(p: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Contacted leavers and contacted stayers ÷ customers, at the thresholds that can be best."""
    order = np.argsort(-p, kind="stable")
    last = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)  # nobody is split from an equal score
    leavers = np.concatenate([[0.0], np.cumsum(y[order])[last]]) / len(p)
    stayers = np.concatenate([[0.0], np.cumsum(1.0 - y[order])[last]]) / len(p)
    kept: list[tuple[float, float]] = []
    for point in zip(leavers.tolist(), stayers.tolist(), strict=True):  # floats: a tenth of NumPy's time
        while len(kept) > 1 and _below(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    hull = np.array(kept)
    return hull[:, 0], hull[:, 1]


def _below(before: tuple[float, float], at: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether a point of the curve lies on or below the line between its neighbours."""
    rise = (at[0] - before[0]) * (after[1] - before[1])
    return rise <= (after[0] - before[0]) * (at[1] - before[1])
