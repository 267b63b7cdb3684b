"""Dates with the month in English words: the word itself says which number is the month.

    03 May 2024   3-May-2024 12:50   03MAY2024   Fri, 3 May 2024   May 3, 2024   2024-May-03
    3-May-24 (where a source declares that the day comes first)   May 3, 24

The calendar is the Gregorian one.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Mask
from models.domain.vocabulary import DateOrder

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\.?"
)
_WEEKDAY = r"(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]{0,2} )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_REST = r"(?P<rest>\D.*)?$"
_YEAR, _SHORT_YEAR = r"(?P<year>[12]\d{3})", r"(?P<year>\d{2})"

_DAY_FIRST = rf"^{_WEEKDAY}{_DAY}[-/. ]{{0,2}}{_MONTH}[-/., ]{{0,2}}"
_MONTH_FIRST = rf"^{_WEEKDAY}{_MONTH}[-/. ]{{1,2}}{_DAY}[-/., ]{{1,2}}"
_YEAR_FIRST = rf"^{_YEAR}[-/. ]{{1,2}}{_MONTH}[-/. ]{{1,2}}{_DAY}{_REST}"
_CLEAR = (
    f"{_DAY_FIRST}{_YEAR}{_REST}",
    f"{_MONTH_FIRST}{_YEAR}{_REST}",
    f"{_MONTH_FIRST}{_SHORT_YEAR}{_REST}",
    _YEAR_FIRST,
)
# Of 3-May-24, either end may be the year.
_UNCLEAR = f"{_DAY_FIRST}{_SHORT_YEAR}{_REST}"
# As POSIX reads years of two digits: from 1969 to 2068.
_FIRST_OF_LAST_CENTURY = "69"


def with_month_numbers(tidy: pa.Array, order: DateOrder) -> pa.Array:
    """The normalised texts [n], dates with an English month written as 2024-5-03; others as they are."""
    if not pc.any(pc.match_substring_regex(tidy, _MONTH)).as_py():
        return tidy
    for pattern in (*_CLEAR, *([_UNCLEAR] if order is DateOrder.DAY_FIRST else [])):
        tidy = pc.coalesce(_in_numbers(pc.extract_regex(tidy, pattern)), tidy)
    return tidy


def is_month(word: str) -> bool:
    """Whether a word is the name of a month, in full or by three letters."""
    return re.fullmatch(_MONTH, word) is not None


def needs_order(tidy: pa.Array) -> Mask:
    """Which normalised texts [n] name their month and have two ends that may be the year."""
    mask: Mask = pc.match_substring_regex(tidy, _UNCLEAR).fill_null(False).to_numpy(zero_copy_only=False)
    return mask


def _in_numbers(found: pa.Array) -> pa.Array:
    """Matched parts [n] as one text, null where nothing matched."""
    year, month, day, rest = (pc.struct_field(found, name) for name in ("year", "month", "day", "rest"))
    century = pc.if_else(pc.greater_equal(year, _FIRST_OF_LAST_CENTURY), "19", "20")
    full = pc.if_else(pc.equal(pc.utf8_length(year), 2), pc.binary_join_element_wise(century, year, ""), year)
    word = pc.utf8_lower(pc.utf8_slice_codeunits(month, 0, 3))
    number = pc.add(pc.index_in(word, value_set=pa.array(_MONTHS, pa.string())), 1).cast(pa.string())
    days = pc.binary_join_element_wise(full, number, day, "-")
    return pc.binary_join_element_wise(days, rest.fill_null(""), "")
