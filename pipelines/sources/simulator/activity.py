"""What customers do in the shop beside ordering: they look around, fill carts, and fail at the till."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import ACTIVITY
from models.domain.instants import MINUTE
from pipelines.sources.simulator.arrow_columns import contract_table, instants, words
from pipelines.sources.simulator.fading import fade
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.level_shift import still_comes
from pipelines.sources.simulator.streams import stream

Integers = NDArray[np.int64]

KINDS = ("visit", "cart", "checkout_failed", "payment_failed")
VISIT, CART, CHECKOUT_FAILED, PAYMENT_FAILED = range(len(KINDS))
VISITOR_DEVIATION = 0.6  # of the logarithm of visits an order, between customers
STRAY = 0.1  # of their visits, those who are gone still make: a link, an old habit
CART_SHARE = 0.2  # of visits
HARMLESS_FAILURES = 0.01  # of orders: tried again, and forgotten


@dataclass(frozen=True)
class _Events:
    customer: Integers
    at: Integers
    kind: Integers


def activity_table(wishes: Wishes, history: History, sudden: NDArray[np.bool_]) -> pa.Table | None:
    """The `activity` table up to the end, sorted by customer and time; None where the shop keeps no such log.

    sudden: customers who leave of nature's accord without a sign.
    """
    if wishes.settings.visits_per_order == 0:
        return None
    visits = _visits(wishes, history, sudden)
    events = (
        visits,
        _carts(wishes, visits),
        _to_order(wishes, history),
        _failures(wishes, history),
        _harmless(wishes, history),
    )
    customer, at, kind = (
        np.concatenate([getattr(one, of) for one in events]) for of in ("customer", "at", "kind")
    )
    order = np.lexsort((kind, at, customer))
    order = order[at[order] <= wishes.time.end]
    moments = instants(at[order])
    return contract_table(
        ACTIVITY,
        {
            "customer_id": wishes.customers.id_of(customer[order]),
            "at": moments,
            "kind": words(KINDS, kind[order]),
            "known_at": moments,
        },
    )


def _visits(wishes: Wishes, history: History, sudden: NDArray[np.bool_]) -> _Events:
    """A Poisson process a customer that thins out while the customer turns away."""
    rng, customers, time = stream(wishes.settings.seed, "visits"), wishes.customers, wishes.time
    n = len(customers)
    own = np.exp(VISITOR_DEVIATION * rng.standard_normal(n) - VISITOR_DEVIATION**2 / 2)
    rate = wishes.settings.visits_per_order * customers.rate * own
    who = np.repeat(np.arange(n), rng.poisson(rate * (time.longest - customers.first_day)))
    first = customers.first_day[who]
    at = time.instants(first + rng.random(len(who)) * (time.longest - first))
    turned = fade(history.plans, sudden, who, at)
    comes = rng.random(len(who)) < STRAY + (1 - STRAY) * (1 - turned)
    comes &= still_comes(wishes.settings, at, time.midnights)
    return _Events(who[comes], at[comes], np.full(comes.sum(), VISIT))


def _carts(wishes: Wishes, visits: _Events) -> _Events:
    rng = stream(wishes.settings.seed, "carts")
    filled, after = rng.random(len(visits.at)) < CART_SHARE, 1 + 14 * rng.random(len(visits.at))
    at = visits.at + (after * MINUTE).astype(np.int64)
    return _Events(visits.customer[filled], at[filled], np.full(filled.sum(), CART))


def _to_order(wishes: Wishes, history: History) -> _Events:
    """Whoever orders is in the shop."""
    placed = np.flatnonzero(history.placed)
    before = stream(wishes.settings.seed, "visits to order").random(len(wishes.orders))[placed]
    at = wishes.orders.at[placed] - ((12 + 20 * before) * MINUTE).astype(np.int64)
    return _Events(wishes.orders.customer[placed], at, np.full(len(placed), VISIT))


def _failures(wishes: Wishes, history: History) -> _Events:
    """The traces of silent problems: minutes before the order that came about all the same."""
    silent = wishes.silent
    traced = np.flatnonzero(history.suffered & silent.traced)
    return _till(wishes, "failures", silent.customer[traced], silent.at[traced])


def _harmless(wishes: Wishes, history: History) -> _Events:
    fails = stream(wishes.settings.seed, "harmless").random(len(wishes.orders)) < HARMLESS_FAILURES
    placed = np.flatnonzero(fails & history.placed)
    return _till(wishes, "harmless failures", wishes.orders.customer[placed], wishes.orders.at[placed])


def _till(wishes: Wishes, subject: str, customer: Integers, ordered_at: Integers) -> _Events:
    rng = stream(wishes.settings.seed, subject)
    before = ((1 + 9 * rng.random(len(customer))) * MINUTE).astype(np.int64)
    kind = np.where(rng.random(len(customer)) < 0.5, CHECKOUT_FAILED, PAYMENT_FAILED)
    return _Events(customer, ordered_at - before, kind)
