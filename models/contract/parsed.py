"""A column after its text was understood, with the rows where that failed."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from models.contract.fates import Mask


@dataclass(frozen=True)
class Parsed:
    """Values (null where missing or not understood), and masks [n] over them.

    failed: there was a value and it could not be understood. whole_day: the source gave a date alone.
    moved: a local time that a clock change removed, moved behind the gap. doubled: a local time that a clock
    change repeated, read as the first of the two. midnight: a midnight that was read as a date alone.
    rounded: an amount finer than its minor unit.
    """

    values: pa.Array
    failed: Mask
    whole_day: Mask
    moved: Mask
    doubled: Mask
    midnight: Mask
    rounded: Mask


def understood(values: pa.Array) -> Parsed:
    """A column that needed no parsing."""
    return without_marks(values, nothing(len(values)))


def parsed(text: pa.Array, values: pa.Array) -> Parsed:
    """A column whose texts were not understood where there is no value."""
    failed = text.is_valid().to_numpy(zero_copy_only=False) & values.is_null().to_numpy(zero_copy_only=False)
    return without_marks(values, failed)


def without_marks(values: pa.Array, failed: Mask) -> Parsed:
    """A column of which nothing is to be told but where it failed."""
    none = nothing(len(values))
    return Parsed(values, failed, none, none, none, none, none)


def nothing(rows: int) -> Mask:
    """A mask that marks no row."""
    return np.zeros(rows, dtype=np.bool_)


def by_distinct(text: pa.Array, parse: Callable[[pa.Array], Parsed]) -> Parsed:
    """Parse each distinct text once: a shop writes the same instant on every line of an order."""
    encoded = text.dictionary_encode()
    distinct = parse(encoded.dictionary)
    if not len(distinct.values):
        return understood(pa.nulls(len(text), distinct.values.type))
    codes = encoded.indices.fill_null(0).to_numpy()
    present = text.is_valid().to_numpy(zero_copy_only=False)
    values, *marks = (getattr(distinct, each.name) for each in fields(distinct))
    return Parsed(values.take(encoded.indices), *(mark[codes] & present for mark in marks))
