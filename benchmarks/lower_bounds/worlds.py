"""Small simulated worlds of several kinds: what happens to a shop while its value is foretold.

A kind changes the simulator's own world by thinning its orders, each by the luck of a draw against a pace
that depends on the day alone, so that who buys at all, and how, stays the simulator's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.lower_bounds.backtests import COLUMNS, quietly
from benchmarks.prediction_quality.logs import Log
from models.contract.storage import SourceSummary
from models.domain.instants import DAY, local_date
from pipelines.order_lines import read_lines
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pace = Callable[[Floats, np.random.Generator], Floats]

ZONE = "Europe/Berlin"
YEAR = 365.25
ACQUIRED, LOYALTY = 0.4, 0.6


@dataclass(frozen=True)
class Kind:
    """A kind of world: what it is, and which share of orders takes place, by years since it began [n]."""

    pace: Pace
    what: str
    acquires: bool = False


def steady(years: Floats, luck: np.random.Generator) -> Floats:
    """Every order takes place."""
    del luck
    return np.ones_like(years)


def shifted(years: Floats, luck: np.random.Generator) -> Floats:
    """15 to 40 % less from one day on, at a fifth to four fifths of five years."""
    size, when = luck.uniform(0.15, 0.4), luck.uniform(1.0, 4.0)
    return np.where(years < when, 1.0, 1.0 - size)


def declining(years: Floats, luck: np.random.Generator) -> Floats:
    """15 to 35 % less each year, from some day of the first two years on."""
    rate, since = luck.uniform(0.15, 0.35), luck.uniform(0.0, 2.0)
    return (1.0 - rate) ** np.maximum(years - since, 0.0)


def seasonal(years: Floats, luck: np.random.Generator) -> Floats:
    """A wave each year, 30 to 60 % up and down, with its height on any day."""
    height, phase = luck.uniform(0.3, 0.6), luck.uniform(0.0, 1.0)
    return (1.0 + height * np.cos(2 * np.pi * (years - phase))) / (1.0 + height)


KINDS: Mapping[str, Kind] = {
    "steady": Kind(steady, "as simulated"),
    "level shift": Kind(shifted, "15 to 40 % fewer orders from one day on"),
    "decline": Kind(declining, "15 to 35 % fewer orders each year, from some day of the first two years on"),
    "season": Kind(seasonal, "orders go 30 to 60 % up and down in a yearly wave"),
    "mass acquisition": Kind(
        steady,
        "four in ten customers come within one month and order .6 times as often afterwards",
        acquires=True,
    ),
}


def live(kind: str, seed: int, customers: int, years: int, settings: dict[str, dict[str, object]]) -> Log:
    """The world of a kind as a log, with the settings of a pipeline."""
    world = simulate(
        SimulatorSettings(customers=customers, years=years, seed=seed, visits_per_order=0.0),
        ZONE,
        quietly,
    )
    luck = np.random.default_rng((seed, sorted(KINDS).index(kind)))
    orders = world.tables["orders"].select(COLUMNS)
    if KINDS[kind].acquires:
        orders = acquired(orders, world.extracted_at, luck)
    orders = thinned(orders, KINDS[kind].pace, luck)
    first = pc.min(pc.cast(orders["ordered_at"], pa.int64())).as_py()
    summary = SourceSummary("simulator", "EUR", ZONE, world.extracted_at, first, {}, {"orders": COLUMNS})
    return Log(orders, read_lines(orders, None), summary, settings, local_date(first, ZONE))


def thinned(orders: pa.Table, pace: Pace, luck: np.random.Generator) -> pa.Table:
    """The lines of the orders that take place at that pace; a return goes with its line's order."""
    placed = first_by(orders["order_id"], _micros(orders))
    since = (placed - placed.min()) / (YEAR * DAY)
    code = _codes(orders["order_id"])
    shares, draws = pace(since, luck), luck.random(int(code.max()) + 1)
    return orders.filter(pa.array(draws[code] < shares))


def acquired(orders: pa.Table, end: int, luck: np.random.Generator) -> pa.Table:
    """The orders if a share of the customers had all first come within one month, and liked it less."""
    customer, at = _codes(orders["customer_id"]), _micros(orders)
    first = first_by(orders["customer_id"], at)
    chosen = (luck.random(int(customer.max()) + 1) < ACQUIRED)[customer]
    days = (end - at.min()) / DAY
    campaign = at.min() + int(luck.uniform(0.3, 0.7) * days) * DAY
    day = luck.integers(0, 30, int(customer.max()) + 1)[customer]
    moved = np.where(chosen, (campaign - first) // DAY * DAY + day * DAY, 0)
    code = _codes(orders["order_id"])
    keen = luck.random(int(code.max()) + 1)[code] < LOYALTY
    begins = at - first < DAY
    kept = (at + moved < end) & (~chosen | begins | keen)
    shifted_at = {
        name: pa.array(pc.cast(orders[name], pa.int64()).to_numpy() + moved).cast(
            orders.schema.field(name).type
        )
        for name in ("ordered_at", "known_at")
    }
    for name, values in shifted_at.items():
        orders = orders.set_column(orders.column_names.index(name), name, values)
    return orders.filter(pa.array(kept))


def first_by(keys: pa.ChunkedArray, at: Ints) -> Ints:
    """The earliest instant of each row's key [n]."""
    code = _codes(keys)
    first = np.full(int(code.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, code, at)
    return first[code]


def _codes(keys: pa.ChunkedArray) -> Ints:
    return keys.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)


def _micros(orders: pa.Table) -> Ints:
    values: Ints = pc.cast(orders["ordered_at"], pa.int64()).to_numpy()
    return values
