"""What rows say, asked in one way of a whole Arrow table and of a single row that arrived just now.

Either answers with whole numbers and truth values, or with arrays of them, so that what is built on these few
questions (`states.py`) is written once for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Said(Protocol):
    """One row of a contract table, or many. A column that is absent is empty."""

    def whole(self, column: str, empty: int) -> Any:
        """Whole numbers or instants (microseconds), `empty` where there is none."""

    def all_rows(self, value: int) -> Any:
        """The same whole number everywhere."""

    def filled(self, column: str) -> Any:
        """Whether there is a value."""

    def equal(self, column: str, word: str) -> Any:
        """Whether the value is this word."""

    def choose(self, where: Any, yes: Any, no: Any) -> Any:
        """`yes` where it holds, else `no`."""


def together(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array; one that is so already is not copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@dataclass(frozen=True)
class TableSaid:
    """What all rows of an Arrow table say: arrays [rows]."""

    table: pa.Table

    def whole(self, column: str, empty: int) -> Any:
        """Whole numbers [rows]."""
        if column not in self.table.column_names:
            return self.all_rows(empty)
        values = pc.cast(together(self.table.column(column)), pa.int64())
        return np.asarray(pc.fill_null(values, empty) if values.null_count else values)

    def all_rows(self, value: int) -> Any:
        """Whole numbers [rows]."""
        return np.full(self.table.num_rows, value)

    def filled(self, column: str) -> Any:
        """Truth values [rows]."""
        return np.asarray(pc.is_valid(self.table.column(column)))

    def equal(self, column: str, word: str) -> Any:
        """Truth values [rows]."""
        return np.asarray(pc.fill_null(pc.equal(self.table.column(column), word), False))

    def choose(self, where: Any, yes: Any, no: Any) -> Any:
        """Whole numbers [rows]."""
        return np.where(where, yes, no)


@dataclass(frozen=True)
class RowSaid:
    """What one row says, a mapping of contract columns with instants in microseconds."""

    row: Mapping[str, Any]

    def whole(self, column: str, empty: int) -> Any:
        """A whole number."""
        value = self.row.get(column)
        return empty if value is None else int(value)

    def all_rows(self, value: int) -> Any:
        """That number."""
        return value

    def filled(self, column: str) -> Any:
        """True or False."""
        return self.row.get(column) is not None

    def equal(self, column: str, word: str) -> Any:
        """True or False."""
        return self.row.get(column) == word

    def choose(self, where: Any, yes: Any, no: Any) -> Any:
        """One of both."""
        return yes if where else no
