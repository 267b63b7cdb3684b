"""A simulated world as Parquet files in the contract's own columns, written block by block."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from models.contract.storage import COMPRESSION, ROW_GROUP_ROWS
from pipelines.examples.finished import finished_together
from pipelines.sources.simulator.world import World

PRICE_INDEX_FILE = "price_index.csv"


def write_contract_files(worlds: Iterable[World], folder: Path) -> Mapping[str, int]:
    """Write what a `files` source reads; gives the rows of each table. Same worlds, same bytes.

    A block is a row group (or more), in order of customer; not more than one block is in memory.
    """
    rows = Counter[str]()
    with finished_together(folder) as path_of, ExitStack() as open_files:
        writers: dict[str, pq.ParquetWriter] = {}
        for number, world in enumerate(worlds):
            if number == 0 and world.price_index is not None:
                csv.write_csv(world.price_index, path_of(PRICE_INDEX_FILE))
            for name, table in world.tables.items():
                if name not in writers:
                    writers[name] = open_files.enter_context(
                        _writer(path_of(f"{name}.parquet"), table.schema)
                    )
                writers[name].write_table(table.replace_schema_metadata(None), ROW_GROUP_ROWS)
                rows[name] += table.num_rows
    return rows


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema.remove_metadata(), compression=COMPRESSION)
