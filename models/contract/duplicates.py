"""Rows that say the same thing twice, and rows that share a key but disagree.

Columns become dense integer codes, and the candidates shrink column by column, so that a table whose keys
are unique costs one look at its key.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.fates import Mask


def repeats(table: pa.Table, columns: Sequence[str], among: Mask) -> Mask:
    """Rows identical in all `columns` to an earlier row; only the rows `among` are looked at.

    Nulls equal nulls. Put the most telling columns first: it is faster. Shapes: [n] -> [n].
    """
    rows, groups = _groups_of_several(table, columns, among)
    found = np.zeros(len(among), dtype=np.bool_)
    found[rows] = True
    _, first = np.unique(groups, return_index=True)
    found[rows[first]] = False
    return found


def sharing_a_key(table: pa.Table, key: Sequence[str], among: Mask) -> Mask:
    """Rows whose key is also another row's; only the rows `among` are looked at. Shapes: [n] -> [n]."""
    rows, _ = _groups_of_several(table, key, among)
    found = np.zeros(len(among), dtype=np.bool_)
    found[rows] = True
    return found


def row_in_group(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """For each row, its number (from 1) among the rows of equal value, in the order they stand."""
    codes = _codes(column)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    numbers = np.empty(len(codes), dtype=np.int64)
    numbers[order] = np.arange(len(codes)) - starts + 1
    return numbers


def _groups_of_several(
    table: pa.Table, columns: Sequence[str], among: Mask
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows (ascending) that agree in all columns with at least one other row, and their groups."""
    rows = np.flatnonzero(among)
    groups = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        if not len(rows):
            break
        column = table.column(name)
        codes = _codes(column if len(rows) == table.num_rows else column.take(pa.array(rows)))
        _, groups = np.unique(groups * (codes.max() + 1) + codes, return_inverse=True)
        several = np.bincount(groups)[groups] > 1
        rows, groups = rows[several], groups[several]
    return rows, groups


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """One integer a row, equal where the values are; nulls have a code of their own."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    codes: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes
