"""Rules over words, in few calls: for one customer NumPy's own set functions cost more than all else."""

from collections.abc import Iterable, Sequence

import numpy as np

from models.policy.customers import Flags, Words


def is_one_of(words: Words, names: Iterable[str]) -> Flags:
    """Whether each word is one of these [n]."""
    found = np.zeros(len(words), np.bool_)
    for name in names:
        found |= words == name
    return found


def first_that_holds(
    conditions: Sequence[Flags], words: Sequence[str | Words], otherwise: str | Words
) -> Words:
    """The word of the first condition that holds, else what is said otherwise [n]."""
    found: Words = np.asarray(otherwise)
    for condition, word in zip(reversed(conditions), reversed(words), strict=True):
        found = np.where(condition, word, found)
    return found
