"""Columns of any type become numbers, times, truth values or text."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.sources.plain_columns import plain_column, plain_type

MOMENT = dt.datetime(2024, 1, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        pytest.param(pa.array(["a", None]).dictionary_encode(), ["a", None], id="encoded"),
        pytest.param(pa.array(["a"], pa.large_string()), ["a"], id="long text"),
        pytest.param(pa.array(["a", "NaN", "NULL", ""]), ["a", None, None, None], id="nothing in words"),
        pytest.param(pa.array([b"a", b"\xff", None]), ["a", "\\xff", None], id="bytes"),
        pytest.param(pa.array([[1, 2], None]), ["[1, 2]", None], id="lists"),
        pytest.param(pa.array([{"a": MOMENT}]), ['{"a": "2024-01-05 00:00:00+00:00"}'], id="records"),
        pytest.param(pa.array([1.5, float("nan"), None]), [1.5, None, None], id="no number"),
        pytest.param(pa.array([Decimal("1.50")]), [Decimal("1.50")], id="decimals"),
        pytest.param(pa.array([MOMENT]), [MOMENT], id="moments"),
        pytest.param(pa.array([True, None]), [True, None], id="truth values"),
        pytest.param(pa.nulls(2), [None, None], id="nothing at all"),
    ],
)
def test_a_column_is_made_plain(column, expected):
    assert plain_column(column).to_pylist() == expected


@pytest.mark.parametrize(
    "column", [pa.array([1, 2]), pa.array([1.5]), pa.array([[1]]), pa.array(["a"]).dictionary_encode()]
)
def test_the_type_is_known_beforehand(column):
    assert plain_column(column).type == plain_type(column.type)


def test_damaged_text_is_refused():
    offsets, data = pa.array([0, 1], pa.int32()).buffers()[1], pa.py_buffer(b"\xff")
    with pytest.raises(pa.ArrowInvalid):
        plain_column(pa.Array.from_buffers(pa.string(), 1, [None, offsets, data]))


def test_the_arm_that_got_nothing_keeps_its_name():
    assert plain_column(pa.array(["none", "None", "coupon"])).to_pylist() == ["none", None, "coupon"]
