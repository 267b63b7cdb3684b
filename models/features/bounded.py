"""Features of logs that do not fit into memory: rows are read a few at a time, customers folded in ranges.

Every file is read once for whose its rows are, and once for all else. A table that comes in the order of
customers, as ingest writes it, is folded as it is read. The events of any other are first taken apart by
range, on disk where they are many. So are features that do not fit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.availability import NOTHING_COUNTED, TableColumns, usable
from models.features.batch import Folded, Track, fold, ranges_of
from models.features.catalogue import CATALOGUE
from models.features.compiled import compiled
from models.features.declaration import Feature
from models.features.gathered import build_history
from models.features.history import Block, Wanted, read_blocks, tables_read, wanted_of
from models.features.owners import Owners, find_owners
from models.features.plan import Plan, build_plan
from models.features.population import NOBODY, Populations
from models.features.shelf import Shelf, shelved
from models.features.spill import in_turn, read_spilled, spilled, taken_apart
from models.features.table_rows import Rows

LIMIT_MB = 1024
RANGE_BYTES = 16 << 20  # a range of customers mostly stays in the processor's cache

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class _Job:
    """What is to be done.

    bounds: range i of customers goes from bounds[i] to bounds[i + 1]. room: on disk; limit: bytes of memory.
    """

    plan: Plan
    wanted: tuple[Wanted, ...]
    owners: Owners
    counts: Mapping[str, Ints]
    bounds: Ints
    snapshots: Ints
    zone: str
    room: Path
    limit: int

    @property
    def fits(self) -> bool:
        """Whether all features fit into half of the limit."""
        rows = len(self.snapshots) * len(self.owners.customers)
        return 2 * rows * 4 * len(self.plan.features) <= self.limit


def compute_bounded(
    tables: Mapping[str, Rows],
    available_columns: TableColumns,
    snapshots: Sequence[int],
    zone: str,
    room: Path,
    *,
    features: Sequence[Feature] = CATALOGUE,
    populations: Populations = NOBODY,
    limit_mb: int = LIMIT_MB,
    track: Track = iter,
) -> Shelf:
    """The very features of `compute_batch`, in bounded memory.

    room: an empty folder for what does not fit, to be removed once the features have been read. limit_mb:
    for events and features, customers without end apart: one is never taken apart. Beside it there are four
    bytes for each row of the tables (whose it is) and the ids of the customers.
    """
    counted = "" if populations.as_of else NOTHING_COUNTED
    plan = build_plan(usable(features, available_columns, counted).features, populations)
    rows = {name: tables[name] for name in tables_read(plan)}
    owners = find_owners(rows, rows)
    wanted, told = wanted_of(plan), np.array(sorted(set(snapshots)), np.int64)
    counts = {each.table: owners.counts(each.table) for each in wanted}
    bounds = _bounds(_bytes_needed(plan, wanted, counts, len(told)), min(RANGE_BYTES, limit_mb << 17))
    job = _Job(plan, wanted, owners, counts, bounds, told, zone, room, limit_mb << 20)
    folded = _folded(job, [_by_range(job, each, rows[each.table]) for each in wanted], track)
    ranges = tuple(
        shelved(each, int(first), told, None if job.fits else room / f"{first}.f32")
        for first, each in zip(bounds[:-1], folded, strict=True)
    )
    names = tuple(feature.name for feature in plan.features)
    return Shelf(names, owners.customers, tuple(told.tolist()), ranges)


def _bytes_needed(plan: Plan, wanted: Sequence[Wanted], counts: Mapping[str, Ints], snapshots: int) -> Ints:
    """About how much memory each customer takes [c]: events and their order, features and their keys."""
    needed = np.full(len(counts["orders"]), snapshots * (4 * len(plan.features) + 24))
    for each in wanted:
        needed += 8 * (each.rows + 1) * counts[each.table]
    return needed


def _bounds(needed: Ints, most: int) -> Ints:
    """Where ranges of customers end, so that each needs at most so much or is one customer alone."""
    upto, ends = np.cumsum(needed), [0]
    while ends[-1] < len(upto):
        before = upto[ends[-1] - 1] if ends[-1] else 0
        ends.append(max(ends[-1] + 1, int(np.searchsorted(upto, before + most, side="right"))))
    return np.array(ends)


def _by_range(job: _Job, wanted: Wanted, rows: Rows) -> Iterator[Iterable[Block]]:
    """The events of a table in each range of customers, one range after another."""
    blocks = read_blocks(wanted, rows, job.owners.of[wanted.table], rows.all, job.zone)
    if wanted.table in job.owners.in_order:
        yield from in_turn(blocks, job.bounds)
    elif 8 * rows.all[1] * wanted.rows <= job.limit // 2:
        yield from taken_apart(blocks, job.bounds)
    else:
        for path in spilled(blocks, job.bounds, job.room / wanted.table):
            yield read_spilled(path, wanted.rows)


def _folded(job: _Job, blocks: Sequence[Iterator[Iterable[Block]]], track: Track) -> Iterator[Folded]:
    """The features of each range of customers."""
    steps = [ranges_of(int(size), len(job.snapshots)) for size in np.diff(job.bounds)]
    tracked = iter(track([step for of_range in steps for step in of_range]))
    for begin, end, of_range in zip(job.bounds, job.bounds[1:], steps, strict=False):
        counts = {name: count[begin:end] for name, count in job.counts.items()}
        read = {each.table: next(of_table) for each, of_table in zip(job.wanted, blocks, strict=True)}
        history = build_history(job.plan, job.wanted, counts, read)
        yield fold(job.plan, history, job.snapshots.tolist(), islice(tracked, len(of_range)), compiled())
