"""A column after its text was understood, with the rows where that failed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from models.contract.fates import Mask


@dataclass(frozen=True)
class Parsed:
    """Values (null where missing or not understood), and masks [n] over them.

    failed: there was a value and it could not be understood. whole_day: the source gave a date alone.
    """

    values: pa.Array
    failed: Mask
    whole_day: Mask


def understood(values: pa.Array) -> Parsed:
    """A column that needed no parsing."""
    nothing = np.zeros(len(values), dtype=np.bool_)
    return Parsed(values, nothing, nothing)


def by_distinct(text: pa.Array, parse: Callable[[pa.Array], Parsed]) -> Parsed:
    """Parse each distinct text once: a shop writes the same instant on every line of an order."""
    encoded = text.dictionary_encode()
    distinct = parse(encoded.dictionary)
    if not len(distinct.values):
        return understood(pa.nulls(len(text), distinct.values.type))
    codes = encoded.indices.fill_null(0).to_numpy()
    present = text.is_valid().to_numpy(zero_copy_only=False)
    return Parsed(
        distinct.values.take(encoded.indices),
        distinct.failed[codes] & present,
        distinct.whole_day[codes] & present,
    )
