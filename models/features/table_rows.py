"""The rows of a contract table, some at a time: of an Arrow table, or of a Parquet file that need not fit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 1 << 17  # laid out together: their columns stay near the processor


class Rows(Protocol):
    """The rows of one table."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that can be read."""

    @property
    def all(self) -> tuple[int, int]:
        """The first row, and one after the last."""

    def batches(self, columns: Sequence[str], begin: int, end: int) -> Iterator[pa.Table]:
        """The rows from `begin` to `end`, in order, at most `BATCH_ROWS` at a time."""


@dataclass(frozen=True)
class TableRows:
    """The rows of an Arrow table."""

    table: pa.Table

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the table."""
        return tuple(self.table.column_names)

    @property
    def all(self) -> tuple[int, int]:
        """From the first row on."""
        return 0, self.table.num_rows

    def batches(self, columns: Sequence[str], begin: int, end: int) -> Iterator[pa.Table]:
        """Slices of the table; nothing is copied."""
        wanted = self.table.select(list(columns)).slice(begin, end - begin)
        for batch in wanted.to_batches(max_chunksize=BATCH_ROWS):
            yield pa.Table.from_batches([batch])


@dataclass(frozen=True)
class FileRows:
    """The rows of a Parquet file, of which `mend` is made as they are read: constant money.

    starts: the first row of each row group, and one after the last.
    """

    path: Path
    names: tuple[str, ...]
    starts: tuple[int, ...]
    mend: Callable[[pa.Table], pa.Table]

    @property
    def all(self) -> tuple[int, int]:
        """From the first row on."""
        return 0, self.starts[-1]

    def batches(self, columns: Sequence[str], begin: int, end: int) -> Iterator[pa.Table]:
        """Read the row groups that hold these rows, and no other."""
        touched = [
            group
            for group, start in enumerate(self.starts[:-1])
            if start < end and begin < self.starts[group + 1]
        ]
        if not touched:
            return
        at = self.starts[touched[0]]
        with pq.ParquetFile(self.path, buffer_size=1 << 20) as file:
            for batch in file.iter_batches(BATCH_ROWS, touched, list(columns), use_threads=False):
                rows = batch.slice(max(0, begin - at), max(0, end - max(at, begin)))
                at += batch.num_rows
                if rows.num_rows > 0:
                    yield self.mend(pa.Table.from_batches([rows]))


def file_rows(
    path: Path, names: Sequence[str], mend: Callable[[pa.Table], pa.Table] = lambda rows: rows
) -> FileRows:
    """The rows of a Parquet file with those of these columns that it holds."""
    with pq.ParquetFile(path) as file:
        held = set(file.schema_arrow.names)
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)
    return FileRows(path, tuple(name for name in names if name in held), tuple(starts), mend)
