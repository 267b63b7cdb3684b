"""The embedded simulator as a source: its tables are in the contract's types already.

A world of one block is read in memory; a larger one goes to disk block by block, and a block is a part.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.contract.fates import all_accepted
from models.contract.tables import table
from pipelines.sources.parts import ROW, read_part
from pipelines.sources.simulator.blocks import block_count, blocks
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import World
from pipelines.sources.source import LongTable, Reading, ReadTable, SourceSettings

Files = Mapping[str, list[Path]]


def read(settings: SourceSettings, simulator: SimulatorSettings, room: Path) -> Reading:
    """Simulate a shop whose clocks show `source.timezone`; `room` on disk is for more than one block."""
    worlds = blocks(simulator, settings.timezone)
    if block_count(simulator) > 1:
        return _in_parts(worlds, room / "simulated")
    (world,) = worlds
    tables = {name: _read(_typed(rows, name)) for name, rows in world.tables.items()}
    return Reading(
        tables, extracted_at=world.extracted_at, oracle=world.oracle, price_index=world.price_index
    )


def _in_parts(worlds: Iterator[World], room: Path) -> Reading:
    """Each block written down as it is made: the keys of its rows are its own."""
    tables, oracle, before = defaultdict(list), defaultdict(list), Counter[str]()
    for number, world in enumerate(worlds):
        for name, rows in world.tables.items():
            path = room / "tables" / name / f"{number:04}.arrow"
            tables[name].append(_set_down(_numbered(_typed(rows, name), before[name]), path))
            before[name] += rows.num_rows
        for name, rows in world.oracle.items():
            oracle[name].append(_set_down(rows, room / "truth" / name / f"{number:04}.arrow"))
    return Reading(
        {},
        extracted_at=world.extracted_at,
        oracle={name: pa.concat_tables(map(_on_disk, parts)) for name, parts in oracle.items()},
        price_index=world.price_index,
        long={name: LongTable(tuple(parts), _read_part, tuple) for name, parts in tables.items()},
    )


def _read(rows: pa.Table) -> ReadTable:
    return ReadTable(rows, rows, all_accepted(rows.num_rows))


def _read_part(part: Path) -> tuple[ReadTable, pa.ChunkedArray]:
    numbered = read_part(part)
    return _read(numbered.drop_columns(ROW)), numbered[ROW]


def _typed(rows: pa.Table, name: str) -> pa.Table:
    return rows.cast(table(name).schema(tuple(rows.column_names))).combine_chunks()


def _numbered(rows: pa.Table, before: int) -> pa.Table:
    return rows.append_column(ROW, pa.array(np.arange(before + 1, before + rows.num_rows + 1)))


def _set_down(rows: pa.Table, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.ipc.new_stream(str(path), rows.schema) as stream:
        stream.write_table(rows)
    return path


def _on_disk(path: Path) -> pa.Table:
    """The rows where they lie: a map of the file, not a copy."""
    with pa.ipc.open_stream(pa.memory_map(str(path))) as stream:
        return stream.read_all()
