"""The list as CSV: the columns of `data/lists/at_risk.csv`, written as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from models.domain.cells import safe_text
from models.domain.instants import iso, to_micros
from serving.layout import PLAN
from serving.plain_routes import json_bytes

ROWS_A_CHUNK = 1_000


def csv_chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The header and every row as CSV text (UTF-8, LF), about a thousand rows at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(PLAN)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(row[name]) for name in PLAN])
        if number % ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Every row as a line of JSON, instants as ISO text, about a thousand rows at a time."""
    lines = (json_bytes({name: _told(row[name]) for name in PLAN}) + b"\n" for row in rows)
    while some := b"".join(islice(lines, ROWS_A_CHUNK)):
        yield some


def _told(value: Any) -> Any:
    return iso(to_micros(value)) if isinstance(value, datetime) else value


def cell(value: Any) -> Any:
    """A value as a CSV cell: null is empty, an instant ISO 8601, text harmless to a spreadsheet."""
    if isinstance(value, datetime):
        return iso(to_micros(value))
    return safe_text(value) if isinstance(value, str) else value


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
