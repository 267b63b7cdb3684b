"""One row of a table in memory as JSON's plain values, read column by column without a detour."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import iso

Read: TypeAlias = Callable[[int], Any]
NO_INSTANT = np.iinfo(np.int64).min  # how NaT is kept


def readers(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Read]:
    """How to read one cell of each column: numbers and text as they are, instants ISO 8601, null as None."""
    return {name: _reader(array) for name, array in arrays.items()}


def cells(array: NDArray[Any], indices: NDArray[np.int64]) -> list[Any]:
    """Some cells of a column, as `readers` reads one."""
    chosen = array[indices] if len(array) else np.full(len(indices), None)  # nobody has a row
    if chosen.dtype.kind == "M":
        return [told_instant(each) for each in chosen.astype("datetime64[us]").view(np.int64).tolist()]
    if chosen.dtype.kind == "f" and np.isnan(chosen).any():
        return [_number(value) for value in chosen.tolist()]
    found: list[Any] = chosen.tolist()
    return found


def row_of(read: Mapping[str, Read], index: int) -> dict[str, Any]:
    """One row."""
    return {name: each(index) for name, each in read.items()}


def _reader(array: NDArray[Any]) -> Read:
    if array.dtype.kind == "M":
        instants = array.astype("datetime64[us]").view(np.int64)
        return lambda index: told_instant(instants.item(index))
    if array.dtype.kind == "f":
        return lambda index: _number(array.item(index))
    return array.item


def _number(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  # NaN


@lru_cache(maxsize=4096)  # as-of and deadlines are the same for many
def told_instant(micros: int) -> str | None:
    """'2024-06-30T22:00:00Z'; None for no instant."""
    return None if micros == NO_INSTANT else iso(micros)
