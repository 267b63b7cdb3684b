"""Rows that stand twice: exports that overlap, forms sent twice, corrections beside what they correct."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.columns import Table
from pipelines.sources.simulator.arrow_columns import column
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.streams import stream

TABLES = ("orders", "complaints", "contacts", "surveys", "activity")
# Who corrects a row changes this number of it, by one.
CORRECTED = {"orders": "amount_minor", "complaints": "severity", "surveys": "score"}


def repeated(rows: pa.Table, declared: Table, settings: SimulatorSettings) -> pa.Table:
    """Some rows stand twice, one after the other: the same again, or the same with another value."""
    dirt = settings.dirt
    if declared.name not in TABLES or dirt.duplicate_share == dirt.corrected_share == 0:
        return rows
    twice = _tossed(settings, f"duplicates {declared.name}", rows.num_rows, dirt.duplicate_share)
    mended = _tossed(settings, f"corrections {declared.name}", rows.num_rows, dirt.corrected_share)
    mended &= declared.name in CORRECTED
    which = np.repeat(np.arange(rows.num_rows), 1 + twice + mended)
    first = np.diff(which, prepend=-1) != 0
    # A row that is both stands three times: the copies next to each other, and its correction last.
    last = np.diff(which, append=rows.num_rows) != 0
    found = rows.take(column(which))
    return _corrected(found, declared.name, last & ~first & mended[which])


def _tossed(settings: SimulatorSettings, subject: str, rows: int, share: float) -> NDArray[np.bool_]:
    tossed: NDArray[np.bool_] = stream(settings.seed, subject).random(rows) < share
    return tossed


def _corrected(rows: pa.Table, name: str, which: NDArray[np.bool_]) -> pa.Table:
    """One more, or one less where that leads away from zero or out of the scale."""
    if name not in CORRECTED:
        return rows
    place = rows.column_names.index(CORRECTED[name])
    field, value = rows.schema.field(place), rows.column(place)
    other = pc.if_else(pc.greater(value, 1), pc.subtract(value, 1), pc.add(value, 1))
    kept = pc.if_else(column(which), other.cast(field.type), value)
    return rows.set_column(place, field, kept)
