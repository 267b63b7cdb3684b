"""Formulas that nobody has worked out: a spreadsheet that a program wrote holds them without results.

Read as values, such cells would be empty (or all 0, as XlsxWriter leaves them) and nobody would know. What a
cell of a formula holds beside it is told by the sheet's own XML alone.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.domain.errors import BadSource

CHUNK_BYTES = 1 << 20
SHOWN_CELLS = 3

# A cell with a formula: its attributes, and its result where there is one. Names may have a prefix (x:c).
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\b[^>]*/>|<(?:\w+:)?v\b[^>]*>([^<]*)</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]+\d+)["']""")
# A formula whose result is text may well have none of it.
_TEXT = re.compile(rb"""\bt=["']str["']""")
_COMPUTE_ON_LOAD = re.compile(rb"""\bfullCalcOnLoad=["'](?:1|true)["']""")
_BETWEEN_ROWS = b"row>"


@dataclass(frozen=True)
class _Formula:
    place: str
    result: bytes
    is_text: bool


def refuse_uncomputed(path: Path, part: str, title: str) -> None:
    """Raise `BadSource` where formulas of a sheet hold no results; part: the sheet's file in the workbook."""
    empty, zero, others = [], [], False
    with zipfile.ZipFile(path) as archive:
        with archive.open(part) as xml:
            for formula in _formulas(xml):
                if not formula.result and not formula.is_text:
                    empty.append(formula.place)
                elif formula.result == b"0":
                    zero.append(formula.place)
                else:
                    others = True
        unsure = zero and not others and _computes_on_load(archive)
    uncomputed = empty or (zero if unsure else [])
    if uncomputed:
        raise BadSource(
            f"{path}: {len(uncomputed):,} cells of the sheet {title} hold formulas without results",
            allowed="formulas that a spreadsheet program has worked out, or plain values",
            given=", ".join(uncomputed[:SHOWN_CELLS]) + (" …" if len(uncomputed) > SHOWN_CELLS else ""),
            remedy="Open the file in Excel or LibreOffice and save it, or export the sheet as CSV.",
        )


def _formulas(xml: IO[bytes]) -> Iterator[_Formula]:
    left = b""
    while chunk := xml.read(CHUNK_BYTES):
        read = left + chunk
        end = read.rfind(_BETWEEN_ROWS) + len(_BETWEEN_ROWS) if _BETWEEN_ROWS in read else 0
        yield from _in_piece(read[:end])
        left = read[end:]
    yield from _in_piece(left)


def _in_piece(piece: bytes) -> Iterator[_Formula]:
    for cell in _FORMULA.finditer(piece):
        attributes, result = cell.group(1), (cell.group(2) or b"").strip()
        place = _PLACE.search(attributes)
        yield _Formula(place.group(1).decode() if place else "?", result, bool(_TEXT.search(attributes)))


def _computes_on_load(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook asks whoever opens it to work its formulas out: no program has done so yet."""
    books = [name for name in archive.namelist() if name.endswith("workbook.xml")]
    return any(_COMPUTE_ON_LOAD.search(archive.read(name)) for name in books)
