"""Orders that come sooner than they would have: after a call, or with a coupon."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.shop_time import ShopTime
from pipelines.sources.simulator.timeline import next_after

Integers = NDArray[np.int64]


def hasten(
    orders: Orders,
    time: ShopTime,
    who: Integers,
    when: Integers,
    *,
    days_later: Integers,
    fixed: NDArray[np.bool_],
) -> Orders:
    """Bring the first order that each of `who` would make after `when` (instants) to so many days after it.

    It keeps its hour of the day, and stays between the order before and the order after it; one that would
    come sooner anyway stays where it is. `fixed` marks orders that must not move, since something else is
    dated by them.
    """
    following = next_after(orders.customer, orders.at, who, when)
    earlier = _at_its_hour(time, orders.at[following], when, days_later)
    fits = (following >= 0) & (orders.at[following] > earlier) & ~fixed[following]
    at = orders.at.copy()
    np.minimum.at(at, following[fits], earlier[fits])
    return replace(orders, at=at)


def _at_its_hour(time: ShopTime, order_at: Integers, when: Integers, days_later: Integers) -> Integers:
    """So many local days after the day of `when`, at the same hour as the order."""
    day, today = (np.searchsorted(time.midnights, at, "right") for at in (order_at, when))
    last = len(time.midnights) - 1
    until_midnight = time.midnights[np.minimum(day, last)] - order_at
    moments: Integers = time.midnights[np.minimum(today + days_later, last)] - until_midnight
    return moments
