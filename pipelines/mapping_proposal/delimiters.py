"""Which character parts the values of a line, and on which line the headings stand."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

DELIMITERS = (",", ";", "\t", "|")
# Titles and dates of print that some programs put above the headings.
TITLE_LINES = 10

_NUMBER_LIKE = re.compile(r"^[\s\d٠-٩۰-۹.,٬٫:/+\-٪%]+$")

Rows = list[list[str]]


@dataclass(frozen=True)
class Delimited:
    """How lines part into values: the character, the share of lines that agree, and the values a line."""

    delimiter: str
    agreement: float
    width: int


def delimiter_of(text: str) -> Delimited:
    """The delimiter by which most lines have the same number of values, at least two.

    Where none parts anything the lines hold one value each, and the comma stands for that.
    """
    found = [_tried(text, delimiter) for delimiter in DELIMITERS]
    parting = [one for one in found if one.width > 1]
    return max(parting, key=lambda one: (one.agreement, one.width), default=found[0])


def rows_of(text: str, delimiter: str) -> Rows:
    """The values of every line that holds any; quoted values may hold delimiters and line ends."""
    return [row for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if any(row)]


def heading_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The index of the row with the headings among the first rows, None where there is none.

    Headings are as many as the values below them, and mostly words.
    """
    width = Counter(len(row) for row in rows).most_common(1)
    for number, row in enumerate(rows[:TITLE_LINES]):
        if len(row) == width[0][0] and _mostly_words(row):
            return number
    return None


def _mostly_words(row: Sequence[str]) -> bool:
    named = [name for name in row if name.strip() and not _NUMBER_LIKE.match(name)]
    return 2 * len(named) > len(row)


def _tried(text: str, delimiter: str) -> Delimited:
    try:
        widths = Counter(len(row) for row in rows_of(text, delimiter))
    except csv.Error:  # a quote that never closes, or no text at all
        return Delimited(delimiter, 0.0, 0)
    if not widths:
        return Delimited(delimiter, 0.0, 0)
    width, lines = max(widths.items(), key=lambda entry: (entry[1], entry[0]))
    return Delimited(delimiter, lines / widths.total(), width)
