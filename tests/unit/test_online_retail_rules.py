"""The rules of the Online Retail source on a handful of its lines."""

import pyarrow as pa
import pytest

from models.contract.fates import count
from models.domain.vocabulary import AmountUnit
from pipelines.sources.online_retail import COLUMNS, from_lines
from pipelines.sources.source import SourceKind, SourceSettings

SETTINGS = SourceSettings(SourceKind.ONLINE_RETAIL, "unused", "GBP", AmountUnit.MAJOR, "Europe/London")
LINE = dict(
    zip(
        COLUMNS,
        ("536365", "85123A", "HEART", "6", "2011-06-01 08:26:00", "2.55", "17850.0", "United Kingdom"),
        strict=True,
    )
)


def reading(*lines):
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    return from_lines(pa.Table.from_pylist(list(lines), schema=schema), SETTINGS)


def orders(*lines):
    return reading(*lines).tables["orders"]


def test_an_amount_is_quantity_times_price_in_pence():
    assert orders(LINE).rows["amount_minor"].to_pylist() == [1530]


def test_an_invoice_time_is_local_to_the_shop():
    assert orders(LINE).rows["ordered_at"][0].as_py().isoformat() == "2011-06-01T07:26:00+00:00"


def test_a_customer_number_has_no_decimals():
    assert orders(LINE).rows["customer_id"].to_pylist() == ["17850"]


def test_a_cancellation_is_a_return():
    cancelled = LINE | {"InvoiceNo": "C536365", "Quantity": "-6"}
    assert orders(cancelled).rows["amount_minor"].to_pylist() == [-1530]


def test_a_line_of_price_zero_is_kept():
    assert count(orders(LINE | {"UnitPrice": "0.0"}).fates).accepted == 1


@pytest.mark.parametrize("code", ["POST", "D", "m", "BANK CHARGES", "23444"])
def test_an_adjustment_is_money_without_an_item_or_units(code):
    row = orders(LINE | {"StockCode": code}).rows.to_pylist()[0]
    assert (row["item_id"], row["units"], row["amount_minor"]) == (None, None, 1530)


@pytest.mark.parametrize("code", ["gift_0001_20", "DCGS0003", "15056BL"])
def test_a_code_that_is_no_number_can_still_be_an_article(code):
    assert orders(LINE | {"StockCode": code}).rows["item_id"].to_pylist() == [code]


def test_adjustments_of_customers_are_counted_with_their_sum():
    postage, nobody = LINE | {"StockCode": "POST"}, LINE | {"StockCode": "DOT", "CustomerID": None}
    discount = LINE | {"InvoiceNo": "C7", "StockCode": "D", "Quantity": "-1", "UnitPrice": "5.30"}
    told = next(note for note in reading(LINE, postage, nobody, discount).notes if "not articles" in note)
    assert (told.split(" are ")[0], told.split(", ")[-1]) == (
        "2 lines", "10.00 GBP in sum; 1 invoices hold nothing else",
    )  # fmt: skip


def test_a_repeated_line_is_merged():
    assert count(orders(LINE, LINE).fates).merged == 1


def test_a_line_that_differs_in_its_description_is_no_repeat():
    assert count(orders(LINE, LINE | {"Description": "heart"}).fates).merged == 0


def test_a_repeated_line_without_a_customer_is_out_of_scope_once():
    nobody = LINE | {"CustomerID": None}
    assert count(orders(nobody, nobody).fates).out_of_scope == 2


def test_lines_are_numbered_within_their_invoice():
    lines = orders(LINE, LINE | {"InvoiceNo": "2"}, LINE | {"StockCode": "1"}).rows
    assert lines["line_id"].to_pylist() == ["1", "1", "2"]


def test_a_quantity_that_is_no_number_is_refused():
    assert count(orders(LINE | {"Quantity": "six"}).fates).reasons == {"not_a_number": 1}


def test_a_customer_who_moves_has_a_version_for_each_stay():
    def invoice(day, country):
        return LINE | {"InvoiceNo": str(day), "InvoiceDate": f"2011-01-0{day} 09:00:00", "Country": country}

    lines = [invoice(1, "Spain"), invoice(2, "Spain"), invoice(3, "France"), invoice(4, "Spain")]
    assert reading(*lines).tables["customers"].rows["region"].to_pylist() == ["Spain", "France", "Spain"]
