"""Newcomers: many buy once and never again, fewer of those whom somebody called."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime, lasting
from pipelines.sources.simulator.streams import stream

Floats = NDArray[np.float64]

CALLS_SINCE = (
    0.25  # of the world's years had passed when the shop began to call newcomers, by the toss of a coin
)
CALLED = 0.5
CALLED_AFTER_DAYS = (1.0, 3.0)
ONCE_ONLY, ONCE_ONLY_CALLED = 0.16, 0.08  # chance of never coming back after the first order
DECIDED_AFTER_DAYS = (4.0, 21.0)  # evenly in between


@dataclass(frozen=True)
class Onboarding:
    """By customer: called_at (NEVER: not called), and when a newcomer is lost early (NEVER: is not).

    chance: of being lost early, given whether there was a call; 0 for founders.
    """

    called_at: NDArray[np.int64]
    lost_at: NDArray[np.int64]
    chance: Floats


def welcome(settings: SimulatorSettings, customers: Customers, time: ShopTime) -> Onboarding:
    """Toss for whom to call, among newcomers who have not refused the telephone, and draw who is lost.

    The draws belong to the customer: with a call, or without one, it would have been the same luck.
    """
    rng = stream(settings.seed, "onboarding")
    n = len(customers)
    newcomer = ~customers.founder & (customers.first_day >= CALLS_SINCE * time.days)
    called = newcomer & (rng.random(n) < CALLED) & (customers.allow("phone") != 0)
    soon, luck, late = rng.random(n), rng.random(n), rng.random(n)
    chance = np.where(customers.founder, 0, np.where(called, ONCE_ONLY_CALLED, ONCE_ONLY))
    return Onboarding(
        called_at=np.where(called, customers.joined_at + lasting(_between(CALLED_AFTER_DAYS, soon)), NEVER),
        lost_at=np.where(
            luck < chance, customers.joined_at + lasting(_between(DECIDED_AFTER_DAYS, late)), NEVER
        ),
        chance=chance,
    )


def undecided_stay(chance: Floats, days_since_joining: Floats, ahead: Floats) -> Floats:
    """P(a newcomer is not lost early in `ahead` more days | not lost in `days_since_joining`) [n, days].

    chance: of being lost early, as told on the day of joining [n]. The decision falls evenly between 4 and 21
    days, so that S(t) = 1 − chance · clip((t − 4) ÷ 17, 0, 1).
    """
    from_day, to_day = DECIDED_AFTER_DAYS

    def left(days: Floats) -> Floats:
        return 1 - chance[:, None] * np.clip((days - from_day) / (to_day - from_day), 0, 1)

    now = days_since_joining[:, None]
    return left(now + ahead) / left(now)


def _between(days: tuple[float, float], share: Floats) -> Floats:
    return days[0] + (days[1] - days[0]) * share
