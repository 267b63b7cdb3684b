"""A refund beyond what is owed, tossed for among those who were wronged most: it shows whether that pays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

GIVEN = 0.5  # of the eligible, by the toss of a coin
GRAVE = 4  # eligible are complaints as grave as this
PERIOD_DAYS = 91  # one a customer in such a period
FACE = 0.2  # against the median price
PAID_OUT_AFTER_DAYS = (1.0, 3.0)  # whatever the customer does: the payment is immediate


@dataclass(frozen=True)
class Gestures:
    """By complaint: whether it was eligible and whether the gesture was made (with the answer).

    period: number of the campaign, counted from the first day. paid_at: when the money went out, if made.
    """

    eligible: NDArray[np.bool_]
    given: NDArray[np.bool_]
    period: NDArray[np.int64]
    paid_at: NDArray[np.int64]


def toss_gestures(
    seed: int,
    customer: NDArray[np.int64],
    answered_at: NDArray[np.int64],
    severity: NDArray[np.int64],
    *,
    start: int,
) -> Gestures:
    """Toss a coin for every customer's first eligible complaint of a period; `answered_at` may be NEVER."""
    rng = stream(seed, "recovery")
    n = len(customer)
    heads, soon = rng.random(n) < GIVEN, rng.random(n)
    period = np.where(answered_at == NEVER, -1, (answered_at - start) // (PERIOD_DAYS * DAY))
    eligible = (period >= 0) & (severity >= GRAVE)
    eligible &= _first_of_period(customer, period, eligible)
    from_day, to_day = PAID_OUT_AFTER_DAYS
    return Gestures(
        eligible=eligible,
        given=eligible & heads,
        period=period,
        paid_at=answered_at + lasting(from_day + (to_day - from_day) * soon),
    )


def _first_of_period(
    customer: NDArray[np.int64], period: NDArray[np.int64], eligible: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mask of each customer's first eligible complaint in a period, in the order of the rows."""
    rows = np.flatnonzero(eligible)
    _, first = np.unique(np.stack([customer[rows], period[rows]]), axis=1, return_index=True)
    mask = np.zeros(len(customer), bool)
    mask[rows[first]] = True
    return mask
