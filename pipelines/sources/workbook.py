"""The cells of an XLSX file as openpyxl finds them; what it says of a damaged file is told as one error."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from models.domain.errors import BadSource
from pipelines.sources.headings import find
from pipelines.sources.uncomputed import refuse_uncomputed

# The value of a cell, and how a moment is shown ('' for other values).
Cell = tuple[Any, str]

# Rows that are parsed at a time.
CHUNK_ROWS = 1_000

# A workbook is many files of XML in one of ZIP; openpyxl checks little of them before it uses them.
_DAMAGE = (
    OSError, EOFError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError,
    zipfile.BadZipFile, zlib.error, struct.error, ParseError,
)  # fmt: skip


def sheet_rows(path: Path, sheet: str | None) -> Iterator[list[Cell]]:
    """The rows of one sheet; `sheet` may be missing where there is one.

    Raises `BadSource` for what is no XLSX or damaged, an unknown sheet, and formulas without results.
    """
    # Only whoever brings a spreadsheet pays for the import.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            with _quiet():
                workbook = load_workbook(file, read_only=True, data_only=True)
            with closing(workbook):
                chosen = _chosen(path, workbook, sheet)
                # Nothing else tells which part of the file a sheet is.
                refuse_uncomputed(path, chosen._worksheet_path, chosen.title)  # noqa: SLF001
                chosen.reset_dimensions()  # what a file says of its own size is often wrong
                rows = chosen.iter_rows()
                while chunk := _parsed(rows):
                    yield from chunk
    except (*_DAMAGE, InvalidFileException) as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise BadSource(
            f"{path} cannot be read as XLSX: {said}",
            allowed="a whole workbook without a password",
            remedy="Export or download the file again.",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """What openpyxl finds odd and reads all the same (styles, validations, impossible days) is not said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _parsed(rows: Iterator[tuple[Any, ...]]) -> list[list[Cell]]:
    with _quiet():
        return [[_cell(cell) for cell in row] for row in islice(rows, CHUNK_ROWS)]


def _cell(cell: Any) -> Cell:
    value = cell.value
    return value, cell.number_format if isinstance(value, datetime) else ""


def _chosen(path: Path, workbook: Any, wanted: str | None) -> Any:
    titles = {sheet.title: sheet for sheet in workbook.worksheets}
    only = next(iter(titles)) if len(titles) == 1 else None
    found = find(wanted, titles) if wanted else only
    if found is None:
        raise BadSource(
            f"{path} has {len(titles)} sheets" + (f", and none is called {wanted}" if wanted else ""),
            allowed="one sheet, or `sheet` says which",
            given=", ".join(titles),
            remedy="Set `sheet` for this file in source.tables, or keep one sheet alone.",
        )
    return titles[found]
