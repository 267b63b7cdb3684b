"""Clocks that are wrong: each system that writes contacts and visits has a clock of its own."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.columns import Table
from models.domain.instants import MINUTE
from pipelines.sources.simulator.arrow_columns import column, instants
from pipelines.sources.simulator.contacts import CHANNELS
from pipelines.sources.simulator.facts import micros
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.streams import stream

SYSTEMS = (*CHANNELS, "shop log")
SHOP_LOG = SYSTEMS.index("shop log")


def skewed(rows: pa.Table, declared: Table, settings: SimulatorSettings) -> pa.Table:
    """Contacts and visits as their systems' clocks had it, sorted by customer and time again.

    A slow clock dates an answer before what it answers; a fast one may date it after the books' end.
    """
    if settings.dirt.clock_skew_minutes == 0 or declared.name not in ("contacts", "activity"):
        return rows
    by = minutes_fast(settings)
    wrong = np.rint(by * MINUTE).astype(np.int64)[_systems(rows, declared.name)]
    for name in (declared.event, "known_at"):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, rows.schema.field(place), instants(micros(rows[name]) + wrong))
    whose = rows["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    return rows.take(column(np.lexsort((micros(rows[declared.event]), whose))))


def minutes_fast(settings: SimulatorSettings) -> NDArray[np.float64]:
    """By how many minutes the clock of each of SYSTEMS is fast; half of them are slow (below 0)."""
    most = settings.dirt.clock_skew_minutes
    fast: NDArray[np.float64] = stream(settings.seed, "clocks").permutation(
        np.linspace(-most, most, len(SYSTEMS))
    )
    return fast


def _systems(rows: pa.Table, name: str) -> NDArray[np.int64]:
    if name == "activity":
        return np.full(rows.num_rows, SHOP_LOG)
    places: NDArray[np.int64] = (
        pc.index_in(rows["channel"], value_set=pa.array(SYSTEMS)).cast(pa.int64()).to_numpy()
    )
    return places
