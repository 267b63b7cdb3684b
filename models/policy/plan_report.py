"""What a plan promises, gains and leaves undone, and what more money would earn."""

from typing import Any

import numpy as np

from models.policy.allocation.allocate import allocate, profit_curve
from models.policy.allocation.problem import NOTHING, Limits
from models.policy.budgets import Planned

STEPS = 5  # budgets of the curve, up to what would be spent without a total


def plan_report(found: Planned, more_minor: int) -> dict[str, Any]:
    """Plain values, amounts in minor units: promised, gained, the gap to the bound, what limits are worth.

    Shadow prices are minor units of gain for one more minor unit of money, one more contact or one more case.
    more_minor: by how much the total is raised to say what that would earn beyond itself; 0 where there is no
    total, since more would earn nothing.
    """
    prices, budgets = found.allocation.prices, found.budgets
    resources = zip(budgets.limited, prices.resources.tolist(), strict=True)
    return {
        "customers": len(found.choice),
        "acted_on": int(np.sum(found.choice != NOTHING)),
        "liability_minor": found.use.total,
        "expected_gain_minor": found.use.gain,
        "gap": found.allocation.gap,
        "shadow_prices": {
            "total": prices.total,
            "segments": dict(zip(budgets.segments, prices.segments.tolist(), strict=True)),
            "resources": [{"kind": kind, "name": name, "price": price} for (kind, name), price in resources],
        },
        "more_minor": more_minor,
        "more_would_earn_minor": _next(found, more_minor),
        "profit_curve": _curve(found),
    }


def _next(found: Planned, more_minor: int) -> int:
    if found.left.total is None:
        return 0
    budget = np.array([found.left.total + more_minor])
    (richer,) = profit_curve(found.rest, found.left, budget)
    return max(0, richer.use.gain - found.allocation.use.gain)


def _curve(found: Planned) -> list[dict[str, int]]:
    """Gain at a few total budgets up to what would be promised without one, other limits as they are."""
    none = Limits(None, found.left.segments, found.left.resources)
    most = allocate(found.rest, none).use.total
    budgets = np.linspace(0, most, STEPS + 1).astype(np.int64)[1:]
    plans = profit_curve(found.rest, none, budgets)
    return [
        {"budget_minor": int(budget), "liability_minor": plan.use.total, "expected_gain_minor": plan.use.gain}
        for budget, plan in zip(budgets, plans, strict=True)
    ]
