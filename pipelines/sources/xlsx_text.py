"""The one sheet of an XLSX file as a table of text, written the way a CSV export of it would be."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.domain.errors import BadSource
from pipelines.sources.csv_text import NOTHING

# Rows turned into Arrow at a time: half a million rows of Python strings would fill the memory.
BATCH_ROWS = 50_000


def read_sheet(path: Path) -> pa.Table:
    """All columns as text, nulls where there is nothing; the first row names them, empty rows are skipped.

    A whole number has no decimals ('17850'), another number all of its own ('0.001'), and a time is written
    year first. Raises `BadSource` for a file that is no XLSX, has several sheets or repeats a heading.
    """
    # Only whoever brings a spreadsheet pays for the import.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise BadSource(
            f"{path} cannot be read as XLSX: {str(error).splitlines()[0]}", remedy="Download the file again."
        ) from error
    try:
        sheet = _only_sheet(path, workbook)
        sheet.reset_dimensions()  # what a file says of its own size is often wrong
        return _table(path, sheet.iter_rows(values_only=True))
    finally:
        workbook.close()


def _only_sheet(path: Path, workbook: Any) -> Any:
    if len(workbook.worksheets) != 1:
        raise BadSource(
            f"{path} has {len(workbook.worksheets)} sheets",
            allowed="one sheet",
            given=", ".join(sheet.title for sheet in workbook.worksheets),
            remedy="Keep the sheet with the log, or export it as CSV.",
        )
    return workbook.worksheets[0]


def _table(path: Path, rows: Iterator[tuple[Any, ...]]) -> pa.Table:
    names = [_text(cell) for cell in next(rows, ())]
    while names and names[-1] is None:  # a cell that only has a colour
        names.pop()
    if None in names or len(set(names)) != len(names) or not names:
        raise BadSource(
            f"{path} does not begin with a row of distinct headings",
            given=", ".join(name or "(empty)" for name in names) or "an empty sheet",
            remedy="Name every column once, in the first row.",
        )
    schema = pa.schema([(name, pa.string()) for name in names])
    batches = []
    while batch := list(islice(rows, BATCH_ROWS)):
        batches.append(_batch(batch, schema))
    return pa.Table.from_batches(batches, schema).combine_chunks()


def _batch(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows may be shorter than the headings: trailing empty cells are not stored."""
    width = len(schema)
    texts = ([_text(cell) for cell in row[:width]] for row in rows)
    filled = [text + [None] * (width - len(text)) for text in texts if any(text)]
    columns = list(zip(*filled, strict=True)) if filled else [()] * width
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _text(cell: Any) -> str | None:
    if cell is None or cell in NOTHING:
        return None
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    return str(cell)
