"""What a past campaign earned beyond what its customers would have brought without it.

Whoever got nothing, weighed by one over the chance of getting nothing, stands for everybody: their mean m₀ is
what a customer brings without the campaign (Hájek, 1971). Incremental profit is Σ Y − n·m₀, where Y is the
margin within the horizon less what the offer cost. What staying brings later is not counted.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from models.evaluation.rounding import rounded
from models.evaluation.trials import NEVER, Assigned
from models.learned.trial import CONTROL, Flags, Floats

LEAST_SIDE = 20  # fewer on either side tell nothing


@dataclass(frozen=True)
class Estimate:
    """A total with its interval, two-sided."""

    value: float
    low: float
    high: float


def incremental(brought: Floats, control: Flags, propensity: Floats, confidence: float = 0.9) -> Estimate:
    """Σ of what was brought [n] beyond what all would have brought as controls.

    control: who got nothing [n]; propensity: the chance of what they got [n], read for the controls only.
    """
    weight = np.where(control, 1 / propensity, 0.0)
    without = float((weight * brought).sum() / weight.sum())
    # The influence of each customer: their own, and through m₀ that of the controls.
    influence = brought - without - weight * (brought - without) * (len(brought) / weight.sum())
    value = float((brought - without).sum())
    error = sqrt(float(((influence - influence.mean()) ** 2).sum()))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return Estimate(value, value - z * error, value + z * error)


def campaigns_told(of: Assigned, margin: Floats, stayed: Floats) -> list[dict[str, Any]]:
    """One entry a campaign, oldest first; money in minor units, 90 % intervals.

    margin: within the horizon, less nothing [n]. stayed: 1 or 0 [n]. Those with fewer than `LEAST_SIDE`
    customers on either side are left out.
    """
    cost = np.where(of.redeemed_at < NEVER, of.face_value, 0.0) + of.contact_cost
    control = of.arm == CONTROL
    cost = np.where(control, 0.0, cost)
    told = []
    for name in dict.fromkeys(of.campaign[np.argsort(of.assigned_at, kind="stable")].tolist()):
        these = of.campaign == name
        treated = these & ~control
        if min(int(treated.sum()), int((these & control).sum())) < LEAST_SIDE:
            continue
        profit = incremental((margin - cost)[these], control[these], of.propensity[these])
        kept = incremental(stayed[these], control[these], of.propensity[these])
        told.append(
            rounded(
                {
                    "campaign": name,
                    "customers": int(these.sum()),
                    "treated": int(treated.sum()),
                    "cost_minor": float(cost[these].sum()),
                    "incremental_profit_minor": vars(profit),
                    "customers_kept": vars(kept),
                }
            )
        )
    return told
