"""A shop that lives on: its books up to an instant, what its plan decided, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import OFFERS
from pipelines.examples.contract_files import write_contract_files
from pipelines.sources.simulator.campaigns import Campaign
from pipelines.sources.simulator.decided import Decided
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import World, simulate

ZONE = "Europe/Berlin"
PLAN = "plan"  # what the simulator calls the campaign that the shop decided on


def until(settings: SimulatorSettings, sooner: int) -> World:
    """The world whose books end so many days sooner than its settings say."""
    return simulate(settings, ZONE, quietly, sooner=sooner)


def later(settings: SimulatorSettings, first: World, assigned: pa.Table, coupons: Iterable[str]) -> World:
    """The same world at the end of its books, after the plan whose rows of `offers` are `assigned`.

    coupons: the actions that are coupons to its customers; the others change nothing. What the books said up
    to the plan they say still.
    """
    given = pc.is_in(assigned["arm"], pa.array(sorted(coupons)))
    faces = pc.if_else(given, assigned["face_value_minor"], 0).to_numpy().astype(np.int64)
    decided = Decided(PLAN, first.extracted_at, assigned["customer_id"].to_pylist(), faces)
    world = simulate(settings, ZONE, quietly, decided=[decided])
    tables = {
        name: _kept(first.tables[name], rows, first.extracted_at) for name, rows in world.tables.items()
    }
    ours = pc.equal(world.tables["offers"]["campaign_id"], PLAN)
    others = world.tables["offers"].filter(pc.invert(ours))
    tables["offers"] = pa.concat_tables(
        [_typed(others), _used(assigned, world.tables["offers"].filter(ours))]
    )
    return replace(world, tables=tables)


def write(world: World, folder: Path) -> None:
    """The books as files that a `files` source reads."""
    write_contract_files([world], folder)


def quietly(campaigns: Iterable[Campaign], words: str) -> Iterable[Campaign]:
    """Every campaign, without a line about it."""
    del words
    return campaigns


def _kept(before: pa.Table, after: pa.Table, at: int) -> pa.Table:
    if "known_at" not in after.column_names:
        return after
    new = pc.greater(pc.cast(after["known_at"], pa.int64()), at)
    return pa.concat_tables([before, after.filter(new)])


def _used(assigned: pa.Table, seen: pa.Table) -> pa.Table:
    """The assignments with the instants at which coupons were used."""
    place = pc.index_in(assigned["customer_id"], value_set=seen["customer_id"].combine_chunks())
    used = seen["redeemed_at"].take(place)
    number = assigned.column_names.index("redeemed_at")
    return _typed(assigned.set_column(number, "redeemed_at", used))


def _typed(offers: pa.Table) -> pa.Table:
    schema: Mapping[str, pa.Field] = OFFERS.schema()
    columns = {
        name: offers[name].cast(schema.field(name).type)
        if name in offers.column_names
        else pa.nulls(offers.num_rows, schema.field(name).type)
        for name in schema.names
    }
    return pa.table(columns, schema=schema)


def places(ids: pa.ChunkedArray, among: pa.ChunkedArray) -> NDArray[np.int64]:
    """Where each id stands `among` others."""
    found: NDArray[np.int64] = pc.index_in(ids, value_set=among.combine_chunks()).to_numpy()
    return found
