"""A text file as a stream of UTF-8, checked as it passes: what is no text stops it with the line's number."""

import codecs
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING

from models.domain.errors import BadSource, one_of
from pipelines.sources.mapping import Encoding

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 1 << 20
SHOWN_CHARACTERS = 40

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Utf8Stream(io.RawIOBase):
    """The bytes of a text file in UTF-8, its last line ended, and how many quotation marks went by.

    Raises `BadSource` while it is read, at the first line that is not of the declared encoding.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        super().__init__()
        self._path = path
        self._encoding = encoding
        self._source = _opened(path)
        self._decode = codecs.getincrementaldecoder(encoding.value)().decode
        self._left = memoryview(b"")
        self._started = False
        self._open_line = False
        self._lines = 0
        self.quotes = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Close the file, too."""
        self._source.close()
        super().close()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer with the next bytes; 0 at the end."""
        target = memoryview(buffer).cast("B")
        while not self._left:
            chunk = self._source.read(CHUNK_BYTES)
            passed = self._as_utf8(chunk)
            if not chunk and not passed:
                return 0
            self._left = memoryview(passed)
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def _as_utf8(self, chunk: bytes) -> bytes:
        if not self._started:
            _refuse_other_mark(self._path, self._encoding, chunk)
            self._started = True
        try:
            text = self._decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            raise self._wrong_encoding(error) from error
        passed = chunk if self._encoding is Encoding.UTF_8 else text.encode()
        if self._open_line and not chunk and not passed:
            passed = b"\n"
        if passed:
            self._open_line = not passed.endswith(b"\n")
        self._lines += passed.count(b"\n")
        self.quotes += passed.count(b'"')
        return passed

    def _wrong_encoding(self, error: UnicodeDecodeError) -> BadSource:
        before, after = error.object[: error.start], error.object[error.start :]
        number = self._lines + before.decode(self._encoding, "replace").count("\n") + 1
        line = before.rpartition(b"\n")[2] + after.partition(b"\n")[0]
        return BadSource(
            f"{self._path} is not {self._encoding.value} in line {number:,}: "
            f"{_as_hexadecimal(after)} is no character of it",
            allowed=one_of(Encoding),
            given=_shown(line, self._encoding),
            remedy=_ENCODING_REMEDY,
        )


_ENCODING_REMEDY = (
    "Declare `encoding` for this file in source.tables (Windows writes Persian and Arabic as cp1256, Western "
    "European as cp1252, and Excel's Unicode text as utf-16), or save the file as CSV UTF-8."
)


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _refuse_other_mark(path: Path, declared: Encoding, start: bytes) -> None:
    """A byte order mark, or NULs, that say another encoding than the declared one."""
    if start.startswith(codecs.BOM_UTF8):
        found = Encoding.UTF_8
    elif start.startswith(_UTF_16_MARKS) or (b"\x00" in start[:4] and declared is not Encoding.UTF_16):
        found = Encoding.UTF_16
    elif start and declared is Encoding.UTF_16:
        raise BadSource(
            f"{path} is not utf-16: it does not begin with a byte order mark",
            allowed=one_of(Encoding),
            given=_as_hexadecimal(start),
            remedy=_ENCODING_REMEDY,
        )
    else:
        return
    if found is not declared:
        raise BadSource(
            f"{path} is not {declared.value}: its first bytes are those of {found.value}",
            allowed=one_of(Encoding),
            given=_as_hexadecimal(start),
            remedy=f"Set `encoding: {found.value}` for this file in source.tables, or save it as CSV UTF-8.",
        )


def _as_hexadecimal(data: bytes, most: int = 4) -> str:
    return "0x" + data[:most].hex().upper()


def _shown(line: bytes, declared: Encoding) -> str:
    """The beginning of a line as it would read in the Windows code pages, one of which is likely meant."""
    if declared is Encoding.UTF_16:
        return _as_hexadecimal(line)
    readings = [line[:SHOWN_CHARACTERS].decode(page, "replace") for page in ("cp1256", "cp1252")]
    return f"{readings[0]} (as cp1256), {readings[1]} (as cp1252)"
