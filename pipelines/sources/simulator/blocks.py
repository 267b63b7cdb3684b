"""Worlds of any size, block by block: customers of one shop who never meet.

A block is a world of its own seed under the shop's catalogue, prices and clocks. It depends on no other, so
that any can be made alone, and a world of one block is that block.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.progress import track
from pipelines.sources.simulator.campaigns import Campaign
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import World, simulate

BLOCK_CUSTOMERS = 20_000  # at most
LARGEST_SEED = 2**63 - 1
# Numbered within a block by a letter and digits; what is named here is named alike in all blocks: articles,
# teams, campaigns.
NUMBERED = frozenset({"customer_id", "referred_by", "order_id", "complaint_id", "contact_id", "survey_id"})


def block_count(settings: SimulatorSettings) -> int:
    """Into how many blocks the customers fall."""
    return -(-settings.customers // BLOCK_CUSTOMERS)


def blocks(settings: SimulatorSettings, zone: str) -> Iterator[World]:
    """The blocks of a world in order, each with identifiers of its own: block 7 of 100 has 'C07000123'.

    Sizes differ by one customer at most. Between two blocks nothing is kept.
    """
    count = block_count(settings)
    if count == 1:
        yield simulate(settings, zone)
        return
    for number in track(range(count), "Simulating blocks of customers"):
        yield block(settings, zone, number)


def block(settings: SimulatorSettings, zone: str, number: int) -> World:
    """One block of a world of several."""
    made = simulate(block_settings(settings, number), zone, track=_quietly, shop=settings)
    mark = f"{number:0{len(str(block_count(settings) - 1))}}"
    tables, oracle = (
        {name: _marked(rows, mark) for name, rows in of.items()} for of in (made.tables, made.oracle)
    )
    return replace(made, tables=tables, oracle=oracle)


def block_settings(settings: SimulatorSettings, number: int) -> SimulatorSettings:
    """The settings of one block: its share of customers and its own seed; the first keeps the world's."""
    share, more = divmod(settings.customers, block_count(settings))
    words = np.random.SeedSequence(settings.seed, spawn_key=(crc32(b"block"), number)).generate_state(
        1, np.uint64
    )
    seed = settings.seed if number == 0 else int(words[0]) & LARGEST_SEED
    return replace(settings, customers=share + (number < more), seed=seed)


def whole(settings: SimulatorSettings, zone: str) -> World:
    """The world with all its blocks, in memory."""
    first, *others = blocks(settings, zone)
    if not others:
        return first
    every = (first, *others)
    return replace(
        first,
        tables=_joined([one.tables for one in every]),
        oracle=_joined([one.oracle for one in every]),
    )


def _quietly(campaigns: Iterable[Campaign], label: str) -> Iterable[Campaign]:
    """Blocks are counted, not their campaigns."""
    del label
    return campaigns


def _joined(parts: list[Mapping[str, pa.Table]]) -> Mapping[str, pa.Table]:
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}


def _marked(rows: pa.Table, mark: str) -> pa.Table:
    """The block's number after the letter of each identifier."""
    insert = partial(pc.utf8_replace_slice, start=1, stop=1, replacement=mark)
    for place, name in enumerate(rows.column_names):
        if name in NUMBERED:
            rows = rows.set_column(place, rows.schema.field(place), insert(rows.column(place)))
    return rows
