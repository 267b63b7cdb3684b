"""Contract tables on disk by customer: written once, read one customer at a time without loading the rest.

    index.arrow      ids, sorted, and where in each table the rows of each one are
    <table>.arrow    rows by customer, event and key

Arrow's files are mapped into memory, so only what is asked for is ever read. A batch ends with a customer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.columns import Kind
from models.domain.errors import DamagedRelease

Ints: TypeAlias = NDArray[np.int64]
CUSTOMER = "customer_id"
INDEX = "index.arrow"
SUFFIX = ".arrow"

_WHOLE = (Kind.INSTANT.arrow, Kind.INTEGER.arrow)


@dataclass(frozen=True)
class Cells:
    """One column of one batch: read(begin, end) gives plain values, None where there is none."""

    name: str
    read: Callable[[int, int], list[Any]]


@dataclass(frozen=True)
class TableOnDisk:
    """Rows of one table: first [batches + 1], where each batch begins; and its columns, batch by batch."""

    first: Ints
    batches: tuple[tuple[Cells, ...], ...]

    def rows(self, customer: str, begin: int, end: int) -> list[dict[str, Any]]:
        """The rows of one customer, who has those from `begin` to `end`."""
        number = int(np.searchsorted(self.first, begin, side="right")) - 1
        start, cells = int(self.first[number]), self.batches[number]
        columns = [each.read(begin - start, end - start) for each in cells]
        names = (CUSTOMER, *(each.name for each in cells))
        return [dict(zip(names, (customer, *row), strict=True)) for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Histories:
    """All customers of whom anything is known: ids sorted, tables by name, and whose rows are where.

    begin, end: of each table the first row of every customer, and the one after the last [c]. erased: those
    of whom nothing may be known any more.
    """

    ids: "Words"
    tables: Mapping[str, TableOnDisk]
    begin: Mapping[str, Ints]
    end: Mapping[str, Ints]
    erased: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """How many customers."""
        return len(self.ids)

    def rows_of(self, customer: str) -> dict[str, list[dict[str, Any]]] | None:
        """What is known of one customer, by table; None of somebody unknown."""
        place = None if customer in self.erased else self.ids.place(customer)
        if place is None:
            return None
        return {
            name: table.rows(customer, int(self.begin[name][place]), int(self.end[name][place]))
            for name, table in self.tables.items()
            if self.end[name][place] > self.begin[name][place]
        }

    def every_row(self, name: str) -> Iterator[dict[str, Any]]:
        """All rows of one table, customer by customer, but of those who were erased."""
        if name in self.tables:
            begin, end = self.begin[name], self.end[name]
            for place in np.flatnonzero(end > begin).tolist():
                if (customer := self.ids[place]) not in self.erased:
                    yield from self.tables[name].rows(customer, int(begin[place]), int(end[place]))


@dataclass(frozen=True)
class Words:
    """Sorted words as Arrow keeps them: where each begins [n + 1], and the letters of all."""

    offset: NDArray[np.int32]
    letters: memoryview

    def __len__(self) -> int:
        """How many."""
        return len(self.offset) - 1

    def __getitem__(self, place: int) -> str:
        """One of them."""
        return bytes(self.letters[self.offset[place] : self.offset[place + 1]]).decode()

    def slice(self, begin: int, end: int) -> list[str]:
        """Some of them."""
        places = self.offset[begin : end + 1].tolist()
        text = bytes(self.letters[places[0] : places[-1]])
        first = places[0]
        return [text[low - first : high - first].decode() for low, high in pairwise(places)]

    def place(self, word: str) -> int | None:
        """Where a word stands; None where it does not."""
        wanted, low, high = word.encode(), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = bytes(self.letters[self.offset[middle] : self.offset[middle + 1]])
            if found == wanted:
                return middle
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None


def open_histories(folder: Path) -> Histories:
    """Map a folder that `pipelines.histories` wrote. Raises `DamagedRelease` where it cannot be read."""
    try:
        index = _mapped(folder / INDEX)
        names = [path.stem for path in sorted(folder.glob(f"*{SUFFIX}")) if path.name != INDEX]
        tables = {name: _table(_mapped(folder / f"{name}{SUFFIX}")) for name in names}
        whole = index.combine_chunks()
        ids = whole.column(CUSTOMER).chunk(0) if len(whole) else pa.array([], pa.string())
        begin, end = ({name: _ints(whole, f"{part}_{name}") for name in names} for part in ("begin", "end"))
    except (pa.ArrowException, OSError, KeyError) as error:
        raise DamagedRelease(
            "the histories of customers cannot be read", given=f"{folder}: {error}", remedy="Run `make`."
        ) from error
    return Histories(_words(ids), tables, begin, end)


def schema_of(path: Path) -> pa.Schema:
    """The columns of one table on disk, but for the customer's id."""
    return pa.ipc.open_file(pa.memory_map(str(path))).schema


def _ints(table: pa.Table, name: str) -> Ints:
    return _buffer(table.column(name).chunk(0), np.int64) if len(table) else np.empty(0, np.int64)


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _table(table: pa.Table) -> TableOnDisk:
    batches = table.to_batches()
    first = np.cumsum([0, *(batch.num_rows for batch in batches)])
    return TableOnDisk(first, tuple(tuple(_cells(batch)) for batch in batches))


def _cells(batch: pa.RecordBatch) -> Iterator[Cells]:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        yield Cells(name, _with_nulls(column, _reader(column)))


def _reader(column: pa.Array) -> Callable[[int, int], list[Any]]:
    if column.type == pa.string():
        return _words(column).slice
    if column.type == pa.bool_():
        return lambda begin, end: column.slice(begin, end - begin).to_pylist()
    values = _buffer(column, np.int64 if column.type in _WHOLE else np.float64)
    return lambda begin, end: values[begin:end].tolist()


def _with_nulls(column: pa.Array, read: Callable[[int, int], list[Any]]) -> Callable[[int, int], list[Any]]:
    if not column.null_count:
        return read
    bits, offset = np.frombuffer(column.buffers()[0], np.uint8), column.offset

    def reading(begin: int, end: int) -> list[Any]:
        first = begin + offset
        bit = np.unpackbits(bits[first // 8 : (end + offset + 7) // 8], bitorder="little")
        valid = bit[first % 8 : first % 8 + end - begin].tolist()
        return [value if there else None for value, there in zip(read(begin, end), valid, strict=True)]

    return reading


def _buffer(column: pa.Array, kind: type) -> NDArray[Any]:
    """The values of a column of eight bytes each, where they lie; where there is none they are noise."""
    values: NDArray[Any] = np.frombuffer(column.buffers()[1], kind)
    return values[column.offset : column.offset + len(column)]


def _words(column: pa.StringArray) -> Words:
    _, offset, letters = column.buffers()
    places = np.zeros(1, np.int32) if offset is None else np.frombuffer(offset, np.int32)
    places = places[column.offset : column.offset + len(column) + 1]
    return Words(places, memoryview(b"" if letters is None else letters))
