"""A stream whose bytes point beyond it is refused before anybody follows them."""

import struct

import pyarrow as pa
import pytest

from serving.arrow_bodies import customers_of
from serving.refusals import UnreadableBody

IDS = ["C000001", "C000002", "C000003"]
OFFSETS = struct.pack("<4i", 0, 7, 14, 21)


def stream(ids):
    sink = pa.BufferOutputStream()
    table = pa.table({"customer_id": pa.array(ids, pa.string())})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def with_offsets(*offsets):
    good = stream(IDS)
    assert good.count(OFFSETS) == 1
    return good.replace(OFFSETS, struct.pack("<4i", *offsets))


def test_a_stream_as_it_was_written_is_read():
    assert customers_of(stream(IDS)) == [{"customer_id": each} for each in IDS]


@pytest.mark.parametrize("offsets", [(0, 7, 14, 2_000_000_000), (0, -2_000_000_000, 14, 21), (0, 14, 7, 21)])
def test_a_text_that_ends_where_it_cannot_is_refused(offsets):
    with pytest.raises(UnreadableBody):
        customers_of(with_offsets(*offsets))
