"""The values of one contract column, from what a file holds and its mapping says, before they are parsed."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Mask
from models.domain.errors import InvalidSetting
from pipelines.sources.mapping import ColumnSource, Others
from pipelines.sources.scope import spelling

# A spreadsheet writes a day as its midnight; where a second column tells the time that is not it.
_MIDNIGHT = r"[T ]+0?0:00(:00(\.0+)?)?$"


def values_of(as_read: pa.Table, source: ColumnSource) -> tuple[pa.Array, Mask]:
    """Values [n] of a column that is neither a product nor a duration, and the rows whose word is unmapped.

    Text where anything was done to it; what Parquet typed and the mapping only renames keeps its type.
    """
    mapped_all = np.zeros(as_read.num_rows, dtype=np.bool_)
    if source.column is None:
        return constant(source, as_read.num_rows), mapped_all
    column = flat(as_read[source.column])
    if source.time is not None:
        return with_time(as_text(column), as_text(flat(as_read[source.time]))), mapped_all
    return translated(as_text(column), source) if source.values else (column, mapped_all)


def flat(column: pa.ChunkedArray) -> pa.Array:
    """One array, without dictionary encoding."""
    whole = column.combine_chunks()
    return whole.cast(whole.type.value_type) if pa.types.is_dictionary(whole.type) else whole


def as_text(values: pa.Array) -> pa.Array:
    """Any values as text."""
    return values.cast(pa.string())


def as_number_text(values: pa.Array, decimal_mark: str) -> pa.Array:
    """Values as text in which `decimal_mark` stands before a fraction, also where they are typed numbers.

    Bytes are what a database typed, written as text.
    """
    kind = values.type
    typed = pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_binary(kind)
    text = as_text(values)
    return pc.replace_substring(text, ".", decimal_mark) if typed else text


def constant(source: ColumnSource, rows: int) -> pa.Array:
    """The constant, once a row."""
    return pa.array([source.constant_text], pa.string()).take(pa.array(np.zeros(rows, dtype=np.int64)))


def with_time(day: pa.Array, clock: pa.Array) -> pa.Array:
    """A day and a time of day as one text; the day alone where there is no time."""
    bare = pc.replace_substring_regex(day, _MIDNIGHT, "")
    return pc.coalesce(pc.binary_join_element_wise(bare, clock, " "), bare)


def translated(text: pa.Array, source: ColumnSource) -> tuple[pa.Array, Mask]:
    """The meanings of words [n] by the value map, and the rows whose word it does not name and must.

    Raises `InvalidSetting` for a map that names a word twice.
    """
    meanings = _meanings(source)
    encoded = text.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    known = np.array([spelling(word) in meanings or not spelling(word) for word in words], dtype=np.bool_)
    kept = [word if source.others is Others.KEEP else None for word in words]
    said = [meanings.get(spelling(word), other) for word, other in zip(words, kept, strict=True)]
    translation = pa.array(said, pa.string()).take(encoded.indices)
    if source.others in (Others.KEEP, Others.NULL) or known.all():
        return translation, np.zeros(len(text), dtype=np.bool_)
    places = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return translation, ~known[places] & text.is_valid().to_numpy(zero_copy_only=False)


def _meanings(source: ColumnSource) -> dict[str, str | None]:
    meanings = {spelling(word): meaning for word, meaning in source.value_texts.items()}
    if len(meanings) < len(source.values):
        raise InvalidSetting(
            "a value map names a word twice",
            allowed="every word once; small and capital letters are alike",
            given=", ".join(source.value_texts),
            remedy=f"Correct the values of {source.column} in params.yaml.",
        )
    return meanings
