"""Told events in a folder of files: what a server's store exports and ingest reads.

events.parquet   event_id, customer_id, known_at (µs, UTC), payload (JSON), in the order they were kept
told.json        the version of this layout, how many events there are, and the file's SHA-256; last
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from models.contract.columns import Kind
from models.contract.storage import read_json, write_batches, write_json
from models.domain.errors import BadSource

EVENTS, MANIFEST = "events.parquet", "told.json"
FORMAT = 1
AT_A_TIME = 65_536

SCHEMA = pa.schema(
    [
        ("event_id", Kind.ID.arrow),
        ("customer_id", Kind.ID.arrow),
        ("known_at", Kind.INSTANT.arrow),
        ("payload", pa.string()),
    ]
)

Written: TypeAlias = tuple[str, str, int, str]
"""event_id, customer_id, known_at in microseconds, payload."""


def write_told(events: Iterable[Written], folder: Path) -> int:
    """Write events into a folder, which may hold an earlier export; how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)  # a folder without one is unfinished
    written = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal written
        rest = iter(events)
        while some := list(islice(rest, AT_A_TIME)):
            written += len(some)
            yield _batch(some)

    write_batches(batches(), SCHEMA, folder / EVENTS)
    write_json({"format": FORMAT, "events": written, "sha256": _digest(folder / EVENTS)}, folder / MANIFEST)
    return written


def read_told(folder: Path, until: int | None) -> list[Written]:
    """The events of a folder, those known after `until` (µs) left out. Raises `BadSource`."""
    path = folder / MANIFEST
    remedy = "Write it with `python -m serving export FOLDER`, and set source.also_path to that folder."
    if not path.is_file():
        raise BadSource("there is no export of told events here", given=str(path), remedy=remedy)
    said = read_json(path)
    if said.get("format") != FORMAT or said.get("sha256") != _digest(folder / EVENTS):
        problem = "the export of told events is damaged or of another version"
        raise BadSource(problem, given=str(path), remedy=remedy)
    rows = pq.read_table(folder / EVENTS, use_threads=False)
    columns = [rows[name].to_pylist() for name in ("event_id", "customer_id", "payload")]
    known = rows["known_at"].cast(pa.int64()).to_pylist()
    events = zip(columns[0], columns[1], known, columns[2], strict=True)
    return [each for each in events if until is None or each[2] <= until]


def _batch(events: Sequence[Written]) -> pa.RecordBatch:
    columns = zip(*events, strict=True)
    arrays = [pa.array(list(values), field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
