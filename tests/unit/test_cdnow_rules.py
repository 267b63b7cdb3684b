"""The rules of the CDNOW source on a handful of its rows."""

import pyarrow as pa
import pytest

from models.contract.fates import ACCEPTED, count
from models.domain.errors import BadSource
from models.domain.vocabulary import AmountUnit
from pipelines.sources.cdnow import from_rows, split
from pipelines.sources.source import SourceKind, SourceSettings

SETTINGS = SourceSettings(SourceKind.CDNOW, "unused", "USD", AmountUnit.MAJOR, "America/New_York")
ROW = " 00002 19970112  5   77.00"


def reading(*lines):
    return from_rows(split(pa.array(lines), "cdnow.txt"), SETTINGS)


def orders(*lines):
    return reading(*lines).tables["orders"]


def accepted_ids(*lines):
    read = orders(*lines)
    return read.rows["order_id"].filter(pa.array(read.fates == ACCEPTED)).to_pylist()


def test_an_amount_is_exact_cents():
    assert orders(" 00001 19970101  1   1286.01").rows["amount_minor"].to_pylist() == [128_601]


def test_discs_are_units():
    assert orders(ROW).rows["units"].to_pylist() == [5]


def test_a_customer_number_keeps_its_zeros():
    assert orders(ROW).rows["customer_id"].to_pylist() == ["00002"]


@pytest.mark.parametrize(
    ("day", "instant"),
    [("19970112", "1997-01-13T05:00:00+00:00"), ("19970712", "1997-07-13T04:00:00+00:00")],
)
def test_an_order_stands_at_the_end_of_its_day_in_new_york(day, instant):
    assert orders(f"00002 {day} 5 77.00").rows["ordered_at"][0].as_py().isoformat() == instant


def test_an_order_is_named_for_its_customer_and_day():
    assert accepted_ids(ROW) == ["00002-19970112"]


def test_further_orders_of_a_customer_on_one_day_carry_a_number():
    assert accepted_ids(ROW, "00002 19970112 1 12.00", "00002 19970113 1 12.00") == [
        "00002-19970112", "00002-19970112-2", "00002-19970113",
    ]  # fmt: skip


def test_a_merged_row_takes_no_number():
    assert accepted_ids(ROW, ROW, "00002 19970112 1 12.00") == ["00002-19970112", "00002-19970112-2"]


def test_a_repeated_row_is_merged():
    assert count(orders(ROW, ROW).fates).merged == 1


def test_a_row_that_differs_in_its_discs_is_no_repeat():
    assert count(orders(ROW, " 00002 19970112  4   77.00").fates).merged == 0


def test_a_row_of_zero_dollars_is_kept_with_amount_zero():
    read = orders("00455 19970102 1 0.00")
    assert (read.rows["amount_minor"].to_pylist(), count(read.fates).accepted) == ([0], 1)


def test_rows_of_zero_dollars_are_told():
    assert any(note.startswith("1 orders of 0 dollars") for note in reading(ROW, "455 19970102 1 0.00").notes)


def test_a_day_that_the_calendar_lacks_is_refused():
    assert count(orders("00002 19970230 1 12.00").fates).reasons == {"not_a_time": 1}


def test_an_amount_that_is_no_number_is_refused():
    assert count(orders("00002 19970112 1 twelve").fates).reasons == {"not_a_number": 1}


@pytest.mark.parametrize("line", ["id date discs", "4 1 19970101 2 29.33"])
def test_a_line_of_other_than_four_values_is_named(line):
    with pytest.raises(BadSource, match=f"line 2 .*{line}"):
        split(pa.array([ROW, line]), "cdnow.txt")
