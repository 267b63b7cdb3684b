"""Texts of a whole column in the one way of writing that `models.domain.text` defines."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.domain.text import normalise

_BLANK, _DELETE = 0x20, 0x7F
_PLAIN = r"^[!-~]+( [!-~]+)*$"


def normalise_array(values: pa.Array) -> pa.Array:
    """Texts [n] normalised; null where nothing is left of them.

    A column of ASCII without blanks, as ids mostly are, costs one look at its bytes.
    """
    if _is_plain(values):
        return values
    encoded = values.dictionary_encode()
    return normalise_distinct(encoded.dictionary).take(encoded.indices)


def normalise_distinct(values: pa.Array) -> pa.Array:
    """The same for texts [n] that hardly repeat."""
    if _is_plain(values):
        return values
    odd = pc.invert(pc.match_substring_regex(values, _PLAIN)).fill_null(False)
    mended = [normalise(text) or None for text in values.filter(odd).to_pylist()]
    return pc.replace_with_mask(values, odd, pa.array(mended, pa.string()))


def _is_plain(values: pa.Array) -> bool:
    """Whether no text has a blank, a control character, a character beyond ASCII, or no character at all."""
    _, offsets, data = values.buffers()
    if not len(values) or data is None:
        return bool(len(values) == values.null_count)
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    present = values.is_valid().to_numpy(zero_copy_only=False)
    written = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
    nothing_written = present & (np.diff(ends) == 0)
    return not nothing_written.any() and bool((written > _BLANK).all() and (written < _DELETE).all())
