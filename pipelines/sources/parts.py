"""A table of any length in parts that fit the memory.

A short table is one part, kept in memory. A long one is spread over files on disk by what it is keyed by, so
that all rows of one key stand in one part, in the order they were read: whatever is asked of a table row by
row or key by key can then be asked part by part. At the end DuckDB merges the sorted parts; it keeps to
`MEMORY` and goes to disk beyond that.
"""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

# The number of a row as read (from 1), beside its values.
ROW = "_row"

PART_ROWS = 1_000_000
PARTS = 64
MEMORY = "800MB"

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
    with pa.memory_map(str(part)) as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all().combine_chunks()


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
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{number:02}.arrow" for number in range(PARTS))
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    numbered = schema.append(pa.field(ROW, pa.int64()))
    with ExitStack() as open_files:
        writers = [
            open_files.enter_context(pa.ipc.new_stream(str(file), numbered, options=options))
            for file in files
        ]
        for batch in _numbered(batches):
            for number, rows in _by_part(batch, key_of(batch)):
                writers[number].write_batch(rows)
    return files


def _numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    before = 0
    for batch in batches:
        numbers = pa.array(np.arange(before + 1, before + batch.num_rows + 1))
        before += batch.num_rows
        yield batch.append_column(ROW, numbers)


def _by_part(batch: pa.RecordBatch, keys: pa.Array) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows of each part in their order; a row without a key belongs to no other, so any part will do."""
    encoded = keys.dictionary_encode()
    part_of = [zlib.crc32(key.encode()) % PARTS for key in encoded.dictionary.to_pylist()]
    parts = np.array([*part_of, 0])[encoded.indices.fill_null(len(part_of)).to_numpy(zero_copy_only=False)]
    order = np.argsort(parts, kind="stable")
    sorted_rows = batch.take(pa.array(order))
    ends = np.cumsum(np.bincount(parts, minlength=PARTS))
    for number, end in enumerate(ends):
        begin = ends[number - 1] if number else 0
        if end > begin:
            yield number, sorted_rows.slice(begin, end - begin)


def _duckdb(spill: Path) -> Any:
    """A DuckDB of one thread that goes to disk beyond its share of the memory."""
    import duckdb  # noqa: PLC0415  # only tables too long for the memory pay for it

    connection = duckdb.connect()
    connection.execute(f"SET threads = 1; SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{spill}'")
    return connection
