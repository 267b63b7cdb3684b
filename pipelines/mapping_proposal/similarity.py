"""How like a heading is to what businesses call a column: 1 for the same name, 0 for nothing in common."""

import re
from collections.abc import Sequence
from functools import cache

from models.domain.text import fold

# What stands in brackets is a unit or a remark: `Amount (EUR)`, `مبلغ (تومان)`.
_BRACKETS = re.compile(r"[(\[{（].*?[)\]}）]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Persian endings and words that add nothing: `تاریخ‌های سفارش`, `the date`.
_FILLERS = frozenset({"the", "of", "in", "a", "ها", "های", "utc", "local"})

SAME = 1.0
SAME_WORDS = 0.95
CONTAINED = 0.55
CONTAINED_SPAN = 0.35
# Names further down a list of synonyms are less usual, so they yield to those above.
RANK_STEP = 0.0005


@cache
def words_of(heading: str) -> tuple[str, ...]:
    """The words of a heading, folded, without what stands in brackets: InvoiceNo is `invoice no`."""
    apart = _HUMP.sub(" ", _BRACKETS.sub(" ", heading)).replace("\N{ZERO WIDTH NON-JOINER}", " ")
    words = tuple(word for word in fold(apart).split() if word not in _FILLERS)
    return words or tuple(fold(heading).split())


def similarity(heading: str, synonyms: Sequence[str]) -> float:
    """How like the heading is to the likest of the synonyms, 0 to 1."""
    words = words_of(heading)
    return max(
        (_like(words, words_of(synonym)) - RANK_STEP * rank for rank, synonym in enumerate(synonyms)),
        default=0.0,
    )


def _like(words: tuple[str, ...], synonym: tuple[str, ...]) -> float:
    if "".join(words) == "".join(synonym):
        return SAME
    if set(words) == set(synonym):
        return SAME_WORDS
    if set(synonym) < set(words):
        return CONTAINED + CONTAINED_SPAN * len(synonym) / len(words)
    return 0.0
