"""The languages in which people read what was found: how each writes numbers, and from which side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Language(StrEnum):
    """A language that has a catalogue in `models/domain/locale`; English is the language of the source."""

    ENGLISH = "en"
    PERSIAN = "fa"
    ARABIC = "ar"


@dataclass(frozen=True)
class Writing:
    """How a language is written.

    name: what its speakers call it. marks: what stands for each of '0123456789,.-' in a number.
    """

    name: str
    right_to_left: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)


def _marks(digits: str, group: str, point: str, minus: str) -> Mapping[str, str]:
    return {**dict(zip("0123456789", digits, strict=True)), ",": group, ".": point, "-": minus}


# Marks as in CLDR. A minus needs a mark of direction before it: it would change sides beside these digits.
WRITINGS: Mapping[Language, Writing] = {
    Language.ENGLISH: Writing("English"),
    Language.PERSIAN: Writing(
        "فارسی",
        right_to_left=True,
        marks=_marks("۰۱۲۳۴۵۶۷۸۹", "٬", "٫", "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}"),
    ),
    Language.ARABIC: Writing(
        "العربية",
        right_to_left=True,
        marks=_marks("٠١٢٣٤٥٦٧٨٩", "٬", "٫", "\N{ARABIC LETTER MARK}-"),
    ),
}
