"""The run's own answers as JSON, put together from cells that are encoded when a run is loaded.

A row's cells lie side by side and come out as one tuple, which one template makes text of: half of what a
read and a call for each column take. Codes and sentences repeat by the thousand: each is encoded once, and
every cell points to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import SECOND
from serving.plain_routes import json_bytes

NULL = b"null"


@dataclass(frozen=True)
class Written:
    """Columns whose rows can be read as JSON. cells: a record array [n]; form: of each column, for `%`."""

    cells: NDArray[np.void]
    form: Mapping[str, bytes]
    whole: bytes

    def row(self, index: int) -> bytes:
        """The members of one row: '"name":value,…', without braces."""
        return self.whole % self.cells.item(index)

    def rows(self, indices: NDArray[np.int64], fields: Collection[str] | None = None) -> list[bytes]:
        """The same of many rows; fields: only these, if named. Empty where that leaves none."""
        names = [name for name in self.form if fields is None or name in fields]
        if not names or not len(self.cells):  # of nobody there is a row, whatever place is asked for
            return [b""] * len(indices)
        template = _joined([self.form[name] for name in names])
        return [template % each for each in self.cells[names][indices].tolist()]


def written(arrays: Mapping[str, NDArray[Any]]) -> Written:
    """Columns of one length, ready to be read."""
    columns = {name: _column(array) for name, array in arrays.items()}
    form = {name: b'"%b":%b' % (name.encode(), how) for name, (_, how) in columns.items()}
    kinds = [(name, cells.dtype) for name, (cells, _) in columns.items()]
    side_by_side = np.empty(len(next(iter(arrays.values()))), kinds)
    for name, (cells, _) in columns.items():
        side_by_side[name] = cells
    return Written(side_by_side, form, _joined(form.values()))


def nulls(names: Sequence[str]) -> bytes:
    """The members of a row of which nothing is known."""
    return _joined([b'"%b":%b' % (name.encode(), NULL) for name in names])


def _joined(members: Collection[bytes]) -> bytes:
    return b",".join(members)


def _column(array: NDArray[Any]) -> tuple[NDArray[Any], bytes]:
    """The cells of a column as they are kept, and how `%` writes one of them."""
    kind = array.dtype.kind
    if kind == "M":
        return _instants(array.astype("datetime64[us]")), b"%b"
    if kind in "iu":
        return array, b"%d"
    if kind == "f" and np.isfinite(array).all():
        return array, b"%r"
    return _encoded(array), b"%b"


def _encoded(array: NDArray[Any]) -> NDArray[np.object_]:
    """The JSON of each cell; equal cells share theirs."""
    values = array.tolist()
    if array.dtype.kind == "f":
        values = [value if isfinite(value) else None for value in values]
    known = {value: NULL if value is None else json_bytes(value) for value in set(values)}
    cells = np.empty(len(values), object)
    cells[:] = [known[value] for value in values]
    return cells


def _instants(array: NDArray[np.datetime64]) -> NDArray[Any]:
    """The JSON of instants, side by side, for hardly two customers share one; parts of a second if any."""
    told = np.datetime_as_string(array.astype("datetime64[s]")).astype("S19")
    parted = array.view(np.int64) % SECOND != 0
    if parted.any():
        told = np.where(parted, np.datetime_as_string(array).astype("S26"), told)
    quoted: NDArray[np.bytes_] = np.char.add(np.char.add(b'"', told), b'Z"')
    quoted[np.isnat(array)] = NULL
    return quoted
