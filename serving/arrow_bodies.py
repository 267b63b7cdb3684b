"""Customers who come as an Arrow stream, read without giving in to one that unpacks to more than it weighs.

Compressed batches are refused before they are unpacked: two megabytes may unpack to gigabytes. Whether one is
compressed stands in its metadata, a FlatBuffer (`Message.fbs` of the Arrow format): a table begins with the
distance back to its directory, which holds for each field where it lies, 0 for absent.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from serving.refusals import UnreadableBody
from serving.schemas import MOST_CUSTOMERS

ARROW = "application/vnd.apache.arrow.stream"
NAMES = ("customer_id", "system", "external_id")

_MESSAGE_HEADER, _BATCH_COMPRESSION = 2, 3  # numbers of fields
_KINDS = (pa.string(), pa.large_string(), pa.int64(), pa.int32())


def customers_of(body: bytes) -> list[Mapping[str, Any]]:
    """One customer a row. Raises `UnreadableBody`."""
    try:
        schema, rows = _read(body)
    except (pa.ArrowException, OSError, ValueError, KeyError, struct.error) as error:
        raise _unreadable("the body is not an Arrow stream", str(error)) from None
    if rows > MOST_CUSTOMERS:
        raise _unreadable(f"the stream holds more than {MOST_CUSTOMERS:,} customers", str(rows))
    columns = {name: values for name, values in schema.items() if name in NAMES}
    told = (zip(columns, row, strict=True) for row in zip(*columns.values(), strict=True))
    return [{name: value for name, value in row if value is not None} for row in told]


def _read(body: bytes) -> tuple[dict[str, list[Any]], int]:
    """The wanted columns, as text, and how many rows there are."""
    for message in _messages(body):
        if message.type == "dictionary" or (message.type == "record batch" and _is_packed(message)):
            raise ValueError("compressed batches and dictionaries are not read")
    with pa.ipc.open_stream(body) as stream:
        table = stream.read_all()
    table.validate(full=True)  # a text's offsets may point anywhere, and are followed unseen
    if table.num_rows > MOST_CUSTOMERS:
        return {}, table.num_rows
    names = [name for name in NAMES if name in table.column_names]
    strange = [name for name in names if table.schema.field(name).type not in _KINDS]
    if strange:
        raise ValueError(f"{strange[0]} is not text")
    return {name: table.column(name).cast(pa.string()).to_pylist() for name in names}, table.num_rows


def _messages(body: bytes) -> Iterator[Any]:
    reader = pa.ipc.MessageReader.open_stream(body)
    while True:
        try:
            yield reader.read_next_message()
        except StopIteration:
            return


def _is_packed(message: Any) -> bool:
    """Whether a record batch is compressed."""
    data = message.metadata.to_pybytes()
    (root,) = struct.unpack_from("<I", data)
    place = _field(data, root, _MESSAGE_HEADER)
    (batch,) = struct.unpack_from("<I", data, place)
    return _field(data, place + batch, _BATCH_COMPRESSION) != 0


def _field(data: bytes, table: int, number: int) -> int:
    """Where a field of a table lies; 0 where it is absent."""
    (back,) = struct.unpack_from("<i", data, table)
    (size,) = struct.unpack_from("<H", data, table - back)
    slot = 4 + 2 * number
    if slot >= size:
        return 0
    (distance,) = struct.unpack_from("<H", data, table - back + slot)
    return table + distance if distance else 0


def _unreadable(problem: str, given: str) -> UnreadableBody:
    return UnreadableBody(
        problem,
        allowed=f"columns {', '.join(NAMES)} of text, not compressed, in at most {MOST_CUSTOMERS:,} rows",
        given=given,
        remedy="Write it with pyarrow.ipc.new_stream as it is.",
    )
