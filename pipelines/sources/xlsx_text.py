"""One sheet of an XLSX file as batches of text, written the way a CSV export of it would be."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from models.domain.errors import BadSource
from pipelines.sources.csv_text import LINE, NOTHING, NOTHING_ELSE
from pipelines.sources.headings import columns_called, find, named
from pipelines.sources.workbook import Cell, sheet_rows

# Rows turned into Arrow at a time: half a million rows of Python strings would fill the memory.
BATCH_ROWS = 50_000

# What a number format says that is not about hours: words in quotes, colours, languages.
_ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

_NO_MARKS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class _Style:
    """How a column is read: the mark before a fraction, and what says that there is nothing."""

    mark: str = "."
    nothing: Sequence[str] = NOTHING


def read_sheet_batches(
    path: Path,
    sheet: str | None = None,
    decimal_mark: str = ".",
    other_marks: Mapping[str, str] = _NO_MARKS,
    worded: Iterable[str] = (),
) -> Iterator[pa.RecordBatch]:
    """All columns as text and `_line`, nulls where there is nothing; at least one batch, however empty.

    The first row that is not empty names the columns, empty rows are skipped, and a row with values beyond
    the named columns is kept in `_line` alone. A whole number has no decimals ('17850'), another number all
    of its own ('0.001', or '0,001' where that is the declared mark; `other_marks` are by heading), a time is
    written year first, and a day without hours as a day. In the columns that somebody calls `worded`, `none`
    is a word. Raises `BadSource` for a file that is no XLSX, an unknown sheet, or unclear headings.
    """
    rows = sheet_rows(path, sheet)
    headings = next((texts for row in rows if any(texts := _texts(row))), [])
    while headings and headings[-1] is None:  # a cell that only has a colour
        headings.pop()
    names = named(path, headings)
    schema = pa.schema([(name, pa.string()) for name in (*names, LINE)])
    own = {find(heading, names): mark for heading, mark in other_marks.items()}
    words = columns_called(worded, names)
    styles = [
        _Style(own.get(name, decimal_mark), NOTHING_ELSE if name in words else NOTHING) for name in names
    ]
    yield _batch([], schema, styles)
    while batch := list(islice(rows, BATCH_ROWS)):
        yield _batch(batch, schema, styles)


def read_sheet(path: Path) -> pa.Table:
    """The whole of the only sheet, without `_line`. Raises `BadSource` for values without a heading, too."""
    table = pa.Table.from_batches(read_sheet_batches(path)).combine_chunks()
    beyond = table[LINE].drop_null()
    if len(beyond):
        raise BadSource(
            f"{path} has {len(beyond):,} rows with values beyond the headings",
            given=beyond[0].as_py(),
            remedy="Name every column in the first row, or remove these values.",
        )
    return table.drop_columns(LINE)


def _batch(rows: list[list[Cell]], schema: pa.Schema, styles: Sequence[_Style]) -> pa.RecordBatch:
    filled = [_fitted(texts, len(styles)) for row in rows if any(texts := _texts(row, styles))]
    columns = list(zip(*filled, strict=True)) if filled else [()] * len(schema)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _fitted(texts: list[str | None], width: int) -> list[str | None]:
    """The values of a row and `_line`. Trailing empty cells are not stored, so a row may be short."""
    if any(texts[width:]):
        return [None] * width + ["\t".join(text or "" for text in texts)]
    return texts[:width] + [None] * (width + 1 - len(texts[:width]))


def _texts(row: list[Cell], styles: Sequence[_Style] = ()) -> list[str | None]:
    # Beyond the last heading, nobody asks what a number looks like.
    return [_text(*cell, style) for cell, style in zip(row, chain(styles, repeat(_Style())), strict=False)]


def _text(value: Any, number_format: str, style: _Style) -> str | None:
    if value is None or value in style.nothing:
        return None
    if isinstance(value, datetime):
        alone = value.time() == time.min and "h" not in _ASIDE.sub("", number_format).lower()
        return value.date().isoformat() if alone else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _clock(value)
    if isinstance(value, float):
        whole = value.is_integer()
        return str(int(value)) if whole else format(Decimal(repr(value)), "f").replace(".", style.mark)
    return " ".join(str(value).split("\n"))  # a line break within a cell is layout


def _clock(length: timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet shows a length of time: '26:05:00'."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
