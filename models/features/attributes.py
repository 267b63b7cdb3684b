"""Attributes of customers as features: numbers as they are, truth values and frequent words as 0 and 1.

Which words are frequent is learned from training rows alone and travels in the release. A word that was rare
then, or that nobody had seen, is 0 in every column of its attribute; an empty cell is a word of its own where
it is frequent. The version of a customer that counts is the latest known at the snapshot.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.attributes import PREFIX, Attribute, attributes_of
from models.contract.columns import Kind
from models.features.frame import FeatureFrame

LEAST_ROWS = 10
LEAST_SHARE = 0.005
MOST_LEVELS = 30
BLANK = ""

Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Encoding:
    """One attribute and its feature columns. levels: of a category, the most frequent first; '' is blank."""

    attribute: Attribute
    levels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Feature names: the attribute's column, for a category one per level."""
        column = self.attribute.column
        if self.attribute.kind is not Kind.CATEGORY:
            return (column,)
        return tuple(f"{column}={level}" for level in self.levels)

    def to_json(self) -> dict[str, Any]:
        """Plain values for `features.json`."""
        kind = self.attribute.kind.value
        return {"name": self.attribute.name, "kind": kind, "levels": list(self.levels)}


def from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Encoding, ...]:
    """The inverse of `Encoding.to_json`, for all attributes of a file."""
    return tuple(Encoding(Attribute(one["name"], Kind(one["kind"])), tuple(one["levels"])) for one in stored)


def fit_encodings(rows: pa.Table) -> tuple[Encoding, ...]:
    """Learn the levels of every attribute from the rows to train on, one a customer and snapshot."""
    return tuple(
        Encoding(each, _frequent(rows[each.column]) if each.kind is Kind.CATEGORY else ())
        for each in attributes_of(rows.schema)
    )


def encode(rows: pa.Table, encodings: Sequence[Encoding]) -> Floats32:
    """Feature columns [n, k] of rows of customers; an attribute that they lack has nothing to say."""
    columns = [column for each in encodings for column in _columns(rows, each)]
    return np.stack(columns, axis=1) if columns else np.empty((rows.num_rows, 0), np.float32)


def encode_rows(
    rows: Sequence[Mapping[str, Any]], encodings: Sequence[Encoding], held: Collection[str]
) -> Floats32:
    """As `encode` of rows that are mappings; held: the columns of the source's table of customers."""
    columns = [column for each in encodings for column in _columns_of_rows(rows, each, held)]
    return np.array(columns, np.float32).T.reshape(len(rows), len(columns))


def unseen(rows: pa.Table, encodings: Sequence[Encoding]) -> dict[str, int]:
    """By attribute, how many rows hold a word that has no column of its own; only those with any."""
    found: dict[str, int] = {}
    for each in encodings:
        column = each.attribute.column
        if each.attribute.kind is Kind.CATEGORY and column in rows.column_names:
            known = pc.is_in(_words(rows[column]), value_set=pa.array([BLANK, *each.levels]))
            strange = rows.num_rows - int(pc.sum(known).as_py() or 0)
            found |= {each.attribute.name: strange} if strange else {}
    return found


def attributes_at(
    customers: pa.Table, customer_id: NDArray[np.object_], snapshot: NDArray[np.int64]
) -> pa.Table:
    """The attributes that were known of each customer at each snapshot [n]; null where nothing was.

    `customers`: in order of customer and known_at, as ingest writes it; snapshots in microseconds.
    """
    columns = [each.column for each in attributes_of(customers.schema)]
    if not columns:
        return customers.select(columns)
    versions = versions_at(customers, customer_id, snapshot)
    return customers.select(columns).take(pa.array(versions, mask=versions < 0))


def versions_at(
    customers: pa.Table, customer_id: NDArray[np.object_], snapshot: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The row of `customers` that was known of each customer at each snapshot [n]; −1 where none was."""
    ids = pc.unique(customers["customer_id"])
    owner = np.asarray(pc.index_in(customers["customer_id"], value_set=ids))
    asked = np.asarray(pc.fill_null(pc.index_in(pa.array(customer_id, pa.string()), value_set=ids), len(ids)))
    known_at = pc.cast(customers["known_at"], pa.int64()).to_numpy()
    found = np.empty(len(asked), np.int64)
    for instant in np.unique(snapshot):
        newest = np.full(len(ids) + 1, -1)
        known = np.flatnonzero(known_at <= instant)
        newest[owner[known]] = known  # of several versions the last one stays
        found[snapshot == instant] = newest[asked[snapshot == instant]]
    return found


def encoded(frame: FeatureFrame, customers: pa.Table, encodings: Sequence[Encoding]) -> FeatureFrame:
    """The frame with these feature columns at its end, in place of any attributes that it has already."""
    kept = [number for number, name in enumerate(frame.names) if not name.startswith(PREFIX)]
    if not encodings and len(kept) == len(frame.names):
        return frame
    rows = attributes_at(customers, frame.customer_id, frame.snapshot)
    names = (*(frame.names[number] for number in kept), *(name for each in encodings for name in each.names))
    values = np.concatenate([frame.values[:, kept], encode(rows, encodings)], axis=1)
    return replace(frame, names=names, values=values)


def _frequent(column: pa.ChunkedArray) -> tuple[str, ...]:
    counted = pc.value_counts(_words(column)).to_pylist()
    least = max(LEAST_ROWS, LEAST_SHARE * len(column))
    frequent = [(-one["counts"], one["values"]) for one in counted if one["counts"] >= least]
    return tuple(level for _, level in sorted(frequent)[:MOST_LEVELS])


def _columns(rows: pa.Table, encoding: Encoding) -> list[Floats32]:
    column, kind = encoding.attribute.column, encoding.attribute.kind
    if column not in rows.column_names:
        silent = np.nan if kind is not Kind.CATEGORY else 0.0
        return [np.full(rows.num_rows, silent, np.float32) for _ in encoding.names]
    if kind is not Kind.CATEGORY:
        return [pc.cast(rows[column], pa.float32(), safe=False).to_numpy()]
    words = _words(rows[column])
    return [np.asarray(pc.equal(words, level), np.float32) for level in encoding.levels]


def _columns_of_rows(
    rows: Sequence[Mapping[str, Any]], encoding: Encoding, held: Collection[str]
) -> list[list[float]]:
    column, kind = encoding.attribute.column, encoding.attribute.kind
    if kind is not Kind.CATEGORY:
        values = (row.get(column) for row in rows)
        return [[np.nan if value is None else float(value) for value in values]]
    if column not in held:
        return [[0.0] * len(rows) for _ in encoding.levels]
    return [[float((row.get(column) or BLANK) == level) for row in rows] for level in encoding.levels]


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, BLANK)
