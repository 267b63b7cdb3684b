"""The Online Retail log as UCI publishes it: a spreadsheet whose cells have types of their own."""

from datetime import datetime

import pytest
from openpyxl import Workbook

from models.contract.fates import ACCEPTED, count
from models.domain.errors import BadSource
from models.domain.vocabulary import AmountUnit
from pipelines.sources import online_retail
from pipelines.sources.online_retail import COLUMNS
from pipelines.sources.source import SourceKind, SourceSettings

WHEN = datetime(2011, 6, 1, 8, 26)  # noqa: DTZ001  # a cell knows no zone
LINES = [
    (536365, "85123A", "HEART", 6, WHEN, 2.55, 17850.0, "United Kingdom"),
    (536365, 71053, "LANTERN", 6, WHEN, 3, 17850, "United Kingdom"),
    (536365, 71053, "LANTERN", 6, WHEN, 3.0, 17850.0, "United Kingdom"),
    ("C536379", "D", "Discount", -1, WHEN, 27.5, "14527", "United Kingdom"),
    (536414, 22139, None, 56, WHEN, 0, None, "United Kingdom"),
    ("536500", "PADS", "PADS TO MATCH ALL CUSHIONS", 1, WHEN, 1e-05, 12347.0, "Iceland"),
]


def workbook(path, lines=LINES, heading=COLUMNS):
    book = Workbook()
    book.active.append(heading)
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def read(path):
    settings = SourceSettings(SourceKind.ONLINE_RETAIL, str(path), "GBP", AmountUnit.MAJOR, "Europe/London")
    return online_retail.read(settings)


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    return read(workbook(tmp_path_factory.mktemp("uci") / "Online Retail.xlsx")).tables["orders"]


@pytest.fixture(scope="module")
def accepted(orders):
    return [row for row, fate in zip(orders.rows.to_pylist(), orders.fates, strict=True) if fate == ACCEPTED]


def test_a_customer_number_is_the_same_as_a_float_a_whole_number_or_text(accepted):
    assert [row["customer_id"] for row in accepted] == ["17850", "17850", "14527", "12347"]


def test_an_invoice_number_is_text_whether_it_was_a_number_or_not(accepted):
    assert [row["order_id"] for row in accepted] == ["536365", "536365", "C536379", "536500"]


def test_a_stock_code_that_was_a_number_has_no_decimals(accepted):
    assert [row["item_id"] for row in accepted] == ["85123A", "71053", None, None]


def test_a_date_cell_is_local_to_the_shop(accepted):
    assert {row["ordered_at"].isoformat() for row in accepted} == {"2011-06-01T07:26:00+00:00"}


def test_amounts_are_exact_pence_even_of_the_smallest_price(accepted):
    assert [row["amount_minor"] for row in accepted] == [1530, 1800, -2750, 0]


def test_every_line_is_counted_once(orders):
    counts = count(orders.fates)
    assert (counts.read, counts.accepted, counts.merged, counts.out_of_scope) == (6, 4, 1, 1)


def test_lines_without_any_value_are_no_lines(tmp_path):
    path = workbook(tmp_path / "log.xlsx", [LINES[0], (None,) * 8, LINES[1]])
    assert read(path).tables["orders"].rows.num_rows == 2


def test_a_spreadsheet_with_other_columns_is_refused(tmp_path):
    with pytest.raises(BadSource, match="lacks InvoiceNo"):
        read(workbook(tmp_path / "log.xlsx", heading=("Invoice", *COLUMNS[1:])))


def test_a_spreadsheet_with_a_nameless_column_is_refused(tmp_path):
    with pytest.raises(BadSource, match="lacks InvoiceNo"):
        read(workbook(tmp_path / "log.xlsx", heading=(None, *COLUMNS[1:])))


def test_a_spreadsheet_of_several_sheets_is_refused(tmp_path):
    book = Workbook()
    book.create_sheet("Year 2")
    book.save(tmp_path / "log.xlsx")
    with pytest.raises(BadSource, match="2 sheets"):
        read(tmp_path / "log.xlsx")


def test_a_file_that_is_no_spreadsheet_is_refused(tmp_path):
    (tmp_path / "log.xlsx").write_text("InvoiceNo,StockCode")
    with pytest.raises(BadSource, match="cannot be read as XLSX"):
        read(tmp_path / "log.xlsx")
