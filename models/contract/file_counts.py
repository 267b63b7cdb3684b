"""Tables that lie in several files: what became of the rows of each, and where a refused row stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.fates import Fates, count
from models.contract.storage import RowCounts


@dataclass(frozen=True)
class FileRows:
    """One of the files that hold a table, and how many rows of data were read from it."""

    name: str
    rows: int


def counts_by_file(
    fates: Fates, files: Sequence[FileRows], numbers: pa.ChunkedArray | None = None
) -> dict[str, RowCounts]:
    """The fates of rows [n], file by file; numbers: of the rows as read (from 1), where some are missing."""
    if not files:
        return {}
    rows = np.arange(1, len(fates) + 1) if numbers is None else numbers.to_numpy()
    places = _places(rows, files)
    return {file.name: count(fates[places == place]) for place, file in enumerate(files)}


def refused_in_files(refused: pa.Table, files: Sequence[FileRows]) -> pa.Table:
    """Refused rows with their `file`, and `row` counted within it; as they are where one file holds all."""
    if not files:
        return refused
    rows = refused["row"].to_numpy()
    places = _places(rows, files)
    before = np.cumsum([0, *(file.rows for file in files)])
    names = pa.array([file.name for file in files], pa.string()).take(pa.array(places))
    within = pc.subtract(refused["row"], pa.array(before[places]))
    place = refused.column_names.index("row")
    return refused.set_column(place, "row", within).add_column(place, "file", names)


def _places(rows: NDArray[np.int64], files: Sequence[FileRows]) -> NDArray[np.int64]:
    """Which file each row [n] stands in; rows are counted from 1 over all of them."""
    ends = np.cumsum([file.rows for file in files])
    places: NDArray[np.int64] = np.searchsorted(ends, rows, side="left")
    return places
