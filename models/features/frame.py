"""Features in memory: one row per customer × snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import NUMBERS


@dataclass(frozen=True)
class FeatureFrame:
    """Feature values with their keys, in order of snapshot, then customer.

    names: k feature names. values: float32 [n, k], NaN where a feature has nothing to say.
    customer_id: str objects [n]. snapshot: int64 [n], microseconds.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    customer_id: NDArray[np.object_]
    snapshot: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Raise `ValueError` when the shapes disagree."""
        rows, columns = self.values.shape
        if columns != len(self.names) or len(self.customer_id) != rows or len(self.snapshot) != rows:
            raise ValueError("a feature frame's names, values and keys must have matching lengths")

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.values)

    def rows(self, mask: NDArray[np.bool_] | NDArray[np.int64]) -> "FeatureFrame":
        """The rows of a boolean mask or an index, as a new frame."""
        return FeatureFrame(self.names, self.values[mask], self.customer_id[mask], self.snapshot[mask])

    def at(self, snapshot: int) -> "FeatureFrame":
        """The rows of one snapshot."""
        return self.rows(self.snapshot == snapshot)

    def column(self, name: str) -> NDArray[np.float32]:
        """One feature's values. Raises `KeyError` when the frame does not have it."""
        return self.values[:, self.places[name]]

    def has(self, name: str) -> bool:
        """Whether the frame has a feature."""
        return name in self.places

    @property
    def places(self) -> Mapping[str, int]:
        """Where each feature stands among the columns of `values`."""
        return places(self.names)


@lru_cache(maxsize=64)  # every model asks for every customer who is scored alone
def places(names: tuple[str, ...]) -> Mapping[str, int]:
    """Where each of some names stands among them."""
    return {name: place for place, name in enumerate(names)}


def feature_schema(names: Sequence[str]) -> pa.Schema:
    """How a frame is kept: customer_id, snapshot, then float32 features."""
    keys = [pa.field("customer_id", pa.string()), pa.field("snapshot", pa.timestamp("us", tz="UTC"))]
    return pa.schema([*keys, *(pa.field(name, pa.float32()) for name in names)])


def feature_encoding(names: Sequence[str]) -> dict[str, str]:
    """How Parquet keeps them: no dictionary of floats, which costs twice the time and more room.

    Nor of customers, each of whom comes once a snapshot.
    """
    return {"customer_id": "PLAIN", **dict.fromkeys(names, NUMBERS)}


def to_table(frame: FeatureFrame) -> pa.Table:
    """The frame as an Arrow table: customer_id, snapshot, then float32 features."""
    schema = feature_schema(frame.names)
    keys = [
        pa.array(frame.customer_id, pa.string()),
        pa.array(frame.snapshot, pa.int64()).cast(schema.field("snapshot").type),
    ]
    features = [pa.array(frame.values[:, place]) for place in range(len(frame.names))]
    return pa.table([*keys, *features], schema=schema)


def from_table(table: pa.Table) -> FeatureFrame:
    """The inverse of `to_table`; NaN where a value is empty."""
    names = tuple(name for name in table.column_names if name not in {"customer_id", "snapshot"})
    values = np.empty((table.num_rows, len(names)), np.float32, order="F")
    for place, name in enumerate(names):
        values[:, place] = table.column(name).to_numpy()
    snapshot = table.column("snapshot").cast(pa.int64()).to_numpy()
    return FeatureFrame(
        names, values, np.array(table.column("customer_id").to_pylist(), dtype=object), snapshot
    )
