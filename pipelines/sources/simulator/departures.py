"""Who is still there: natural departures, those over a complaint, and those that a contact provokes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS, Verdicts
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.shop_time import ShopTime, lasting

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NATURE, COMPLAINT, CONTACT = 0, 1, 2
CAUSES = ("nature", "complaint", "contact")


@dataclass(frozen=True)
class Lives:
    """When each customer leaves as things stand (instant), and why (CAUSES). Orders after it do not exist."""

    leaves_at: Integers
    cause: NDArray[np.int8]


def begin(customers: Customers, time: ShopTime) -> Lives:
    """Natural departures at a constant hazard; founders are those who had not left when the books begin."""
    since = np.maximum(customers.joined_at, time.start)
    return Lives(
        leaves_at=since + lasting(customers.patience / customers.hazard),
        cause=np.full(len(customers), NATURE, np.int8),
    )


def complain(
    lives: Lives,
    customers: Customers,
    complaints: Complaints,
    verdicts: Verdicts,
    *,
    missed: Flags,
    since: int,
    until: int,
) -> tuple[Lives, Flags]:
    """Live through the complaints opened in (since, until], each customer's in order of time.

    For LAW_DAYS after a complaint the law of complaints speaks instead of nature: whom it does not take
    begins a new natural life afterwards (departures have no memory, so the same hazard). A mind made up
    over an earlier complaint is not changed by a later one. `missed` marks earlier orders never placed.
    Returns the lives and a mask of the complaints that were made.
    """
    leaves_at, cause = lives.leaves_at.copy(), lives.cause.copy()
    made = np.zeros(len(complaints), bool)
    for wished in _turns(complaints, since, until):
        there = complaints.opened_at[wished] <= leaves_at[complaints.customer[wished]]
        turn = wished[there & ~missed[complaints.order[wished]]]
        who = complaints.customer[turn]
        made[turn] = True
        natural = cause[who] == NATURE
        lost, stays = natural & verdicts.lost[turn], natural & ~verdicts.lost[turn]
        leaves_at[who[lost]] = verdicts.leaves_at[turn[lost]]
        cause[who[lost]] = COMPLAINT
        spared_until = complaints.opened_at[turn] + LAW_DAYS * DAY
        stays &= leaves_at[who] <= spared_until
        again = lasting(verdicts.second_life[turn] / customers.hazard[who])
        leaves_at[who[stays]] = (spared_until + again)[stays]
    return replace(lives, leaves_at=leaves_at, cause=cause), made


def placed_between(lives: Lives, orders: Orders, since: int, until: int) -> Flags:
    """Mask of the orders in (since, until] whose customer was still there."""
    return (orders.at > since) & (orders.at <= until) & (orders.at <= lives.leaves_at[orders.customer])


def _turns(complaints: Complaints, since: int, until: int) -> Iterator[Integers]:
    """Places of each customer's first complaint in the time, then of each one's second, and so on."""
    within = np.flatnonzero((complaints.opened_at > since) & (complaints.opened_at <= until))
    who = complaints.customer[within]
    first = np.flatnonzero(np.diff(who, prepend=-1))
    rank = np.arange(len(who)) - np.repeat(first, np.diff(first, append=len(who)))
    for turn in range(rank.max(initial=-1) + 1):
        yield within[rank == turn]
