"""The call afterwards: it keeps customers (the law says how much), and brings their next order forward."""

import numpy as np

from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.hastened import hasten
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime
from pipelines.sources.simulator.streams import stream

BRINGS_FORWARD = (
    0.20  # so many of those who are called order within two weeks what they would have ordered later
)
WITHIN_DAYS = 14


def bring_forward(
    settings: SimulatorSettings, orders: Orders, complaints: Complaints, time: ShopTime
) -> Orders:
    """The orders as they would be made with the calls that the business makes.

    Orders that are complained about stay where they are, so that no complaint comes long after its order.
    """
    rng = stream(settings.seed, "follow-up")
    n = len(complaints)
    moved, days_later = rng.random(n) < BRINGS_FORWARD, 1 + rng.integers(WITHIN_DAYS, size=n)
    called = np.flatnonzero(moved & (complaints.followed_up_at != NEVER))
    fixed = np.zeros(len(orders), bool)
    fixed[complaints.order] = True
    who, when = complaints.customer[called], complaints.followed_up_at[called]
    return hasten(orders, time, who, when, days_later=days_later[called], fixed=fixed)
