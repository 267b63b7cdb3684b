"""Queries of a warehouse as streams of Arrow batches: read-only, and all at one moment of the warehouse.

Nothing is imported before a warehouse is asked: whoever brings files needs neither Ibis nor a driver.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.domain.errors import BadSource, one_of
from pipelines.sources.headings import named
from pipelines.sources.plain_columns import plain_column
from pipelines.sources.postgres_text import empty, from_postgres, one_snapshot
from pipelines.sources.warehouse_url import masked, scheme

# Runs the query that a file holds.
Ask = Callable[[Path], Iterator[pa.RecordBatch]]

DUCKDB = "duckdb"
POSTGRES = ("postgres", "postgresql")
BATCH_ROWS = 100_000


@contextmanager
def opened(url: str) -> Generator[Ask]:
    """A warehouse that answers queries, read-only and unchanging, until the context ends.

    Text comes as text and all else typed; a batch comes even where a query finds nothing. Raises `BadSource`
    for a URL that leads nowhere, a driver that is not installed, and (when asked) for a query that fails.
    """
    if scheme(url) == DUCKDB:
        with _duckdb(url) as ask:
            yield ask
    elif scheme(url) in POSTGRES:
        with _postgres(url) as ask:
            yield ask
    else:
        raise BadSource(
            "no warehouse of this kind can be asked read-only and at one moment",
            allowed="duckdb:///path/to/file.duckdb or postgres://user@host/database",
            given=scheme(url) or "text without ://",
            remedy="Correct the URL, or let the warehouse export Parquet and set source.kind: files.",
        )


@contextmanager
def _duckdb(url: str) -> Generator[Ask]:
    """A DuckDB file opened read-only, which nobody can write meanwhile; one thread, one order of rows."""
    with _driver(url):
        import duckdb  # noqa: PLC0415  # only whoever asks a warehouse pays for it
        import ibis  # noqa: PLC0415
    with _refusals(url, "the warehouse cannot be opened", (duckdb.Error, OSError, ValueError)):
        backend = ibis.connect(url, read_only=True)
    try:
        backend.raw_sql("SET threads = 1")
        yield partial(_asked, url, duckdb.Error, partial(_from_duckdb, backend))
    finally:
        backend.disconnect()


@contextmanager
def _postgres(url: str) -> Generator[Ask]:
    """A PostgreSQL server within one read-only transaction that sees one moment."""
    with _driver(url):
        import ibis  # noqa: PLC0415  # only whoever asks a warehouse pays for it
        import psycopg  # noqa: PLC0415
    with _refusals(url, "the warehouse cannot be reached", (psycopg.Error, OSError, ValueError)):
        backend = ibis.connect(url)
    try:
        with one_snapshot(backend.con):
            yield partial(_asked, url, psycopg.Error, partial(_from_postgres, backend.con))
    finally:
        backend.disconnect()


def _from_duckdb(backend: Any, query: str) -> Iterator[pa.RecordBatch]:
    found = backend.raw_sql(query)
    if found is not None:  # a comment is no query
        reader = found.to_arrow_reader(BATCH_ROWS)
        for batch in chain([empty(reader.schema)], reader):
            columns = [plain_column(each) for each in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _asked(
    url: str, failure: type[Exception], answer: Callable[[str], Iterator[pa.RecordBatch]], path: Path
) -> Iterator[pa.RecordBatch]:
    """What the query in a file finds. Raises `BadSource` where it fails or names two columns alike."""
    with _refusals(url, f"{path} cannot be answered", (failure, pa.ArrowInvalid, OSError, UnicodeError)):
        query = path.read_text(encoding="utf-8-sig").strip().rstrip(";")
        batch = None
        for batch in answer(query):
            yield batch.rename_columns(list(named(path, batch.schema.names)))
    if batch is None:
        raise BadSource(f"{path} holds no query", remedy="Write one SELECT into it, or remove it.")


def _from_postgres(connection: Any, query: str) -> Iterator[pa.RecordBatch]:
    # Bytes are what the server typed, written as text: they stay apart from what is text there, too.
    for batch in from_postgres(connection, query):
        columns = [each if pa.types.is_binary(each.type) else plain_column(each) for each in batch.columns]
        yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


@contextmanager
def _driver(url: str) -> Generator[None]:
    try:
        yield
    except ImportError as error:
        raise BadSource(
            f"the driver of this warehouse is not installed: {error}",
            allowed=one_of((DUCKDB, *POSTGRES)),
            given=scheme(url),
            remedy="Install it into the environment: pip install 'holdfast[warehouse,postgres]'.",
        ) from None


@contextmanager
def _refusals(url: str, problem: str, failures: tuple[type[Exception], ...]) -> Generator[None]:
    """Errors of a driver as ours; what they say is shown without the URL's password."""
    try:
        yield
    except failures as error:
        said = " ".join(masked(str(error), url).split())
        raise BadSource(f"{problem}: {said}", given=masked(url, url), remedy=_REMEDY) from None


_REMEDY = "Correct the query, source.url or HOLDFAST_WAREHOUSE_URL; try both in the warehouse's own shell."
