"""A world with an oracle: the embedded default source, in contract tables.

Wishes first (who would order, complain and how it would be handled), then one life of the world that lets
some of them come true, then the tables that a business would have kept of it up to its last midnight.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from pipelines.progress import track as show_progress
from pipelines.sources.simulator.activity import activity_table
from pipelines.sources.simulator.catalogue import stock
from pipelines.sources.simulator.complaints import wish_complaints
from pipelines.sources.simulator.complaints_table import complaints_table
from pipelines.sources.simulator.contacts import contacts_table
from pipelines.sources.simulator.customers import invent_customers
from pipelines.sources.simulator.customers_table import customers_table
from pipelines.sources.simulator.decided import Decided, assignment_of
from pipelines.sources.simulator.dirt import soiled
from pipelines.sources.simulator.fading import fade
from pipelines.sources.simulator.follow_up import bring_forward
from pipelines.sources.simulator.history import Track, Wishes, live_through
from pipelines.sources.simulator.law_of_complaints import judge
from pipelines.sources.simulator.offers_table import offers_table
from pipelines.sources.simulator.onboarding import welcome
from pipelines.sources.simulator.oracle import oracle_tables
from pipelines.sources.simulator.oracle_causes import cause_tables
from pipelines.sources.simulator.orders import fill_baskets, orders_table, wish_orders
from pipelines.sources.simulator.prices import price_index_table
from pipelines.sources.simulator.reasons import DEATH, natural_causes, true_causes
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime, shop_time
from pipelines.sources.simulator.silent_problems import wish_silent_problems
from pipelines.sources.simulator.surveys import surveys_table
from pipelines.sources.simulator.troubles import in_order_of_time


@dataclass(frozen=True)
class World:
    """What a source gives, and the truth behind it.

    tables: contract tables by name, each sorted by customer and time. oracle: what only the simulator knows,
    for the oracle report alone. extracted_at: the last local midnight (µs); nothing is known later.
    price_index: None in a world without inflation.
    """

    tables: Mapping[str, pa.Table]
    oracle: Mapping[str, pa.Table]
    extracted_at: int
    price_index: pa.Table | None = None


def simulate(
    settings: SimulatorSettings,
    zone: str,
    track: Track = show_progress,
    *,
    shop: SimulatorSettings | None = None,
    sooner: int = 0,
    decided: Sequence[Decided] = (),
) -> World:
    """Invent the world of `settings` in the local time of `zone`, at once: same settings, same tables.

    shop: the settings of the shop of which these customers are a block; its catalogue, prices and clocks.
    sooner: by how many days sooner its books end. decided: what somebody outside of it offered to whom.
    """
    shop = shop or settings
    time, catalogue = shop_time(settings, zone), stock(shop)
    wishes = _wish(settings, time, zone)
    time = time.sooner(sooner)
    wishes = replace(wishes, time=time)
    given = [assignment_of(each, settings, wishes.customers, time) for each in decided]
    history = live_through(wishes, track, given)
    wishes = replace(wishes, orders=history.orders)  # from here on it is what came true that counts
    customers, orders = wishes.customers, wishes.orders
    natural = natural_causes(settings.seed, len(customers))
    causes, sudden = true_causes(history.lives, natural), natural == DEATH
    turned = fade(history.plans, sudden, orders.customer, orders.at)
    lines = fill_baskets(settings, customers, catalogue, orders, turned=turned, start=time.start)
    tables = {
        "orders": orders_table(customers, catalogue, orders, lines, placed=history.placed, end=time.end),
        "customers": customers_table(customers, time.end),
        "complaints": complaints_table(customers, wishes.complaints, history.made, time.end),
        "contacts": contacts_table(wishes, history),
        "offers": offers_table(wishes, history),
        "surveys": surveys_table(wishes, history, causes),
    }
    activity = activity_table(wishes, history, sudden)
    tables |= {} if activity is None else {"activity": activity}
    return World(
        tables=soiled(tables, settings, time.end, shop=shop),
        oracle=oracle_tables(wishes, history, lines, catalogue) | cause_tables(wishes, history, causes),
        extracted_at=time.end,
        price_index=price_index_table(shop, time, zone),
    )


def _wish(settings: SimulatorSettings, time: ShopTime, zone: str) -> Wishes:
    """Draw everything that would happen, should nobody ever leave."""
    customers = invent_customers(settings, time, zone)
    first_wishes = wish_orders(settings, customers, time)
    complaints = wish_complaints(settings, customers, first_wishes, time.start)
    orders = bring_forward(settings, first_wishes, complaints, time)
    verdicts = judge(settings.seed, customers, complaints)
    silent = wish_silent_problems(settings, customers, orders, complaints)
    return Wishes(
        settings=settings,
        time=time,
        customers=customers,
        orders=orders,
        complaints=complaints,
        verdicts=verdicts,
        silent=silent,
        troubles=in_order_of_time(complaints, verdicts, silent),
        onboarding=welcome(settings, customers, time),
    )
