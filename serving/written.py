"""The run's own answers as JSON text, put together from cells that are encoded when a run is loaded.

Codes and sentences repeat by the thousand: each is encoded once, and every cell points to it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from serving.rows import NO_INSTANT, told_instant

One: TypeAlias = Callable[[int], str]
Many: TypeAlias = Callable[[NDArray[np.int64]], list[str]]

NULL = "null"
_TEXT = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Written:
    """Columns whose cells can be read as JSON: of one row, or of many."""

    one: Mapping[str, One]
    many: Mapping[str, Many]

    def row(self, index: int) -> str:
        """The members of one row: '"name":value,…', without braces."""
        return ",".join([f'"{name}":{read(index)}' for name, read in self.one.items()])


def written(arrays: Mapping[str, NDArray[Any]]) -> Written:
    """How to read these columns."""
    read = {name: _reader(array) for name, array in arrays.items()}
    return Written(
        {name: one for name, (one, _) in read.items()}, {name: many for name, (_, many) in read.items()}
    )


def nulls(names: Sequence[str]) -> str:
    """The members of a row of which nothing is known."""
    return ",".join(f'"{name}":{NULL}' for name in names)


def _reader(array: NDArray[Any]) -> tuple[One, Many]:
    kind = array.dtype.kind
    write: Callable[[Any], str]
    if kind == "O":
        return _looked_up(_encoded(array))
    if kind == "M":
        array, write = array.astype("datetime64[us]").view(np.int64), _instant
    else:
        write = _number if kind == "f" else str
    return (lambda index: write(array.item(index))), (
        lambda rows: [write(each) for each in array[rows].tolist()]
    )


def _looked_up(texts: NDArray[np.object_]) -> tuple[One, Many]:
    return texts.item, lambda rows: texts[rows].tolist()


def _encoded(array: NDArray[np.object_]) -> NDArray[np.object_]:
    """The JSON of each cell; equal cells share theirs."""
    values: list[Any] = array.tolist()
    known = {value: NULL if value is None else _TEXT(value) for value in set(values)}
    return np.array([known[value] for value in values], dtype=object)


def _number(value: float) -> str:
    return NULL if value != value else repr(value)  # noqa: PLR0124  # NaN


def _instant(micros: int) -> str:
    return NULL if micros == NO_INSTANT else f'"{told_instant(micros)}"'
