"""A table of any length in parts that fit the memory.

A short table is one part, kept in memory. A long one is spread over files on disk by what it is keyed by, so
that all rows of one key stand in one part, in the order they were read: whatever is asked of a table row by
row or key by key can then be asked part by part. DuckDB does the spreading and, at the end, the merging of
sorted parts; it keeps to `MEMORY` and goes to disk beyond that.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# The number of a row as read (from 1), beside its values.
ROW = "_row"

PART_ROWS = 1_000_000
PARTS = 64
MEMORY = "800MB"

_KEY, _PART = "_key", "_part"

# What decides in which part each row [n] of a batch stands.
KeyOf = Callable[[pa.RecordBatch], pa.Array]


def whole_or_spread(
    batches: Iterator[pa.RecordBatch], key_of: KeyOf, folder: Path, most: int = PART_ROWS
) -> pa.Table | tuple[Path, ...]:
    """All rows as one table where they are at most `most`; else the parts that they were spread over.

    Rows of one key stand in one part, in the order they were read. Batches must share one schema.
    """
    first: deque[pa.RecordBatch] = deque()
    rows = 0
    for batch in batches:
        first.append(batch)
        rows += batch.num_rows
        if rows > most:
            return _spread(chain(_taken_out(first), batches), batch.schema, key_of, folder)
    return pa.Table.from_batches(first).combine_chunks()


def read_part(part: Path) -> pa.Table:
    """The rows of a part in the order they were read, with the column `ROW`."""
    files = [pq.read_table(file, use_threads=False, partitioning=None) for file in sorted(part.iterdir())]
    return pa.concat_tables(files).sort_by(ROW).combine_chunks()


def merged_in_order(
    parts: Sequence[Path], order: Sequence[str], schema: pa.Schema, batch_rows: int, spill: Path
) -> Iterator[pa.RecordBatch]:
    """The rows of Parquet files, ordered by columns (text by its bytes), in batches of `batch_rows`."""
    by = ", ".join(f'"{name}"' for name in order)
    files = ", ".join(f"'{path}'" for path in parts)
    with _duckdb(spill) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        ordered = connection.execute(f"SELECT * FROM read_parquet([{files}]) ORDER BY {by}")  # noqa: S608  # our own names
        for batch in ordered.to_arrow_reader(batch_rows):
            yield batch.cast(schema)


def _taken_out(waiting: deque[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What waits, in order; nothing holds on to a batch that was handed over."""
    while waiting:
        yield waiting.popleft()


def _spread(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, key_of: KeyOf, folder: Path
) -> tuple[Path, ...]:
    wider = schema.append(pa.field(ROW, pa.int64())).append(pa.field(_KEY, pa.string()))
    reader = pa.RecordBatchReader.from_batches(wider, _keyed(batches, key_of))
    folder.mkdir(parents=True, exist_ok=True)
    with _duckdb(folder) as connection:
        connection.register("rows_read", reader)
        # A row without a key belongs to no other: any part will do.
        connection.execute(
            f"COPY (SELECT * EXCLUDE ({_KEY}), "  # noqa: S608  # our own names
            f"coalesce(hash({_KEY}) % {PARTS}, 0) AS {_PART} FROM rows_read) "
            f"TO '{folder}' (FORMAT parquet, PARTITION_BY ({_PART}), OVERWRITE true, COMPRESSION lz4)"
        )
    return tuple(sorted(folder.glob(f"{_PART}=*")))


def _keyed(batches: Iterable[pa.RecordBatch], key_of: KeyOf) -> Iterator[pa.RecordBatch]:
    before = 0
    for batch in batches:
        numbers = pa.array(np.arange(before + 1, before + batch.num_rows + 1))
        before += batch.num_rows
        yield batch.append_column(ROW, numbers).append_column(_KEY, key_of(batch))


def _duckdb(spill: Path) -> Any:
    """A DuckDB of one thread that goes to disk beyond its share of the memory."""
    import duckdb  # noqa: PLC0415  # only tables too long for the memory pay for it

    connection = duckdb.connect()
    connection.execute(f"SET threads = 1; SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{spill}'")
    return connection
