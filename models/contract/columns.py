"""How a table is declared: grain, key, columns, units, meaning."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """What a column holds, and so how it is stored."""

    ID = "id"
    INSTANT = "instant"
    MONEY = "money"
    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    BOOLEAN = "boolean"

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type in which Parquet files keep the column."""
        return _ARROW[self]


_ARROW: dict[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    Kind.MONEY: pa.int64(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.CATEGORY: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, whether a row needs it, allowed values, and what it means."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    `known_at` maps each dated fact (an instant column) to the column that says when it became known; a
    fact whose column is absent or null became known when it happened. Undated columns describe a row
    without a time of their own and are readable only once the fact `undated_known_with` is known; where one
    may be told later still, `known_apart` maps it to the column that says when (absent or null: with that
    fact). `event` is empty where a row has no time at all.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    event: str
    columns: tuple[Column, ...]
    known_at: tuple[tuple[str, str], ...] = ()
    undated_known_with: str | None = None
    known_apart: tuple[tuple[str, str], ...] = ()
    required: bool = False

    def column(self, name: str) -> Column:
        """The column of that name. Raises `KeyError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        """Columns without which a row is refused."""
        return tuple(column.name for column in self.columns if column.required)

    def schema(self, present: tuple[str, ...] | None = None) -> pa.Schema:
        """The Arrow schema of the columns present (all of them when not given), in declared order."""
        chosen = [column for column in self.columns if present is None or column.name in present]
        return pa.schema([pa.field(column.name, column.kind.arrow) for column in chosen])
