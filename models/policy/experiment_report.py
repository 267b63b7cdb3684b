"""What a plan leaves to chance, and how many customers an experiment needs before it tells anything."""

from typing import Any

import numpy as np

from models.policy.customers import Floats
from models.policy.day_plan import DayPlan
from models.policy.power import customers_per_arm

UPLIFTS = {"two_points": 0.02, "four_points": 0.04}


def experiment_report(found: DayPlan, churn_probability: Floats) -> dict[str, Any]:
    """Plain values: who is held out from the plan and who stands beside them, lots, and how many it takes.

    churn_probability: of the customers of the plan, in its order, NaN where unscored [n]. customers_per_arm:
    by the change in retention to be seen, None where nobody is in an experiment or no such change can be.
    """
    drawn = found.planned.explored.drawn
    of_them = churn_probability[(found.compared | drawn) & ~np.isnan(churn_probability)]
    retention = float(1 - of_them.mean()) if len(of_them) else None
    return {
        "held_out": int(np.sum(found.held_out)),
        "held_out_from_plan": int(np.sum(found.compared & found.held_out)),
        "treated_beside_them": int(np.sum(found.compared & ~found.held_out)),
        "drawn_by_lot": int(np.sum(drawn)),
        "retention_as_things_stand": retention,
        "customers_per_arm": {
            name: None
            if retention is None or retention + uplift > 1
            else customers_per_arm(retention, uplift)
            for name, uplift in UPLIFTS.items()
        },
    }
