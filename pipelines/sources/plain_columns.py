"""Columns as files and databases type them, made plain: values that can be compared, and shown as text."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sources.csv_text import NOTHING_ELSE

_PLAIN = (
    pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
    pa.types.is_timestamp, pa.types.is_date, pa.types.is_time, pa.types.is_duration,
)  # fmt: skip
_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type that a column of type `kind` has once it is plain."""
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_float16(kind):
        return pa.float32()
    return kind if any(is_so(kind) for is_so in _PLAIN) else pa.string()


def plain_column(column: pa.Array) -> pa.Array:
    """The values [n] of a column: numbers, truth values and times as they are, anything else as text.

    A float that is no number is null, and so is text that says that there is nothing ('NULL', 'NaN'), as in
    text files, but for 'none': typed columns have nulls of their own. Lists and records are written as JSON;
    bytes that are no UTF-8 show their numbers. Raises `pa.ArrowInvalid` for damaged values.
    """
    column.validate(full=True)
    if pa.types.is_dictionary(column.type):
        return plain_column(column.cast(column.type.value_type))
    plain = plain_type(column.type)
    if pa.types.is_floating(plain):
        numbers = column.cast(plain)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, plain), numbers)
    return column if not pa.types.is_string(plain) else _text(column)


def _text(column: pa.Array) -> pa.Array:
    is_text = any(is_so(column.type) for is_so in _TEXT)
    text = column.cast(pa.string()) if is_text else pa.array(map(_shown, column.to_pylist()), pa.string())
    return pc.if_else(pc.is_in(text, value_set=pa.array(NOTHING_ELSE)), pa.scalar(None, pa.string()), text)


def _shown(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return None if value is None else json.dumps(value, default=str, ensure_ascii=False)
