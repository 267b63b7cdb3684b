"""Which encoding a text file is in, judged from some of its bytes.

A byte order mark settles it, and so does UTF-8 that decodes strictly: other text hardly ever does so by
chance. What is left are the two Windows code pages, which give the same bytes to different letters.
"""

import codecs
import unicodedata
from pathlib import Path

from models.domain.errors import BadSource, one_of
from pipelines.sources.mapping import Encoding

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# An ASCII letter in UTF-16 is one byte and a NUL; text in any other of the encodings has no NULs.
NULS_OF_UTF_16 = 0.2
# Share of Arabic letters, standing among themselves, from which a text is Arabic or Persian.
ARABIC_SHARE = 0.5
LATIN_SHARE = 0.5
# Letters enough to tell a language by.
TELLING_BYTES = 100_000


def encoding_of(sample: bytes, path: Path) -> Encoding:
    """The encoding in which the sample (the beginning of a file and more) makes sense.

    Raises `BadSource` for bytes that are no text, or text in the letters of another script.
    """
    if sample.startswith(UTF_16_MARKS):
        return Encoding.UTF_16
    if sample.count(0) > NULS_OF_UTF_16 * len(sample):
        raise _refusal(path, "UTF-16 without a byte order mark, or no text at all")
    if sample.startswith(codecs.BOM_UTF8) or is_utf_8(sample):
        return Encoding.UTF_8
    telling = _telling(sample)
    if arabic_share(telling) >= ARABIC_SHARE:
        return Encoding.CP1256
    other = _other_script(telling)
    if other:
        raise _refusal(path, other)
    return Encoding.CP1252


def is_utf_8(sample: bytes) -> bool:
    """Whether the bytes are UTF-8; the last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def arabic_share(sample: bytes) -> float:
    """Share, among the letters beyond ASCII, of Arabic ones that stand beside no Latin letter.

    `groß` in cp1252 reads as `groك` in cp1256: an Arabic letter that touches a Latin one is a Western letter
    in disguise.
    """
    text = sample.decode("cp1256", errors="replace")
    around = zip(f" {text[:-1]}", text, f"{text[1:]} ", strict=True)
    beyond = [(before, letter, after) for before, letter, after in around if _beyond_ascii(letter)]
    arabic = [_arabic(letter) and not (_latin(before) or _latin(after)) for before, letter, after in beyond]
    return sum(arabic) / len(arabic) if arabic else 0.0


def _telling(sample: bytes) -> bytes:
    """The lines that hold more than ASCII."""
    return b"\n".join(line for line in sample.splitlines() if not line.isascii())[:TELLING_BYTES]


def _beyond_ascii(letter: str) -> bool:
    return not letter.isascii() and letter.isalpha()


def _arabic(letter: str) -> bool:
    return "\u0600" <= letter <= "\u06ff"


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def _other_script(sample: bytes) -> str:
    """A name for the encoding in which the sample would be Cyrillic, Greek, Chinese…; empty for Latin."""
    # Only a file in none of the common encodings pays for the import.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    found = from_bytes(sample).best()
    if found is None:
        return ""
    letters = [letter for letter in str(found) if _beyond_ascii(letter)]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return f"something like {found.encoding}" if latin < LATIN_SHARE * len(letters) else ""


def _refusal(path: Path, given: str) -> BadSource:
    return BadSource(
        f"{path.name} is in an encoding that is not read",
        allowed=one_of(Encoding),
        given=given,
        remedy="Save it as UTF-8 (in Excel: Save As, CSV UTF-8).",
    )
