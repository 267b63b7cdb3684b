"""When customers would order, if they never left, and what would be in the baskets.

Every order is drawn for the whole life of the world, and departures strike orders out afterwards. So the
same customer under another offer or a quicker answer is the same customer: common random numbers.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import ORDERS
from models.domain.instants import DAY, HOUR
from pipelines.sources.simulator.arrow_columns import (
    column,
    contract_table,
    identifiers,
    instants,
    numbered_by_time,
    words,
)
from pipelines.sources.simulator.catalogue import CATEGORIES, Catalogue
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime, in_opening_hours, lasting
from pipelines.sources.simulator.streams import stream

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

EXTRA_LINES = 1.15  # mean of the lines after the first (Poisson)
MORE_UNITS = 0.25  # mean of the units after the first (Poisson)
TASTE_SHARES = (0.50, 0.22, 0.13)  # of the three favourite categories; the rest falls anywhere
TASTE_FOR_PRICE, WHIM = 1.0, 0.9  # how far the customer, and how far the day, moves the choice of article
HABIT = 0.3  # so many lines are an article that the customer has made a habit of
# Whoever turns away buys favourites and habits elsewhere first, and here what is cheap.
STRAYS, CHEAPER = 0.7, 0.6
GOLDEN = 0.6180339887498949  # spreads one draw over all categories
DISCOUNTED, DISCOUNT = 0.15, 0.15  # so many lines are sold so much cheaper, at the cost of the margin
AFTERNOON = 14 * HOUR
RETURN_AFTER_DAYS, RETURN_BOOKED_WITHIN_DAYS = 9.0, 3.0


@dataclass(frozen=True)
class Orders:
    """Orders that would be made, sorted by customer and time: customer (number) and at (instant)."""

    customer: Integers
    at: Integers

    def __len__(self) -> int:
        """How many."""
        return len(self.at)


@dataclass(frozen=True)
class Lines:
    """Lines of those orders, in the same order.

    order: place of the order. number: within the order, from 1. returned_at and return_known_at hold where
    `returned`.
    """

    order: Integers
    number: Integers
    item: Integers
    units: Integers
    amount_minor: Integers
    margin_minor: Integers
    returned: NDArray[np.bool_]
    returned_at: Integers
    return_known_at: Integers


def wish_orders(settings: SimulatorSettings, customers: Customers, time: ShopTime) -> Orders:
    """A renewal process a customer: Erlang gaps (Gamma of whole shape) in busy days.

    The first order of a newcomer is the day of joining; a founder's falls somewhere within the first gap.
    The orders are those of a shop whose level never shifts, so that a shift delays orders and moves nothing
    else; those that it delays beyond the outlook come after everything.
    """
    rng = stream(settings.seed, "orders")
    mean_gap = 1 / customers.rate
    since = customers.founder * rng.random(len(customers)) * mean_gap
    usual = time.without_shift
    begin = usual.busy_at(customers.first_day) + since
    expected = np.maximum(0, usual.busy[-1] - begin) * customers.rate
    draws = np.ceil(expected + 5 * np.sqrt(expected) + 5).astype(np.int64)  # five deviations: enough
    customer = np.repeat(np.arange(len(customers)), draws)
    shape = customers.regularity[customer]
    gaps = rng.standard_gamma(shape) / shape * mean_gap[customer]
    first = np.cumsum(draws) - draws
    gaps[first] = 0
    passed = np.cumsum(gaps)
    before = np.repeat(passed[first], draws)
    made = np.isfinite(usual.day_at(begin[customer] + passed - before))
    begin = time.busy_at(customers.first_day) + since
    day = time.day_at((begin[customer] + passed - before)[made])
    return Orders(customer=customer[made], at=_when(time, day))


def _when(time: ShopTime, day: Floats) -> Integers:
    """Instants of day numbers; those that lie beyond the outlook come on the afternoon after it."""
    within = np.isfinite(day)
    at = np.full(len(day), time.midnights[-1] + AFTERNOON)
    at[within] = time.instants(in_opening_hours(day[within]))
    return at


def fill_baskets(
    settings: SimulatorSettings,
    customers: Customers,
    catalogue: Catalogue,
    orders: Orders,
    *,
    turned: Floats,
    start: int,
) -> Lines:
    """Draw the lines: a favourite category, an article as dear as the customer likes, units and returns.

    turned [orders]: how far the customer had turned away when ordering, 0 to 1. The draws are the same for
    whoever stays and whoever is about to leave.
    """
    rng = stream(settings.seed, "baskets")
    count = 1 + rng.poisson(EXTRA_LINES, len(orders))
    order = np.repeat(np.arange(len(orders)), count)
    drift = stream(settings.seed, "drift").random((2, len(order)))
    item = _articles(rng, customers, catalogue, orders.customer[order], turned=turned[order], drift=drift)
    units = 1 + rng.poisson(MORE_UNITS, len(order))
    years = (orders.at[order] - start) / (DAY * DAYS_PER_YEAR)
    full_price = catalogue.price_minor[item] * (1 + settings.price_growth_per_year) ** years * units
    full_price *= price_level(settings, start, orders.at[order])
    cost = full_price * (1 - catalogue.margin_share[catalogue.category[item]])
    amount = np.maximum(1, np.rint(full_price * (1 - DISCOUNT * (rng.random(len(order)) < DISCOUNTED))))
    returned_at = orders.at[order] + lasting(rng.standard_exponential(len(order)) * RETURN_AFTER_DAYS + 1)
    return Lines(
        order=order,
        number=np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count) + 1,
        item=item,
        units=units,
        amount_minor=amount.astype(np.int64),
        margin_minor=np.rint(amount - cost).astype(np.int64),
        returned=rng.random(len(order)) < settings.return_share,
        returned_at=returned_at,
        return_known_at=returned_at + lasting(rng.random(len(order)) * RETURN_BOOKED_WITHIN_DAYS),
    )


def orders_table(
    customers: Customers,
    catalogue: Catalogue,
    orders: Orders,
    lines: Lines,
    *,
    placed: NDArray[np.bool_],
    end: int,
) -> pa.Table:
    """The `orders` table up to `end`: lines of the orders placed, and returns as negative lines."""
    came = placed & (orders.at <= end)
    bought = np.flatnonzero(came[lines.order])
    returned = bought[lines.returned[bought] & (lines.return_known_at[bought] <= end)]
    which = np.concatenate([bought, returned])
    sign = np.repeat([1, -1], [len(bought), len(returned)])
    order, item = lines.order[which], lines.item[which]
    happened = np.where(sign > 0, orders.at[order], lines.returned_at[which])
    customer = orders.customer[order]
    numbers = np.zeros(len(came), np.int64)
    numbers[came] = numbered_by_time(orders.at[came])
    table = contract_table(
        ORDERS,
        {
            "order_id": identifiers("O", numbers[order], 7),
            "line_id": _line_ids(lines.number[which], sign),
            "customer_id": customers.id_of(customer),
            "ordered_at": instants(happened),
            "item_id": identifiers("I", item, 3),
            "category": words(CATEGORIES, catalogue.category[item]),
            "units": sign * lines.units[which],
            "amount_minor": sign * lines.amount_minor[which],
            "margin_minor": sign * lines.margin_minor[which],
            "known_at": instants(np.where(sign > 0, happened, lines.return_known_at[which])),
        },
    )
    return table.take(column(np.lexsort((lines.number[which], order, happened, customer))))


def _articles(
    rng: np.random.Generator,
    customers: Customers,
    catalogue: Catalogue,
    customer: Integers,
    *,
    turned: Floats,
    drift: Floats,
) -> Integers:
    """A category by taste, then an article by price, or by habit: categories are sorted cheapest first.

    drift [2, lines]: the luck with which a line strays from the favourites, and with which it is no habit.
    """
    favourite = np.searchsorted(np.cumsum(TASTE_SHARES), rng.random(len(customer)), side="right")
    anywhere = rng.integers(len(CATEGORIES), size=len(customer))
    known = np.minimum(favourite, len(TASTE_SHARES) - 1)
    loyal = (favourite < len(TASTE_SHARES)) & (drift[0] >= STRAYS * turned)
    category = np.where(loyal, customers.tastes[customer, known], anywhere)
    whim = rng.standard_normal(len(customer)) - CHEAPER / WHIM * turned
    own = habit_of(customers.habit[customer], category)
    habitual = drift[1] < HABIT * (1 - turned)
    return chosen(catalogue, category, customers.spend[customer], np.where(habitual, own, whim))


def habit_of(habit: Floats, category: Integers | int) -> Floats:
    """The whim that never changes, by which a customer has an article of their own in each category."""
    own: Floats = 4 * ((habit + GOLDEN * category) % 1) - 2
    return own


def chosen(catalogue: Catalogue, category: Integers | int, spend: Floats, whim: Floats) -> Integers:
    """The article of the category that is as dear as taste (`spend`) and whim of the day have it."""
    wish = TASTE_FOR_PRICE * spend + WHIM * whim
    rank = 1 / (1 + np.exp(-1.3 * wish))  # about uniform over the articles of the category
    article: Integers = catalogue.first[category] + (rank * catalogue.count[category]).astype(np.int64)
    return article


def _line_ids(number: Integers, sign: Integers) -> pa.Array:
    """'1', '2', … and '1R' for the return of line 1."""
    most = int(number.max(initial=0))
    names = [f"{line}{mark}" for mark in ("", "R") for line in range(1, most + 1)]
    return words(names, number - 1 + most * (sign < 0))
