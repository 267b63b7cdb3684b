"""The beginning, the middle and the end of a text file, so that a long one is understood in seconds.

A file of up to `WHOLE_BYTES` is taken whole. Of a longer one whole lines are taken, and written into a folder
of rehearsal under the same name: the readers of `ingest` then read them as they would read the file.
"""

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.domain.errors import BadSource
from pipelines.mapping_proposal.delimiters import rows_of
from pipelines.sources.mapping import Encoding

WHOLE_BYTES = 16_000_000
PIECE_BYTES = 1_000_000
# The length of what a .gz unpacks to stands, modulo 2³², in its last four bytes.
GZIP_LENGTH = 4


@dataclass(frozen=True)
class Pieces:
    """Bytes of a text file: all of it as `head` where it is short, else whole lines from three places.

    size: of the unpacked file in bytes.
    """

    head: bytes
    middle: bytes
    end: bytes
    size: int

    @property
    def every(self) -> bytes:
        """All the lines taken."""
        return self.head + self.middle + self.end

    @property
    def whole(self) -> bool:
        """Whether that is the whole file."""
        return len(self.head) >= self.size

    @property
    def rows(self) -> int:
        """About how many lines the file has."""
        lines = self.every.count(b"\n") + 1
        return lines if self.whole else round(lines * self.size / len(self.every))


def is_empty(path: Path) -> bool:
    """Whether a file has nothing in it, or a text file nothing but white space."""
    if path.stat().st_size == 0:
        return True
    if path.suffix.lower() in (".xlsx", ".xlsm", ".parquet"):
        return False
    try:
        with _opened(path) as stream:
            return not stream.read(PIECE_BYTES).removeprefix(codecs.BOM_UTF8).strip()
    except (OSError, EOFError, zlib.error):
        return False  # damaged, and said so when it is looked at


def pieces_of(path: Path) -> Pieces:
    """Take a text file to pieces. Raises `BadSource` when it is damaged or empty."""
    try:
        with _opened(path) as stream:
            pieces = _taken(stream, _size(path))
    except (OSError, EOFError, zlib.error) as error:
        raise BadSource(
            f"{path.name} cannot be unpacked: {error}", remedy="Export or copy the file again."
        ) from error
    if not pieces.head.strip():
        raise BadSource(f"{path.name} is empty", remedy="Export the file again.")
    return pieces


def write_sample(pieces: Pieces, encoding: Encoding, delimiter: str, target: Path) -> None:
    """The pieces as one text file (packed where the name says so): headings first, complete lines only.

    UTF-16 has line ends that bytes alone do not show, so of it the beginning is taken.
    """
    text = whole_lines(pieces.head.decode(encoding, errors="ignore"))
    if encoding is not Encoding.UTF_16:
        width = len(rows_of(text, delimiter)[0])
        for piece in (pieces.middle, pieces.end):
            text += _complete(piece.decode(encoding, errors="ignore"), delimiter, width)
    packed = text.encode(encoding)
    target.write_bytes(gzip.compress(packed, mtime=0) if target.suffix.lower() == ".gz" else packed)


def whole_lines(text: str) -> str:
    """The text up to the last line end that is not inside quotes."""
    end = text.rfind("\n") + 1
    while end and text.count('"', 0, end) % 2:
        end = text.rfind("\n", 0, end - 1) + 1
    return text[:end] or text


def _complete(text: str, delimiter: str, width: int) -> str:
    """The lines of a piece that stand for a row by themselves."""
    lines = [line for line in text.splitlines(keepends=True) if line.count('"') % 2 == 0]
    return "".join(line for line in lines if [len(row) for row in rows_of(line, delimiter)] == [width])


def _taken(stream: gzip.GzipFile | IO[bytes], size: int) -> Pieces:
    if size <= WHOLE_BYTES:
        head = stream.read()
        return Pieces(head, b"", b"", len(head))
    head = stream.read(PIECE_BYTES)
    places = [(size - PIECE_BYTES) // 2, size - PIECE_BYTES]
    middle, end = (_between_lines(stream, place) for place in places)
    return Pieces(head, middle, end, size)


def _between_lines(stream: gzip.GzipFile | IO[bytes], start: int) -> bytes:
    stream.seek(start)
    piece = stream.read(PIECE_BYTES)
    return piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1]


def _opened(path: Path) -> gzip.GzipFile | IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _size(path: Path) -> int:
    """Bytes of the unpacked file."""
    if path.suffix.lower() != ".gz":
        return path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(0, io.SEEK_END)
        stream.seek(max(0, stream.tell() - GZIP_LENGTH))
        return int.from_bytes(stream.read(GZIP_LENGTH), "little")
