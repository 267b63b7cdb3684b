"""Problems that nobody complains about: what the business never hears of costs it customers too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

SILENT = 0.75  # added to the log-odds of leaving within the days for which the law of complaints speaks
LEAVES_AFTER_DAYS = 12.0
WITHIN_DAYS = 2.0
TRACED = 0.5  # so many are troubles at the till, which the shop's log shows


@dataclass(frozen=True)
class SilentProblems:
    """Problems that would be met, sorted by customer and time.

    order and customer: places. at: the instant. traced: whether it was at the till. base and probability:
    chances of leaving within LAW_DAYS without and with it. lost and leaves_at: the draw, and when.
    """

    order: NDArray[np.int64]
    customer: NDArray[np.int64]
    at: NDArray[np.int64]
    traced: NDArray[np.bool_]
    base: NDArray[np.float64]
    probability: NDArray[np.float64]
    lost: NDArray[np.bool_]
    leaves_at: NDArray[np.int64]

    def __len__(self) -> int:
        """How many."""
        return len(self.at)

    @property
    def lost_probability(self) -> NDArray[np.float64]:
        """The chance that each takes its customer away, nature's own chance left aside."""
        return beside_nature(self.base, self.probability)


def leaves_probability(base: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chance of leaving within LAW_DAYS with a silent problem, of that without: logit(base) + .75."""
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-(np.log(base / (1 - base)) + SILENT)))
    return probability


def beside_nature(base: NDArray[np.float64], probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is missing from nature's chance `base`, which goes on beside it, to `probability`."""
    missing: NDArray[np.float64] = (probability - base) / (1 - base)
    return missing


def wish_silent_problems(
    settings: SimulatorSettings, customers: Customers, orders: Orders, complaints: Complaints
) -> SilentProblems:
    """Draw the orders that go wrong without a word: never one that is complained about.

    Nature goes on beside it, so the draw adds only what is missing from the customer's own chance.
    """
    rng = stream(settings.seed, "silent problems")
    wrong = rng.random(len(orders)) < settings.silent_problem_share
    wrong[complaints.order] = False
    order = np.flatnonzero(wrong)
    n, customer = len(order), orders.customer[order]
    traced = rng.random(n) < TRACED
    # Trouble at the till is met while ordering; the rest when the parcel, or the bill, has come.
    at = orders.at[order] + np.where(traced, 0, lasting(WITHIN_DAYS * (0.1 + rng.random(n))))
    base = -np.expm1(-customers.hazard[customer] * LAW_DAYS)
    probability = leaves_probability(base)
    sort = np.lexsort((at, customer))
    leaves_at = at + lasting(LEAVES_AFTER_DAYS * np.minimum(rng.standard_exponential(n), 5))
    lost = rng.random(n) < beside_nature(base, probability)
    return SilentProblems(
        order=order[sort],
        customer=customer[sort],
        at=at[sort],
        traced=traced[sort],
        base=base[sort],
        probability=probability[sort],
        lost=lost[sort],
        leaves_at=leaves_at[sort],
    )
