"""Events apart by range of customers: in memory, or on disk as plain binary of whole numbers.

A file of events holds one block after another: how many events, whose they are, then each column.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.gathering import Numbers
from models.features.history import Block
from models.features.laying import laying

Ints: TypeAlias = NDArray[np.int64]


def taken_apart(blocks: Iterable[Block], bounds: Ints) -> list[list[Block]]:
    """The events of each range of customers, bounds[i] to bounds[i + 1], in the order in which they came."""
    apart: list[list[Block]] = [[] for _ in bounds[1:]]
    ranges = _ranges(bounds)
    for block in blocks:
        for number, part in _parts(ranges[block.customer], block, bounds):
            apart[number].append(part)
    return apart


def spilled(blocks: Iterable[Block], bounds: Ints, folder: Path) -> list[Path]:
    """The same in files, one for each range."""
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.i64" for number in range(len(bounds) - 1)]
    for path in paths:
        path.touch()
    ranges = _ranges(bounds)
    for block in blocks:
        for number, (customer, columns) in _parts(ranges[block.customer], block, bounds):
            with paths[number].open("ab") as file:
                np.array([len(customer)]).tofile(file)
                customer.astype(np.int64).tofile(file)
                columns.tofile(file)
    return paths


def read_spilled(path: Path, rows: int) -> Iterator[Block]:
    """The blocks of such a file, of so many rows of columns each."""
    with path.open("rb") as file:
        while len(size := np.fromfile(file, np.int64, 1)):
            count = int(size[0])
            customer = np.fromfile(file, np.int64, count).astype(np.int32)
            yield Block(customer, np.fromfile(file, np.int64, rows * count).reshape(rows, count))


def in_turn(blocks: Iterable[Block], bounds: Ints) -> Iterator[list[Block]]:
    """The events of one range of customers after another, where they come in the order of customers."""
    waiting: list[Block] = []
    ranges, at = _ranges(bounds), 0
    for block in blocks:
        for number, part in _slices(ranges[block.customer], block, bounds):
            while at < number:
                yield waiting
                waiting, at = [], at + 1
            waiting.append(part)
    for _ in range(at, len(bounds) - 1):
        yield waiting
        waiting = []


def _slices(number: Numbers, block: Block, bounds: Ints) -> Iterator[tuple[int, Block]]:
    """The events of each range that has any, of a block in the order of ranges.

    number [n]: the range of each event.
    """
    begin = np.flatnonzero(np.diff(number, prepend=-1))
    for first, end in pairwise([*begin, len(number)]):
        at = int(number[first])
        customer = block.customer[first:end] - np.int32(bounds[at])
        yield at, Block(customer, np.ascontiguousarray(block.columns[:, first:end]))


def _parts(number: Numbers, block: Block, bounds: Ints) -> Iterator[tuple[int, Block]]:
    """The same of any block."""
    count = np.zeros(len(bounds) - 1, np.int64)
    laying()["count_rows"](number, count)
    place = np.empty(len(number), np.int64)
    laying()["find_places"](number, np.cumsum(count) - count, place)
    in_ranges, customer = np.empty_like(number), np.empty_like(block.customer)
    in_ranges[place], customer[place] = number, block.customer
    columns = np.empty_like(block.columns)
    laying()["scatter"](place, block.columns, columns)
    yield from _slices(in_ranges, Block(customer, columns), bounds)


def _ranges(bounds: Ints) -> Numbers:
    """The range of each customer."""
    return np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), np.diff(bounds))
