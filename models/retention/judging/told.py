"""Rows of a contract table as the facts of customers are read from them: whose, when, since when known, what.

Asked in one way of a whole Arrow table and of the rows of a few customers that somebody told just now, so
that what is read from either (`facts.py`) is written once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.columns import Table
from models.features.gathering import STRANGER
from models.features.said import TableSaid

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Row: TypeAlias = Mapping[str, Any]

NEVER = np.iinfo(np.int64).min  # no instant: earlier than all of them


class Told(Protocol):
    """Some rows of one contract table [m]; instants in microseconds."""

    @property
    def table(self) -> Table:
        """Which table's."""

    @property
    def whose(self) -> Ints:
        """The number of each row's customer among those asked about; `STRANGER` of anybody else [m]."""

    def has(self, column: str) -> bool:
        """Whether the source has the column."""

    def whole(self, column: str, empty: int) -> Ints:
        """Whole numbers or instants [m], `empty` where there is none."""

    def is_one_of(self, column: str, words: Collection[str]) -> Flags:
        """Whether the value is one of these words [m]."""

    def words(self, column: str, rows: Ints) -> list[str | None]:
        """The words in some rows, by number."""


def known_from(told: Told, fact: str) -> Ints:
    """When a dated fact became known [m]: its known-at, else the moment it happened, else `NEVER`."""
    known, happened = dict(told.table.known_at)[fact], told.whole(fact, NEVER)
    if known == fact or not told.has(known):
        return happened
    stated = told.whole(known, NEVER)
    return np.where(stated == NEVER, happened, stated)


@dataclass(frozen=True)
class TableTold:
    """All rows of an Arrow table, of customers with these ids."""

    table: Table
    rows: pa.Table
    customer_ids: NDArray[np.object_]

    @cached_property
    def whose(self) -> Ints:
        """Numbers of customers [m]."""
        found = pc.index_in(self.rows["customer_id"], value_set=pa.array(self.customer_ids, pa.string()))
        return np.asarray(pc.cast(pc.fill_null(found, STRANGER), pa.int64()))

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.rows.column_names

    def whole(self, column: str, empty: int) -> Ints:
        """Whole numbers [m]."""
        numbers: Ints = TableSaid(self.rows).whole(column, empty)
        return numbers

    def is_one_of(self, column: str, words: Collection[str]) -> Flags:
        """Truth values [m]."""
        if not self.has(column):
            return np.zeros(self.rows.num_rows, np.bool_)
        found = pc.is_in(self.rows[column], value_set=pa.array(sorted(words), pa.string()))
        return np.asarray(found, np.bool_)

    def words(self, column: str, rows: Ints) -> list[str | None]:
        """Words."""
        found: list[str | None] = self.rows[column].take(pa.array(rows)).to_pylist()
        return found


@dataclass(frozen=True)
class RowsTold:
    """Rows as mappings of contract columns, customer by customer: of each of them [n] a sequence of rows."""

    table: Table
    of_customers: Sequence[Sequence[Row]]
    _read: dict[tuple[str, int], Ints] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All of them [m]."""
        return tuple(row for rows in self.of_customers for row in rows)

    @cached_property
    def whose(self) -> Ints:
        """Numbers of customers [m]."""
        return np.repeat(np.arange(len(self.of_customers)), [len(rows) for rows in self.of_customers])

    def has(self, column: str) -> bool:
        """Whether any row says it."""
        return any(column in row for row in self.rows)

    def whole(self, column: str, empty: int) -> Ints:
        """Whole numbers [m]; each column is read once."""
        found = self._read.get((column, empty))
        if found is None:
            values = (row.get(column) for row in self.rows)
            found = np.array([empty if value is None else value for value in values], np.int64)
            self._read[column, empty] = found
        return found

    def is_one_of(self, column: str, words: Collection[str]) -> Flags:
        """Truth values [m]."""
        return np.array([row.get(column) in words for row in self.rows], np.bool_)

    def words(self, column: str, rows: Ints) -> list[str | None]:
        """Words."""
        return [self.rows[row].get(column) for row in rows.tolist()]
