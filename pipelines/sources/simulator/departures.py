"""Who is still there: natural departures, those over a trouble, and those that a contact provokes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS
from pipelines.sources.simulator.onboarding import Onboarding
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.plans import Plans
from pipelines.sources.simulator.shop_time import ShopTime, lasting
from pipelines.sources.simulator.troubles import Troubles

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NATURE, COMPLAINT, CONTACT, SILENT_PROBLEM = 0, 1, 2, 3
CAUSES = ("nature", "complaint", "contact", "silent_problem")


@dataclass(frozen=True)
class Lives:
    """When each customer leaves as things stand (instant), and why (CAUSES). Orders after it do not exist."""

    leaves_at: Integers
    cause: NDArray[np.int8]

    def plans(self, customer: Integers, since: Integers) -> Plans:
        """What these customers are headed for from these instants on."""
        return Plans(customer, since, self.leaves_at[customer], self.cause[customer])


def begin(customers: Customers, time: ShopTime, onboarding: Onboarding) -> Lives:
    """Natural departures at a constant hazard, beside the newcomers who never come back.

    Founders are those who had not left when the books begin.
    """
    since = np.maximum(customers.joined_at, time.start)
    leaves_at = since + lasting(customers.patience / customers.hazard)
    early = np.where(onboarding.lost_at == NEVER, leaves_at, onboarding.lost_at)
    return Lives(np.minimum(leaves_at, early), np.full(len(customers), NATURE, np.int8))


def endure(
    lives: Lives, customers: Customers, troubles: Troubles, *, missed: Flags, since: int, until: int
) -> tuple[Lives, Flags, tuple[Plans, ...]]:
    """Live through the troubles in (since, until], each customer's in order of time.

    For LAW_DAYS after a complaint the law of complaints speaks instead of nature: whom it does not take
    begins a new natural life afterwards (departures have no memory, so the same hazard). A silent problem
    stands beside nature. A mind made up over one trouble is not changed by a later one. `missed` marks
    earlier orders never placed. Returns the lives, a mask of the troubles met, and the changes of plan.
    """
    now = Lives(lives.leaves_at.copy(), lives.cause.copy())
    met, changes = np.zeros(len(troubles), bool), []
    for wished in troubles.turns(since, until):
        there = troubles.at[wished] <= now.leaves_at[troubles.customer[wished]]
        turn = wished[there & ~missed[troubles.order[wished]]]
        met[turn] = True
        changed = _decide(now, customers, troubles, turn)
        changes.append(now.plans(troubles.customer[changed], troubles.at[changed]))
    return now, met, tuple(changes)


def _decide(now: Lives, customers: Customers, troubles: Troubles, turn: Integers) -> Integers:
    """Write into `now` what one trouble each does to its customer; gives the troubles that changed a plan."""
    who, voiced = troubles.customer[turn], troubles.voiced[turn]
    undecided = now.cause[who] == NATURE
    lost = undecided & troubles.lost[turn]
    spared_until = troubles.at[turn] + LAW_DAYS * DAY
    again = spared_until + lasting(troubles.second_life[turn] / customers.hazard[who])
    stays = undecided & ~lost & voiced & (now.leaves_at[who] <= spared_until)
    gone_at = np.where(
        voiced, troubles.leaves_at[turn], np.minimum(troubles.leaves_at[turn], now.leaves_at[who])
    )
    now.leaves_at[who[lost]] = gone_at[lost]
    now.cause[who[lost]] = np.where(voiced, COMPLAINT, SILENT_PROBLEM)[lost]
    now.leaves_at[who[stays]] = again[stays]
    changed: Integers = turn[lost | stays]
    return changed


def placed_between(lives: Lives, orders: Orders, since: int, until: int) -> Flags:
    """Mask of the orders in (since, until] whose customer was still there."""
    return (orders.at > since) & (orders.at <= until) & (orders.at <= lives.leaves_at[orders.customer])
