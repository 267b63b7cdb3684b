"""Which rows of a file are meant at all: the conditions `where` of a mapping."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from models.contract.fates import Mask
from models.domain.errors import one_of
from models.domain.text import normalise
from pipelines.sources.mapping import Condition

_BETWEEN_WORDS = re.compile(r"[,;،؛|]")
_BETWEEN_TAGS = re.compile(r"[,;،؛|\s]+")

_Holds = Callable[[str | None], bool]


def spelling(text: str) -> str:
    """What two spellings of one word have in common: normalised, in small letters."""
    return normalise(text).casefold()


def fulfils(columns: Mapping[str, pa.Array], condition: Condition) -> Mask:
    """Which rows [n] fulfil a condition; `columns` are the file's, by heading, as text."""
    if condition.any_of:
        any_of: Mask = np.any([fulfils(columns, each) for each in condition.any_of], axis=0)
        return any_of
    if condition.column is None:
        raise ValueError(f"a condition without a column: {condition}")
    encoded = columns[condition.column].dictionary_encode()
    holds = _holds(condition)
    answers = np.array([*(holds(text) for text in encoded.dictionary.to_pylist()), holds(None)])
    fulfilled: Mask = answers[encoded.indices.fill_null(len(answers) - 1).to_numpy(zero_copy_only=False)]
    return fulfilled


def broken(condition: Condition) -> str:
    """A condition that a row does not fulfil, in words: 'Status not in paid or shipped'."""
    if condition.any_of:
        return " and ".join(broken(each) for each in condition.any_of)
    words = one_of(condition.words)
    sentence = {
        "among": f"not in {words}",
        "not_among": f"in {words}",
        "has": f"without {words}",
        "has_none": f"with {words}",
        "is_null": "not empty",
        "not_null": "empty",
    }[condition.tests[0]]
    return f"{condition.column} {sentence}"


def _holds(condition: Condition) -> _Holds:
    words = frozenset(spelling(word) for word in condition.words)
    tests: Mapping[str, _Holds] = {
        "among": lambda text: text is not None and spelling(text) in words,
        "not_among": lambda text: text is None or spelling(text) not in words,
        "has": lambda text: not words.isdisjoint(_tags(text)),
        "has_none": lambda text: words.isdisjoint(_tags(text)),
        "is_null": lambda text: text is None or not normalise(text),
        "not_null": lambda text: text is not None and bool(normalise(text)),
    }
    return tests[condition.tests[0]]


def _tags(text: str | None) -> Sequence[str]:
    """The words of a list, parted by commas and also by blanks: either may be how the list is written."""
    if text is None:
        return ()
    return [spelling(tag) for tag in (*_BETWEEN_WORDS.split(text), *_BETWEEN_TAGS.split(text))]
