"""The year after the end of a simulated world, drawn again and again by the world's own laws.

The past is held fixed; what nobody can know at the end is drawn anew: whose patience ends when, verdicts
that are out, newcomers' decisions, the next orders, what goes wrong with them, what is in them. A draw counts
for a customer where it agrees with all that was seen of them: still there, the same orders and troubles.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincc, gammainccinv

from models.domain.instants import DAY
from pipelines.sources.simulator import world
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.campaigns import ABOUT_TO_LEAVE_DAYS, VALID_DAYS
from pipelines.sources.simulator.complaints import wish_complaints
from pipelines.sources.simulator.departures import NATURE, endure, placed_between
from pipelines.sources.simulator.fading import fade
from pipelines.sources.simulator.follow_up import bring_forward
from pipelines.sources.simulator.history import live_through
from pipelines.sources.simulator.law_of_complaints import judge
from pipelines.sources.simulator.onboarding import DECIDED_AFTER_DAYS
from pipelines.sources.simulator.orders import Orders, fill_baskets
from pipelines.sources.simulator.plans import in_order
from pipelines.sources.simulator.prospects import HORIZON, SPANS, look_ahead
from pipelines.sources.simulator.reasons import DEATH, natural_causes
from pipelines.sources.simulator.shop_time import in_opening_hours, lasting, shop_time
from pipelines.sources.simulator.silent_problems import LEAVES_AFTER_DAYS, wish_silent_problems
from pipelines.sources.simulator.troubles import in_order_of_time

AHEAD_DAYS = SPANS[-1][1]
LATEST_COMPLAINT_DAYS = 30  # after its order, but for one in 20,000


@dataclass(frozen=True)
class Past:
    """A world up to its end, the calendar of the year ahead, and what the oracle foretells of it."""

    wishes: object
    history: object
    catalogue: object
    told: object
    time: object

    @property
    def end(self):
        return self.wishes.time.end

    @property
    def there(self):
        return self.history.lives.leaves_at > self.end

    @property
    def seen(self):
        """Mask of the orders wished by the end."""
        return self.wishes.orders.at <= self.end

    @property
    def met(self):
        """Mask of the troubles met by the end."""
        troubles = self.wishes.troubles
        met = np.zeros(len(troubles), bool)
        met[troubles.voiced], met[~troubles.voiced] = self.history.made, self.history.suffered
        return met & (troubles.at <= self.end)

    @property
    def bought(self):
        """Customers with a wish by the end: the oracle speaks of the others roughly."""
        return np.isin(np.arange(len(self.wishes.customers)), self.wishes.orders.customer[self.seen])


def past_of(settings, *, zone="Europe/Berlin", shop=None):
    """The world of `settings`, a block of `shop` if given, and what is foretold of it."""
    found = []
    original, world.oracle_tables = world.oracle_tables, lambda *given: found.append(given[:2]) or {}
    try:
        world.simulate(settings, zone, lambda steps, _: steps, shop=shop)
    finally:
        world.oracle_tables = original
    (wishes, history), catalogue = found[0], world.stock(shop or settings)
    longer = replace(shop_time(replace(settings, years=settings.years + 2), zone), days=settings.days)
    time = _cut(longer, settings.days + AHEAD_DAYS)
    return Past(wishes, history, catalogue, look_ahead(wishes, history, catalogue), time)


@dataclass(frozen=True)
class Future:
    """One drawn year of n customers.

    counts: whose draw agrees with what was seen. silent: no order within the horizon. patient: not about to
    leave of their own accord within it. steady: nor for as long as an offer keeps. buys: an order while a
    coupon is valid. margin: by span [n, spans].
    """

    counts: np.ndarray
    silent: np.ndarray
    patient: np.ndarray
    steady: np.ndarray
    buys: np.ndarray
    margin: np.ndarray


def draw(past, seed):
    """One future."""
    wishes, end = past.wishes, past.end
    again = _other_luck(wishes, seed)
    relived = live_through(replace(again, time=_cut(wishes.time, wishes.time.days)), lambda steps, _: steps)
    orders, complaints, silent, verdicts = _wishes_ahead(past, seed)
    troubles = in_order_of_time(complaints, verdicts, silent)
    lives, _, changes = endure(
        relived.lives,
        wishes.customers,
        troubles,
        missed=np.zeros(len(orders), bool),
        since=end,
        until=int(past.time.midnights[-1]),
    )
    placed = placed_between(lives, orders, end, int(past.time.midnights[-1]))
    plans = in_order((relived.plans, *changes))
    own = relived.lives.cause == NATURE
    soon, in_time = (placed & (orders.at <= end + days * DAY) for days in (HORIZON, VALID_DAYS))
    return Future(
        counts=_agrees(past, relived) & ~_any(past, troubles.customer[troubles.at <= end]),
        silent=~_any(past, orders.customer[soon]),
        patient=~(own & (relived.lives.leaves_at <= end + HORIZON * DAY)),
        steady=~(own & (relived.lives.leaves_at <= end + ABOUT_TO_LEAVE_DAYS * DAY)),
        buys=_any(past, orders.customer[in_time]),
        margin=_margin(past, orders, placed, plans, seed),
    )


def _other_luck(wishes, seed):
    """The same customers with the same orders and complaints, and everything hidden drawn anew."""
    rng, customers, silent = np.random.default_rng([seed, 1]), wishes.customers, wishes.silent
    n, odd = len(customers), rng.random(len(silent))
    (early, late), luck = DECIDED_AFTER_DAYS, rng.random((2, n))
    decided = customers.joined_at + lasting(early + (late - early) * luck[0])
    onboarding = replace(
        wishes.onboarding, lost_at=np.where(luck[1] < wishes.onboarding.chance, decided, NEVER)
    )
    verdicts = judge(seed, customers, wishes.complaints)
    silent = replace(
        silent,
        lost=odd < (silent.probability - silent.base) / (1 - silent.base),
        leaves_at=silent.at
        + lasting(LEAVES_AFTER_DAYS * np.minimum(rng.standard_exponential(len(silent)), 5)),
    )
    return replace(
        wishes,
        customers=replace(customers, patience=rng.standard_exponential(n)),
        onboarding=onboarding,
        verdicts=verdicts,
        silent=silent,
        troubles=in_order_of_time(wishes.complaints, verdicts, silent),
    )


def _cut(time, last):
    """The calendar up to the midnight of a number."""
    parts = {name: getattr(time, name)[: last + 1] for name in ("midnights", "busy", "unshifted")}
    return replace(time, **parts)


def _agrees(past, relived):
    """Mask of the customers who are there, and lived through the same orders and troubles.

    Not those whom an old campaign keeps: its luck, and so when they leave, is the same in every draw.
    """
    orders, seen = past.wishes.orders, past.seen
    other = seen & ((relived.placed != past.history.placed) | (relived.orders.at != orders.at))
    voiced, troubles = past.wishes.troubles.voiced, past.wishes.troubles
    met = np.zeros(len(troubles), bool)
    met[voiced], met[~voiced] = relived.made, relived.suffered
    strange = _any(past, orders.customer[other]) | _any(past, troubles.customer[met != past.met])
    there = past.there & (relived.lives.leaves_at > past.end)
    return there & ~strange & past.bought & ~np.any(relived.kept, axis=0)


def _wishes_ahead(past, seed):
    """Orders of the year ahead, and of the last weeks those that may still go wrong, with their troubles."""
    wishes, settings = past.wishes, replace(past.wishes.settings, seed=seed)
    customers, orders = wishes.customers, wishes.orders
    recent = past.seen & past.history.placed & (orders.at > past.end - LATEST_COMPLAINT_DAYS * DAY)
    recent[wishes.troubles.order[past.met]] = False
    ahead = _orders_ahead(past, seed)
    customer = np.concatenate([orders.customer[recent], ahead.customer])
    at = np.concatenate([orders.at[recent], ahead.at])
    sort = np.lexsort((at, customer))
    wished = Orders(customer[sort], at[sort])
    complaints = wish_complaints(settings, customers, wished, past.time.start)
    orders = bring_forward(settings, wished, complaints, past.time)
    verdicts = judge(seed, customers, complaints)
    return orders, complaints, wish_silent_problems(settings, customers, orders, complaints), verdicts


def _orders_ahead(past, seed):
    """The renewal process goes on: the gap that is open is longer than it has lasted."""
    rng, time, customers = np.random.default_rng([seed, 2]), past.time, past.wishes.customers
    who = np.flatnonzero(past.bought & past.there)
    orders, seen = past.wishes.orders, past.seen
    last = np.zeros(len(customers), np.int64)
    last[orders.customer[seen]] = orders.at[seen]
    day = np.interp(last[who], time.midnights, np.arange(len(time.midnights)))
    elapsed, shape = time.busy[time.days] - time.busy_at(day), customers.regularity[who]
    speed = shape * customers.rate[who]
    survives = gammaincc(shape, elapsed * speed) * rng.random(len(who))
    first = gammainccinv(shape, survives) / speed - elapsed
    expected = (time.busy[-1] - time.busy[time.days]) * customers.rate[who]
    draws = np.ceil(expected + 5 * np.sqrt(expected) + 5).astype(np.int64)
    each = np.repeat(np.arange(len(who)), draws)
    gaps = rng.standard_gamma(shape[each]) / speed[each]
    begins = np.cumsum(draws) - draws
    gaps[begins] = first
    passed = np.cumsum(gaps)
    passed -= np.repeat(passed[begins] - first, draws)
    day = time.day_at(time.busy[time.days] + passed)
    made = np.isfinite(day)
    return Orders(who[each[made]], time.instants(in_opening_hours(day[made])))


def _margin(past, orders, placed, plans, seed):
    """What the orders placed earn by span [n, spans], without the lines that come back."""
    wishes, n = past.wishes, len(past.wishes.customers)
    turned = fade(plans, natural_causes(seed, n) == DEATH, orders.customer, orders.at)
    lines = fill_baskets(
        replace(wishes.settings, seed=seed),
        wishes.customers,
        past.catalogue,
        orders,
        turned=turned,
        start=past.time.start,
    )
    sold = placed[lines.order] & ~lines.returned
    order = lines.order[sold]
    span = np.searchsorted([until for _, until in SPANS], (orders.at[order] - past.end) / DAY)
    cell = orders.customer[order] * len(SPANS) + span
    return np.bincount(cell, lines.margin_minor[sold], n * len(SPANS)).reshape(n, len(SPANS))


def _any(past, customers):
    return np.isin(np.arange(len(past.wishes.customers)), customers)
