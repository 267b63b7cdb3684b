"""What a PostgreSQL query finds, as Arrow batches, by the server's own fast and exact way of writing values.

Columns of text come as text; numbers, times and truth values as the bytes of their ISO text, which no type
of Arrow's could hold without loss: a numeric has any number of digits, a date may be 'infinity'. Whatever
reads a column takes bytes for typed, so that a declared decimal comma or calendar does not touch them.
"""

import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

# A value that is longer than this is refused.
BLOCK_BYTES = 1 << 24

TYPED = ("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "date", "timestamp", "timestamptz")
_ZONED = "timestamptz"

_SESSION = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    # The same rows in the same order every time, where a query does not order them.
    "SET LOCAL synchronize_seqscans = off",
    "SET LOCAL max_parallel_workers_per_gather = 0",
)


@contextmanager
def one_snapshot(connection: Any) -> Generator[None]:
    """A transaction of a psycopg connection that sees one moment and can write nothing."""
    from psycopg import IsolationLevel  # noqa: PLC0415  # only whoever asks PostgreSQL pays for it

    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        for setting in _SESSION:
            connection.execute(setting)
        yield


def from_postgres(connection: Any, query: str) -> Iterator[pa.RecordBatch]:
    """What a query finds, within a transaction; the first batch is empty. Raises `psycopg.Error`."""
    schema, zoned = _described(connection, query)
    yield empty(schema)
    with connection.cursor() as cursor, cursor.copy(f"COPY (\n{query}\n) TO STDOUT (FORMAT csv)") as blocks:
        stream = io.BufferedReader(_Blocks(blocks))
        if stream.peek(1):  # an empty stream has no schema
            for texts in _batches_of_text(stream, len(schema)):
                arrays = [_in_utc(values) if at in zoned else values for at, values in enumerate(texts)]
                typed = [values.cast(column.type) for values, column in zip(arrays, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(typed, schema=schema)


def empty(schema: pa.Schema) -> pa.RecordBatch:
    """A batch of no rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(0, column.type) for column in schema], schema=schema)


def _described(connection: Any, query: str) -> tuple[pa.Schema, frozenset[int]]:
    """The columns that a query finds, and the places of those that hold instants."""
    nothing = f"SELECT * FROM (\n{query}\n) AS found LIMIT 0"  # noqa: S608  # whoever runs it wrote it
    columns = connection.execute(nothing).description
    known = connection.adapters.types
    typed = {known[name].oid for name in TYPED}
    types = [pa.binary() if column.type_code in typed else pa.string() for column in columns]
    zoned = {place for place, column in enumerate(columns) if column.type_code == known[_ZONED].oid}
    schema = pa.schema([(column.name, kind) for column, kind in zip(columns, types, strict=True)])
    return schema, frozenset(zoned)


def _batches_of_text(stream: Any, columns: int) -> Iterator[list[pa.Array]]:
    """The values of a stream of CSV without headings, column by column."""
    names = [str(place) for place in range(columns)]
    reader = pacsv.open_csv(
        stream,
        read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=names),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    return (batch.columns for batch in reader)


def _in_utc(instants: pa.Array) -> pa.Array:
    """'2024-01-05 06:30:00+00', as the server writes it, with the offset that ISO 8601 spells out."""
    return pc.replace_substring_regex(instants, r"\+00$", "Z")


class _Blocks(io.RawIOBase):
    """Blocks of bytes as one stream."""

    def __init__(self, blocks: Iterator[memoryview]) -> None:
        super().__init__()
        self._blocks = iter(blocks)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with the next bytes; 0 at the end."""
        target = memoryview(buffer).cast("B")
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
