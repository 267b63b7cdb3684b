"""A world with an oracle: the embedded default source, in contract tables.

Wishes first (who would order, complain and how it would be handled), then one life of the world that lets
some of them come true, then the tables that a business would have kept of it up to its last midnight.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipelines.progress import track as show_progress
from pipelines.sources.simulator.catalogue import stock
from pipelines.sources.simulator.complaints import wish_complaints
from pipelines.sources.simulator.complaints_table import complaints_table
from pipelines.sources.simulator.contacts import contacts_table
from pipelines.sources.simulator.customers import customers_table, invent_customers
from pipelines.sources.simulator.history import Track, Wishes, live_through
from pipelines.sources.simulator.law_of_complaints import judge
from pipelines.sources.simulator.offers_table import offers_table
from pipelines.sources.simulator.oracle import oracle_tables
from pipelines.sources.simulator.orders import fill_baskets, orders_table, wish_orders
from pipelines.sources.simulator.prices import price_index_table
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import shop_time


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


def simulate(settings: SimulatorSettings, zone: str, track: Track = show_progress) -> World:
    """Invent the world of `settings` in the local time of `zone`: same settings, same tables."""
    time = shop_time(settings, zone)
    catalogue = stock(settings)
    customers = invent_customers(settings, time, zone)
    orders = wish_orders(settings, customers, time)
    complaints = wish_complaints(settings, customers, orders, time.start)
    verdicts = judge(settings.seed, customers, complaints)
    wishes = Wishes(settings, time, customers, orders, complaints, verdicts)
    lines = fill_baskets(settings, customers, catalogue, orders, time.start)
    history = live_through(wishes, track)
    tables = {
        "orders": orders_table(customers, catalogue, orders, lines, placed=history.placed, end=time.end),
        "customers": customers_table(customers, time.end),
        "complaints": complaints_table(customers, complaints, history.made, time.end),
        "contacts": contacts_table(wishes, history),
        "offers": offers_table(wishes, history),
    }
    return World(
        tables=tables,
        oracle=oracle_tables(wishes, history, lines),
        extracted_at=time.end,
        price_index=price_index_table(settings, time, zone),
    )
