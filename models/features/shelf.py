"""Features of ranges of customers, in memory or set down on disk, read back snapshot by snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.features.batch import Folded
from models.features.frame import FeatureFrame, feature_schema
from models.features.scratch import NEVER

BATCH_ROWS = 1 << 18

Ints: TypeAlias = NDArray[np.int64]
Floats32: TypeAlias = NDArray[np.float32]
Piece: TypeAlias = tuple[int, NDArray[np.int32], Floats32]


@dataclass(frozen=True)
class Shelved:
    """Features of one range of customers, by snapshot, then customer.

    begin: of each snapshot [s + 1], its first row. customer [n]: by number. values [k, n]: or their file.
    """

    begin: Ints
    customer: NDArray[np.int32]
    values: Floats32 | Path

    def columns(self, names: int, number: int) -> Floats32:
        """The values [k, rows] of one snapshot; a file is not kept open."""
        begin, end = self.begin[number : number + 2]
        if not isinstance(self.values, Path):
            return self.values[:, begin:end]
        shape = names, len(self.customer)
        if begin == end:
            return np.empty((names, 0), np.float32)
        return np.array(np.memmap(self.values, np.float32, "r", shape=shape)[:, begin:end])


@dataclass(frozen=True)
class Shelf:
    """Features of many customers, by snapshot, then customer id. customers: ids [c], sorted."""

    names: tuple[str, ...]
    customers: pa.Array
    snapshots: tuple[int, ...]
    ranges: tuple[Shelved, ...]

    def pieces(self) -> Iterator[Piece]:
        """All rows, those of one snapshot and range at a time: snapshot, customers, values [k, n]."""
        for number, snapshot in enumerate(self.snapshots):
            for part in self.ranges:
                customer = part.customer[part.begin[number] : part.begin[number + 1]]
                yield snapshot, customer, part.columns(len(self.names), number)

    def frame(self) -> FeatureFrame:
        """All rows, in memory."""
        count = sum(len(part.customer) for part in self.ranges)
        values = np.empty((len(self.names), count), np.float32)
        customer, told, at = np.empty(count, np.int32), np.empty(count, np.int64), 0
        for snapshot, of, piece in self.pieces():
            place = slice(at, at + len(of))
            values[:, place], customer[place], told[place] = piece, of, snapshot
            at = place.stop
        ids = np.asarray(self.customers.take(pa.array(customer)), dtype=object)
        return FeatureFrame(self.names, values.T, ids, told)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows as `to_table` says them, at least `BATCH_ROWS` of a snapshot at a time, or all."""
        waiting: list[Piece] = []
        for piece in self.pieces():
            if waiting and (waiting[0][0] != piece[0] or sum(len(of) for _, of, _ in waiting) >= BATCH_ROWS):
                yield self._batch(waiting)
                waiting = []
            waiting.append(piece)
        if waiting:
            yield self._batch(waiting)

    def _batch(self, pieces: Sequence[Piece]) -> pa.RecordBatch:
        schema = feature_schema(self.names)
        customer = np.concatenate([of for _, of, _ in pieces])
        told = pa.array(np.full(len(customer), pieces[0][0])).cast(schema.field("snapshot").type)
        values = np.concatenate([values for *_, values in pieces], axis=1)
        keys = [self.customers.take(pa.array(customer)), told]
        return pa.record_batch([*keys, *map(pa.array, values)], schema=schema)


def shelved(folded: Folded, first: int, snapshots: Ints, file: Path | None) -> Shelved:
    """Keep the features of a range of customers, whose numbers begin at `first`; in a file if given."""
    begin = np.searchsorted(folded.snapshot, np.append(snapshots, NEVER))
    customer = (folded.customer + first).astype(np.int32)
    if file is None:
        return Shelved(begin, customer, folded.values)
    folded.values.tofile(file)
    return Shelved(begin, customer, file)
