"""Constant money: what amounts come to in the prices of one fixed moment.

    constant = nominal ÷ level(t)          today's money = constant · level(as-of)

level(t) is the newest value of a price index that was known at t, over the index's first value. It depends on
t alone: not on the snapshot that looks at t, so a feature may sum amounts of many days, and not on as-of, so
what a model has learned stays true when time goes on. A delay of publication is the same for what happened
and for what is being told, and so drops out of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.columns import Kind, Table
from models.contract.storage import read_summary, read_table
from models.domain.instants import local_date

FILE = "price_index.parquet"

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """Price levels in order of time: `level[i]` holds from `since[i]` (µs) on; 1 before the first.

    base: the first local day of the index's first period, in whose prices constant money is. None, with no
    levels, where a source has no index: all amounts are then taken as they stand.
    """

    since: Instants
    level: Floats
    base: date | None = None

    @property
    def money(self) -> str | None:
        """Names the constant money; None where amounts are taken as they stand."""
        return None if self.base is None else f"prices of {self.base}"

    def levels_at(self, instants: Instants) -> Floats:
        """The level known at each instant (µs) [n]."""
        place = np.searchsorted(self.since, instants, side="right")
        return np.concatenate([[1.0], self.level])[place]

    def level_at(self, instant: int) -> float:
        """The level known at one instant (µs)."""
        return float(self.levels_at(np.array([instant]))[0])


def prices_of(index: pa.Table, zone: str) -> Prices:
    """Levels from the rows of a checked price index, in any order; `zone` names its local days.

    A value of a later period replaces those of earlier ones; of one period, a later publication the earlier.
    A revision of a period that is not the newest any more changes nothing.
    """
    start, known = _micros(index["period_start"]), _micros(index["known_at"])
    order = np.lexsort((start, known))
    start, known = start[order], known[order]
    value = index["index"].to_numpy()[order]
    newest = start >= np.maximum.accumulate(start)
    last_at_once = np.append(known[newest][1:] != known[newest][:-1], True)
    first = int(start.min())
    base_value = value[np.flatnonzero(start == first)[0]]
    level = value[newest][last_at_once] / base_value
    return Prices(known[newest][last_at_once], level, local_date(first, zone))


def read_prices(folder: Path) -> Prices:
    """The prices that ingest left in the folder of the tables; none where the source has no index."""
    if not (folder / FILE).exists():
        return Prices(np.empty(0, np.int64), np.empty(0))
    return prices_of(read_table(folder / FILE), read_summary(folder).timezone)


def in_constant_money(table: pa.Table, declared: Table, prices: Prices) -> pa.Table:
    """The table with its amounts in constant money, each at the level of the row's event, halves to even.

    An amount keeps its sign however small it becomes: a purchase stays a purchase.
    """
    declared_amounts = [column.name for column in declared.columns if column.kind is Kind.MONEY]
    amounts = [name for name in declared_amounts if name in table.column_names]
    if prices.base is None or not amounts:
        return table
    level = prices.levels_at(_micros(table[declared.event]))
    for name in amounts:
        table = table.set_column(table.column_names.index(name), name, _deflated(table[name], level))
    return table


def row_in_constant_money(row: Mapping[str, Any], declared: Table, prices: Prices) -> Mapping[str, Any]:
    """One row as `in_constant_money` gives it; instants in microseconds."""
    at = row.get(declared.event)
    if prices.base is None or at is None:
        return row
    level = prices.level_at(at)
    amounts = [each.name for each in declared.columns if each.kind is Kind.MONEY]
    return {
        **row,
        **{name: _deflated_one(row[name], level) for name in amounts if row.get(name) is not None},
    }


def _deflated_one(amount: int, level: float) -> int:
    """A whole minor unit, halves to even, never of another sign."""
    return round(amount / level) or (amount > 0) - (amount < 0)


def _deflated(amounts: pa.ChunkedArray, level: Floats) -> pa.Array:
    """Whole minor units [n]; null stays null."""
    nominal = pc.fill_null(amounts, 0).to_numpy()
    constant = np.rint(nominal / level).astype(np.int64)
    kept = np.where(constant == 0, np.sign(nominal), constant)
    return pa.array(kept, pa.int64(), mask=amounts.is_null().to_numpy())


def _micros(column: pa.ChunkedArray) -> Instants:
    micros: Instants = pc.cast(column, pa.int64()).to_numpy()
    return micros
