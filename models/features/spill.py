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
from models.features.laying import as_read, laying

Ints: TypeAlias = NDArray[np.int64]


def taken_apart(blocks: Iterable[Block], bounds: Ints, counts: Ints, rows: int) -> Iterator[list[Block]]:
    """The events of each range of customers, bounds[i] to bounds[i + 1], in the order in which they came.

    counts [c]: how many events each customer has; rows: of columns.
    """
    sizes = np.add.reduceat(counts, bounds[:-1])
    for block in _apart(blocks, _ranges(bounds), sizes, rows, bounds):
        yield [block]


def spilled(blocks: Iterable[Block], bounds: Ints, folder: Path) -> list[Path]:
    """The same in files, one for each range."""
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.i64" for number in range(len(bounds) - 1)]
    for path in paths:
        path.touch()
    ranges = _ranges(bounds)
    for block in blocks:
        sizes = np.bincount(ranges[block.customer], minlength=len(paths))
        parts = _apart([block], ranges, sizes, len(block.columns), bounds)
        for path, part in zip(paths, parts, strict=True):
            _append(path, part)
    return paths


def _append(path: Path, block: Block) -> None:
    if len(block.customer):
        with path.open("ab") as file:
            for values in (np.array([len(block.customer)]), block.customer.astype(np.int64), *block.columns):
                values.tofile(file)


def read_spilled(path: Path, rows: int) -> Iterator[Block]:
    """The blocks of such a file, of so many rows of columns each."""
    with path.open("rb") as file:
        while len(size := np.fromfile(file, np.int64, 1)):
            count = int(size[0])
            customer = np.fromfile(file, np.int64, count).astype(np.int32)
            yield Block(customer, tuple(np.fromfile(file, np.int64, count) for _ in range(rows)))


def in_turn(blocks: Iterable[Block], bounds: Ints) -> Iterator[list[Block]]:
    """The events of one range of customers after another, where they come in the order of customers."""
    waiting: list[Block] = []
    at = 0
    for block in blocks:
        cuts = np.searchsorted(block.customer, bounds)
        for number in np.flatnonzero(np.diff(cuts)).tolist():
            while at < number:
                yield waiting
                waiting, at = [], at + 1
            here = slice(*cuts[number : number + 2])
            customer = block.customer[here] - np.int32(bounds[number])
            waiting.append(Block(customer, tuple(column[here] for column in block.columns)))
    for _ in range(at, len(bounds) - 1):
        yield waiting
        waiting = []


def _apart(blocks: Iterable[Block], ranges: Numbers, sizes: Ints, rows: int, bounds: Ints) -> Iterator[Block]:
    """All events of one range after another, of which there are so many in each."""
    upto = np.concatenate([[0], np.cumsum(sizes)])
    columns, customer = np.empty((rows, upto[-1]), np.int64), np.empty(upto[-1], np.int32)
    following = upto[:-1].copy()
    for block in blocks:
        place = _places(ranges, block, following)
        laying()["scatter"](place, as_read(block.customer), customer)
        for values, into in zip(block.columns, columns, strict=True):
            laying()["scatter"](place, as_read(values), into)
    for number, (begin, end) in enumerate(pairwise(upto)):
        within = customer[begin:end] - np.int32(bounds[number])
        yield Block(within, tuple(column[begin:end] for column in columns))


def _places(ranges: Numbers, block: Block, following: Ints) -> Ints:
    """Where each event goes: after those of its range."""
    of_range, place = np.empty_like(block.customer), np.empty(len(block.customer), np.int64)
    laying()["translate"](as_read(block.customer), ranges, of_range)
    laying()["find_places"](of_range, following, place)
    return place


def _ranges(bounds: Ints) -> Numbers:
    """The range of each customer."""
    return np.repeat(np.arange(len(bounds) - 1, dtype=np.int32), np.diff(bounds))
