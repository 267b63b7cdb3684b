"""What an answer does to a complaining customer: the law by which response times cost customers.

    logit P(lost) = logit(base) − .85 resolved + .55 unresolved + .80·ln(1 + 1.6·max(days − .5, 0))
                    + .35·(severity − centre) − .50·follow-up − .55·gesture

The coefficients reproduce published facts: of those answered after more than five days 40–50 % are lost,
while those answered within a day and satisfied stay more than customers who never complained. `base` is the
customer's own chance of leaving in the ninety days for which the law speaks, so that the comparison holds
customer by customer; the centre of severity sets the level. A recovery gesture (.55 in log-odds) counts as
much as makes what is spent on it return what is published.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

LAW_DAYS = 90
RESOLVED, UNRESOLVED, SLOW, SLOW_SCALE, SLOW_AFTER = -0.85, 0.55, 0.80, 1.6, 0.5
PATIENCE_DAYS = 21.0  # whoever waits longer has drawn the conclusion by then
MIND_MADE_UP_DAYS = 7.0  # mean time from the answer, or the end of patience, to the parting
SEVERE, SEVERITY_CENTRE, FOLLOW_UP = 0.35, 0.75, -0.50
GESTURE = -0.55


def lost_probability(
    base: NDArray[np.float64],
    waited_days: NDArray[np.float64],
    resolved: NDArray[np.bool_],
    severity: NDArray[np.int64],
    followed_up: NDArray[np.bool_],
    *,
    gesture: NDArray[np.bool_] | bool = False,
) -> NDArray[np.float64]:
    """The law of complaints: the chance that each customer is lost over it (formula above)."""
    slow = SLOW * np.log1p(SLOW_SCALE * np.maximum(waited_days - SLOW_AFTER, 0))
    logit = (
        np.log(base / (1 - base))
        + np.where(resolved, RESOLVED, UNRESOLVED)
        + slow
        + SEVERE * (severity - SEVERITY_CENTRE)
        + FOLLOW_UP * followed_up
        + GESTURE * gesture
    )
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-logit))
    return probability


@dataclass(frozen=True)
class Verdicts:
    """What each complaint does to its customer, should it be made.

    base: chance of leaving within LAW_DAYS had there been no complaint. probability: the law's.
    without_gesture: the law's, had no recovery gesture been made. lost: the draw. leaves_at: when, if lost.
    second_life: a mean-one draw for the time to the next natural departure.
    """

    base: NDArray[np.float64]
    probability: NDArray[np.float64]
    without_gesture: NDArray[np.float64]
    lost: NDArray[np.bool_]
    leaves_at: NDArray[np.int64]
    second_life: NDArray[np.float64]


def judge(seed: int, customers: Customers, complaints: Complaints) -> Verdicts:
    """Apply the law to every complaint."""
    rng = stream(seed, "verdicts")
    n = len(complaints)
    base = -np.expm1(-customers.hazard[complaints.customer] * LAW_DAYS)
    waited = np.minimum(complaints.answered_after_days, PATIENCE_DAYS)
    given = complaints.gestures.given
    without, probability = (
        lost_probability(
            base,
            waited,
            complaints.resolved_at != NEVER,
            complaints.severity,
            complaints.followed_up_at != NEVER,
            gesture=gesture,
        )
        for gesture in (np.zeros_like(given), given)
    )
    hesitation = MIND_MADE_UP_DAYS * np.minimum(rng.standard_exponential(n), 5)
    return Verdicts(
        base=base,
        probability=probability,
        without_gesture=without,
        lost=rng.random(n) < probability,
        leaves_at=complaints.opened_at + lasting(waited + hesitation),
        second_life=rng.standard_exponential(n),
    )
