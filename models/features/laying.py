"""What lays rows out, as machine code, and Arrow's words as it takes them."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.features import gathering, words
from models.features.linked import linked
from models.features.words import Letters, Offsets

ENTRIES = (
    "hash_words", "pack_ids", "number_ids", "move_ids", "number_keys", "count_rows", "in_order",
    "find_places", "scatter", "order_of_time",
)  # fmt: skip


@cache
def laying() -> Mapping[str, Callable[..., Any]]:
    """The functions of `gathering.py` and `words.py` as machine code, by name."""
    return linked((gathering, words), ENTRIES, words.INLINED)


def letters_of(words: pa.StringArray) -> tuple[Offsets, Letters]:
    """Where each word begins, and where the last one ends [n + 1], and the letters of all."""
    _, offset, letter = words.buffers()
    begin = np.zeros(1, np.int32) if offset is None else np.frombuffer(offset, np.int32)
    begin = begin[words.offset : words.offset + len(words) + 1]
    letters = np.empty(0, np.uint8) if letter is None else np.frombuffer(letter, np.uint8)
    return _as_read(begin), _as_read(letters)


def _as_read(values: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written to, which is a type of its own to compiled code."""
    view = values.view()
    view.flags.writeable = False
    return view
