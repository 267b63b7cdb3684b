"""Rows to learn from: features with their labels, read no wider than asked."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.domain.errors import ContractViolation, DamagedRelease, Leakage
from models.features.frame import FeatureFrame

KEYS = ("customer_id", "snapshot")


@dataclass(frozen=True)
class LabelledRows:
    """Features and what followed.

    churned: float64 [n], 1 no purchase in the horizon, 0 a purchase, NaN not closed. margin: float64 [n],
    discounted contribution margin over the validated window in minor units, NaN not closed.
    """

    frame: FeatureFrame
    churned: NDArray[np.float64]
    margin: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Raise `ValueError` when the lengths disagree."""
        if not len(self.frame) == len(self.churned) == len(self.margin):
            raise ValueError("features and labels must have one row each per customer and snapshot")

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.frame)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "LabelledRows":
        """The rows of a boolean mask or an index."""
        return LabelledRows(self.frame.rows(chosen), self.churned[chosen], self.margin[chosen])

    def at(self, snapshots: Collection[int]) -> "LabelledRows":
        """The rows of some snapshots (microseconds)."""
        return self.rows(np.isin(self.frame.snapshot, np.array(sorted(snapshots), dtype=np.int64)))


def read_frame(path: Path, snapshots: Collection[int]) -> FeatureFrame:
    """Read the rows of some snapshots, one column at a time so that no second copy stands in memory."""
    with pq.ParquetFile(path) as file:
        names = tuple(name for name in file.schema_arrow.names if name not in KEYS)
        wanted = _wanted(file, snapshots)
        values = np.empty((int(wanted.sum()), len(names)), dtype=np.float32)
        for number, name in enumerate(names):
            column = _column(file, name).combine_chunks()
            values[:, number] = column.to_numpy(zero_copy_only=False)[wanted]
        return FeatureFrame(names, values, *_keys(file, wanted))


def read_labelled(features: Path, labels: Path, snapshots: Collection[int]) -> LabelledRows:
    """Read features and labels of some snapshots.

    Raises `ContractViolation` unless both files hold the same rows in the same order.
    """
    frame = read_frame(features, snapshots)
    with pq.ParquetFile(labels) as file:
        wanted = _wanted(file, snapshots)
        customer_id, snapshot = _keys(file, wanted)
        if not (np.array_equal(customer_id, frame.customer_id) and np.array_equal(snapshot, frame.snapshot)):
            raise ContractViolation(
                "features and labels do not hold the same customers and snapshots",
                given=f"{len(frame)} feature rows, {len(customer_id)} label rows",
                remedy="Run build_features and build_labels again on the same tables.",
            )
        return LabelledRows(frame, _floats(file, "churned", wanted), _floats(file, "margin_minor", wanted))


def require_closed(labels: NDArray[np.float64], what: str) -> None:
    """Raise `Leakage` when a row to train on or to judge by has no closed label."""
    unclosed = int(np.isnan(labels).sum())
    if unclosed:
        raise Leakage(
            f"{what} needs rows whose window has closed",
            given=f"{unclosed} of {len(labels)} rows are open",
            remedy="Build the labels again from the same schedule as the features.",
        )


def sample(rows: LabelledRows, most: int, seed: int) -> LabelledRows:
    """At most `most` rows, drawn without replacement, in their old order."""
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed).choice(len(rows), size=most, replace=False)
    return rows.rows(np.sort(drawn))


def aligned(frame: FeatureFrame, names: tuple[str, ...]) -> NDArray[np.float32]:
    """The values [n, k] of the named features in that order. Raises `DamagedRelease` when one is absent."""
    if frame.names == names:
        return np.ascontiguousarray(frame.values)
    absent = [name for name in names if not frame.has(name)]
    if absent:
        raise DamagedRelease(
            "the model reads features that are not here",
            given=", ".join(absent),
            remedy="Score with the features that the model was trained on, or train it again.",
        )
    return np.ascontiguousarray(frame.values[:, [frame.names.index(name) for name in names]])


def _wanted(file: pq.ParquetFile, snapshots: Collection[int]) -> NDArray[np.bool_]:
    stored = pc.cast(_column(file, "snapshot"), pa.int64()).to_numpy()
    return np.isin(stored, np.array(sorted(snapshots), dtype=np.int64))


def _keys(file: pq.ParquetFile, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    mask = pa.array(wanted)
    customer_id = _column(file, "customer_id").filter(mask).to_numpy()
    snapshot = pc.cast(_column(file, "snapshot").filter(mask), pa.int64()).to_numpy()
    return customer_id.astype(object), snapshot


def _floats(file: pq.ParquetFile, name: str, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = pc.cast(_column(file, name), pa.float64(), safe=False).to_numpy()[wanted]
    return values


def _column(file: pq.ParquetFile, name: str) -> pa.ChunkedArray:
    return file.read(columns=[name], use_threads=False)[name]
