"""What is known of articles across all customers: counted before a snapshot, looked up at it by every path.

The numbers are whole, in millionths, so that folds of them are as exact as all others. Fitting them is not
done here (`models/learned/training/population`): whoever scores reads what a release holds, and counts
nothing anew.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.storage import write_table
from models.domain.errors import DamagedRelease
from models.features.listing import Lookup

Ints = NDArray[np.int64]

SCALE = 1_000_000
AXES = 8
VECTOR = tuple(f"vector_{axis}" for axis in range(1, AXES + 1))
STATISTICS = ("popularity", "age_days", "launched", "repeat_rate", "return_rate", "price_level", *VECTOR)
FILE = "population.parquet"  # the newest, which is looked into from now on
ALL = "every_population.parquet"  # those that training looks into

_SCHEMA = pa.schema(
    [("as_of", pa.int64()), ("item_id", pa.string()), *((name, pa.int64()) for name in STATISTICS)]
)


@dataclass(frozen=True)
class Population:
    """Statistics of articles as they were known at one instant.

    as_of: that instant, microseconds. items: ids [n], sorted. values: int64 [statistics, n + 1] in
    millionths, in the order of `STATISTICS`; the last column speaks for every other article. Raises
    `ValueError` when these disagree.
    """

    as_of: int
    items: tuple[str, ...]
    values: Ints

    def __post_init__(self) -> None:
        """Check shapes and order."""
        if self.values.shape != (len(STATISTICS), len(self.items) + 1) or self.values.dtype != np.int64:
            raise ValueError("a population has whole numbers for every statistic and item, and one more")
        if any(one >= other for one, other in zip(self.items, self.items[1:], strict=False)):
            raise ValueError("the items of a population are sorted, each once")


@dataclass(frozen=True)
class Populations:
    """Several populations, numbered alike, side by side: a snapshot looks into the newest at or before it.

    as_of: their instants, ascending. items: ids [n] of all of them, sorted. values: int64 [statistics,
    (populations + 1) · (n + 1)]: first the zeros that a snapshot before all of them sees, then each
    population.
    """

    as_of: tuple[int, ...]
    items: tuple[str, ...]
    values: Ints

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each item's number; every other item has the number after the last."""
        return {item: number for number, item in enumerate(self.items)}

    @property
    def stride(self) -> int:
        """How many entries of a statistic each population has."""
        return len(self.items) + 1

    def number(self, item: str | None) -> int:
        """The number of one item."""
        return len(self.items) if item is None else self.numbers.get(item, len(self.items))

    def first(self, snapshot: int) -> int:
        """Where the population that a snapshot looks into begins."""
        return self.stride * bisect_right(self.as_of, snapshot)

    def lookup(self, snapshots: Ints) -> Lookup:
        """What rows at these snapshots [r] look into."""
        if not self.as_of:
            return Lookup(self.values, np.zeros(len(snapshots), np.int64))
        as_of = np.array(self.as_of, np.int64)
        return Lookup(self.values, self.stride * np.searchsorted(as_of, snapshots, side="right"))


NOBODY = Populations((), (), np.zeros((len(STATISTICS), 1), np.int64))


def side_by_side(populations: Sequence[Population]) -> Populations:
    """Number the items of populations, oldest first, alike; what one does not know has its last column."""
    items = sorted({item for population in populations for item in population.items})
    stride = len(items) + 1
    values = np.zeros((len(STATISTICS), (len(populations) + 1) * stride), np.int64)
    places = {item: place for place, item in enumerate(items)}
    for number, population in enumerate(populations, 1):
        known = np.array([places[item] for item in population.items], np.int64)
        block = values[:, number * stride : (number + 1) * stride]
        block[:] = population.values[:, -1:]
        block[:, known] = population.values[:, :-1]
    return Populations(tuple(population.as_of for population in populations), tuple(items), values)


def write_populations(populations: Sequence[Population], folder: Path) -> None:
    """Write the newest as `population.parquet` and all, oldest first, as `every_population.parquet`.

    Of each a row for each item, then one without id for all others.
    """
    write_table(_rows_of(populations[-1]), folder / FILE)
    write_table(pa.concat_tables(map(_rows_of, populations)), folder / ALL)


def read_population(folder: Path) -> Population:
    """The newest that was written. Raises `DamagedRelease` when the file is not what was written."""
    found = _read(folder / FILE)
    if len(found) != 1:
        raise _damaged(folder / FILE, "several instants")
    return found[0]


def read_populations(folder: Path) -> tuple[Population, ...]:
    """All that were written, oldest first. Raises `DamagedRelease` when the file is not what was written."""
    return _read(folder / ALL)


def _rows_of(population: Population) -> pa.Table:
    rows = len(population.items) + 1
    columns = [pa.array([population.as_of] * rows), pa.array([*population.items, None], pa.string())]
    return pa.table([*columns, *map(pa.array, population.values)], schema=_SCHEMA)


def _read(path: Path) -> tuple[Population, ...]:
    try:
        # Not `read_table`: a server would pay for pandas, which Arrow's datasets import.
        table = pq.ParquetFile(path).read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, str(error)) from error
    if table.schema != _SCHEMA or not table.num_rows:
        raise _damaged(path, "other columns, or no rows")
    as_of = np.array(table["as_of"].to_pylist(), np.int64)
    begins = np.flatnonzero(np.append(True, as_of[1:] != as_of[:-1])).tolist()
    ends = [*begins[1:], len(as_of)]
    return tuple(_one(path, table.slice(begin, end - begin)) for begin, end in zip(begins, ends, strict=True))


def _one(path: Path, table: pa.Table) -> Population:
    *items, others = table["item_id"].to_pylist()
    values = [table[name] for name in STATISTICS]
    if others is not None or None in items or any(column.null_count for column in values):
        raise _damaged(path, "empty values")
    try:
        return Population(
            table["as_of"][0].as_py(),
            tuple(items),
            np.array([column.to_pylist() for column in values], np.int64),
        )
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, what: str) -> DamagedRelease:
    return DamagedRelease(
        "the statistics of articles cannot be read",
        given=f"{path}: {what}",
        remedy="Restore the file, or publish it again with `make`.",
    )
