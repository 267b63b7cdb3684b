"""A Parquet file in memory as one array a column: quick to filter, quick to read one row from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.columns import Kind
from models.domain.errors import DamagedRelease

TEXT = (Kind.ID, Kind.CATEGORY)
DTYPES = {
    Kind.INSTANT: np.dtype("datetime64[us]"),
    Kind.NUMBER: np.dtype(np.float64),
    Kind.MONEY: np.dtype(np.int64),
    Kind.INTEGER: np.dtype(np.int64),
}
NULLS: dict[Kind, Any] = {Kind.INSTANT: np.datetime64("NaT", "us"), Kind.NUMBER: np.float64("nan")}


@dataclass(frozen=True)
class Columns:
    """Arrays of one length by column name.

    Numbers are float64 (NaN: null) or int64, text is str objects (None: null), instants are
    datetime64[us] in UTC (NaT: null); a column of whole numbers with nulls is objects.
    """

    arrays: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One column's values."""
        return self.arrays[name]

    def is_null(self, name: str) -> NDArray[np.bool_]:
        """Where a column of text or whole numbers has no value."""
        found: NDArray[np.bool_] = np.equal(self.arrays[name], np.array(None, dtype=object))
        return found

    def row(self, index: int) -> dict[str, Any]:
        """One row as plain Python values; null is None, instants are aware."""
        return {name: _plain(array[index]) for name, array in self.arrays.items()}

    def rows(self, indices: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
        """The rows of an index, one by one."""
        return (self.row(int(index)) for index in indices)


def read_columns(path: Path, kinds: Mapping[str, Kind]) -> Columns:
    """Read the named columns of a Parquet file. Raises `DamagedRelease` when it does not hold them."""
    try:
        # Not `pq.read_table`: that imports pyarrow.dataset, and with it pandas where it is installed.
        file = pq.ParquetFile(path)
        absent = sorted(set(kinds) - set(file.schema_arrow.names))
        if absent:
            raise DamagedRelease(
                f"{path} lacks columns that answers need",
                given=", ".join(absent),
                remedy="Run `make` with this version of Holdfast.",
            )
        table = file.read(list(kinds), use_threads=False)
        return Columns({name: _array(table.column(name), kind) for name, kind in kinds.items()})
    except pa.ArrowException as error:
        raise DamagedRelease(
            f"{path} cannot be read: {error}", remedy="Run `make` to write it again."
        ) from error


def _array(column: pa.ChunkedArray, kind: Kind) -> NDArray[Any]:
    typed = column.cast(kind.arrow).combine_chunks()
    if kind in TEXT:
        return _text(typed)
    values, valid = _fixed_width(typed, DTYPES[kind])
    if kind in NULLS:
        return np.where(valid, values, NULLS[kind])
    return values if valid.all() else np.where(valid, values.astype(object), np.array(None, dtype=object))


def _text(column: pa.Array) -> NDArray[np.object_]:
    """Text as objects in which equal values are one object: sentences and codes repeat by the thousand.

    Empty text says nothing, and so becomes null.
    """
    encoded = column.dictionary_encode()
    words = np.array([*(word or None for word in encoded.dictionary.to_pylist()), None], dtype=object)
    indices, valid = _fixed_width(encoded.indices, np.dtype(np.int32))
    texts: NDArray[np.object_] = words[np.where(valid, indices, len(words) - 1)]
    return texts


def _fixed_width(array: pa.Array, dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Values, and where there are any, straight from Arrow's buffers.

    Arrow's own `to_numpy` imports pandas where it is installed: two seconds of CPU before the first answer.
    """
    if len(array) == 0:
        return np.empty(0, dtype), np.empty(0, dtype=bool)
    window = slice(array.offset, array.offset + len(array))
    bitmap, data = array.buffers()
    values = np.frombuffer(data, dtype)[window]
    if bitmap is None:
        return values, np.ones(len(array), dtype=bool)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
    return values, bits[window].astype(bool)


def _plain(value: Any) -> Any:
    if isinstance(value, np.datetime64):
        moment = value.item()
        return None if moment is None else moment.replace(tzinfo=UTC)
    if isinstance(value, np.generic):
        return None if np.isnan(value) else value.item()
    return value
