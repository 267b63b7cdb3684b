"""The price index of a source: a CSV file beside its tables, or what the simulator published."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from models.contract.conform import conform
from models.contract.fates import Fates, all_accepted
from models.contract.price_index import checked_index, counted, known_by, reach
from models.contract.storage import SourceSummary
from models.contract.tables import PRICE_INDEX
from models.domain.errors import BadSource
from pipelines.sources.csv_text import read_text
from pipelines.sources.source import Reading, SourceSettings

EVERY_INDEX = ("period_start", "index")


def add_price_index(
    settings: SourceSettings, reading: Reading, summary: SourceSummary
) -> tuple[SourceSummary, pa.Table | None]:
    """The summary with what the index does to amounts, and the index as known by as-of; None without one.

    Raises `BadSource` for an index that is of no use or does not reach from the first order to as-of.
    """
    found = _read(settings, reading)
    if found is None:
        return summary, None
    rows, fates, shown = found
    index = checked_index(rows, fates, shown)
    known = known_by(index, summary.as_of)
    said = reach(known, summary, shown)
    counts = {**summary.rows, PRICE_INDEX.name: counted(rows.num_rows, index, known)}
    return replace(summary, rows=counts, notes=(*summary.notes, said)), known


def _read(settings: SourceSettings, reading: Reading) -> tuple[pa.Table, Fates, str] | None:
    """Rows in contract types, their fates, and what to call the index."""
    made = reading.price_index
    if made is not None:
        return made, all_accepted(made.num_rows), "the simulator's price index"
    if settings.price_index is None:
        return None
    path = Path(settings.path) / settings.price_index
    as_read = _as_read(path, Path(settings.path))
    conformed = conform(as_read, PRICE_INDEX, settings.conventions, all_accepted(as_read.num_rows))
    return conformed.table, conformed.fates, path.name


def _as_read(path: Path, folder: Path) -> pa.Table:
    # Elsewhere nobody would notice that the file has changed: DVC watches the folder.
    if not (path.is_file() and path.resolve().is_relative_to(folder.resolve())):
        raise BadSource(
            "`source.price_index` is not a file in the folder `source.path`",
            allowed="a CSV file with the columns period_start, index and, if known, known_at",
            given=str(path),
            remedy=f"Put it beside the tables in {folder}, or set source.price_index to null.",
        )
    as_read = read_text(path)
    missing = [name for name in EVERY_INDEX if name not in as_read.column_names]
    if missing:
        raise BadSource(
            f"{path.name} lacks {', '.join(missing)}",
            allowed=f"the columns {', '.join(PRICE_INDEX.names)}",
            given=", ".join(as_read.column_names),
            remedy="Rename the columns of the price index.",
        )
    return as_read
