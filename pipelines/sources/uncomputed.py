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

# Text, parts of which may stand as they are.
_TEXT = rb"[^<]*+(?:<!\[CDATA\[.*?\]\]>[^<]*+)*+"
# A cell with a formula: its attributes, and what follows the formula. Names may have a prefix (x:c).
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>" + _TEXT + rb"</(?:\w+:)?f>)"
    rb"(.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_RESULT = re.compile(rb"\s*<(?:\w+:)?v\b(?:[^>]*/>|[^>]*>(" + _TEXT + rb")</(?:\w+:)?v>)", re.DOTALL)
_UNWRAPPED = re.compile(rb"<!\[CDATA\[|\]\]>")
_PLACE = re.compile(rb"""\br=["']([A-Z]+\d+)["']""")
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")
_COMPUTE_ON_LOAD = re.compile(rb"""\bfullCalcOnLoad=["'](?:1|true)["']""")
_ROW_ENDS = (b"/row>", b":row>")


@dataclass(frozen=True)
class _Formula:
    """Where a formula stands and its result: None where the cell has none, `""` also for no text at all."""

    place: str
    result: bytes | None
    is_text: bool

    @property
    def is_computed(self) -> bool:
        """Whether there is a result. One that is text may well be empty, but then it says so."""
        return self.result is not None if self.is_text else bool(self.result)


def refuse_uncomputed(path: Path, part: str, title: str) -> None:
    """Raise `BadSource` where formulas of a sheet hold no results; part: the sheet's file in the workbook."""
    empty, zero, others = [], [], False
    with zipfile.ZipFile(path) as archive:
        with archive.open(part) as xml:
            for formula in _formulas(xml):
                if not formula.is_computed:
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
        end = max((read.rfind(tag) + len(tag) for tag in _ROW_ENDS if tag in read), default=0)
        yield from _in_piece(read[:end])
        left = read[end:]
    yield from _in_piece(left)


def _in_piece(piece: bytes) -> Iterator[_Formula]:
    for cell in _FORMULA.finditer(piece):
        attributes, rest = cell.groups()
        place = _PLACE.search(attributes)
        result = _RESULT.match(rest)
        yield _Formula(
            place.group(1).decode() if place else "?",
            None if result is None else _UNWRAPPED.sub(b"", result.group(1) or b"").strip(),
            bool(_IS_TEXT.search(attributes)),
        )


def _computes_on_load(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook asks whoever opens it to work its formulas out: no program has done so yet."""
    books = [name for name in archive.namelist() if name.endswith("workbook.xml")]
    return any(_COMPUTE_ON_LOAD.search(archive.read(name)) for name in books)
