"""From NumPy arrays to the columns of a contract table.

Columns are built over the arrays' own memory: `pyarrow.array` (and `scalar`) would ask pandas whether it
knows the value, and so spend two seconds importing it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.columns import Table

Flags = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).min  # an instant that never came; Arrow reads it as null (NumPy's "not a time")


def column(values: NDArray[np.generic], shown: Flags | None = None) -> pa.Array:
    """The values as an Arrow array of the same type, null where not `shown`."""
    valid = None if shown is None else pa.py_buffer(np.packbits(shown, bitorder="little"))
    flags = values.dtype == np.bool_
    packed = (
        np.packbits(values.astype(np.bool_), bitorder="little") if flags else np.ascontiguousarray(values)
    )
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(packed)])


def identifiers(prefix: str, numbers: NDArray[np.int64], width: int) -> pa.Array:
    """'C000123': opaque strings of equal length, wider if a number needs it; a number below 0 is null."""
    width = max(width, len(str(numbers.max(initial=0))))
    powers = 10 ** np.arange(width - 1, -1, -1)
    digits = (np.maximum(numbers, 0)[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    start = np.broadcast_to(np.frombuffer(prefix.encode(), np.uint8), (len(numbers), len(prefix)))
    letters = np.hstack([start, digits])
    return _strings(letters, np.full(len(numbers), letters.shape[1]), numbers >= 0)


def instants(moments: NDArray[np.int64]) -> pa.Array:
    """Microseconds as UTC timestamps, `NEVER` as null."""
    return column(moments, moments != NEVER).view(pa.timestamp("us", tz="UTC"))


def words(vocabulary: Sequence[str], codes: NDArray[np.int64]) -> pa.Array:
    """Each code's word; a code below 0 is null."""
    encoded = [word.encode() for word in vocabulary]
    lengths = np.array([len(word) for word in encoded])
    letters = np.frombuffer(b"".join(encoded), np.uint8)
    return _strings(letters, lengths, np.ones(len(encoded), bool)).take(column(codes, codes >= 0))


def consents(answers: NDArray[np.int8]) -> pa.Array:
    """1 yes, 0 no, below 0 nobody asked."""
    return column(answers == 1, answers >= 0)


def arrow_table(columns: Mapping[str, pa.Array | NDArray[np.generic]]) -> pa.Table:
    """A table of Arrow and NumPy columns, all of one length."""
    arrays = {
        name: column(values) if isinstance(values, np.ndarray) else values for name, values in columns.items()
    }
    return pa.table(arrays)


def contract_table(declared: Table, columns: Mapping[str, pa.Array | NDArray[np.generic]]) -> pa.Table:
    """The columns in declared order and type. Raises `KeyError` for a column the contract lacks."""
    for name in columns:
        declared.column(name)
    schema = declared.schema(tuple(columns))
    return arrow_table({name: columns[name] for name in schema.names}).cast(schema)


def _strings(letters: NDArray[np.uint8], lengths: NDArray[np.int64], shown: Flags) -> pa.Array:
    """An Arrow string array of letters laid end to end."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    buffers = [np.packbits(shown, bitorder="little"), offsets, np.ascontiguousarray(letters)]
    return pa.Array.from_buffers(pa.string(), len(lengths), [pa.py_buffer(buffer) for buffer in buffers])


def numbered_by_time(moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, … in order of time, as a business numbers its papers: they say nothing of the customer."""
    numbers = np.empty(len(moments), np.int64)
    numbers[np.argsort(moments, kind="stable")] = np.arange(len(moments))
    return numbers
