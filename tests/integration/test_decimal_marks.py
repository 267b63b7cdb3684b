"""A decimal comma is a way of writing texts: numbers that a file holds as numbers are what they are."""

import decimal
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from models.contract.storage import read_table
from pipelines import ingest, paths

HEADINGS = ("order_id", "customer_id", "ordered_at", "amount_minor", "margin_minor")
NAMES = {name: name for name in HEADINGS}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def ingested(source, column="amount_minor"):
    section = {"kind": "files", "path": "shop", "currency": "EUR", "amount_unit": "major", "timezone": "UTC"}
    paths.PARAMS.write_text(json.dumps({"source": section | source, "ingest": {"max_rejected_share": 0.0}}))
    ingest.main()
    return read_table(paths.TABLES / "orders.parquet")[column].to_pylist()


def sheet(shop, *rows, headings=HEADINGS):
    workbook = Workbook()
    for row in (headings, *rows):
        workbook.active.append(row)
    workbook.save(shop / "orders.xlsx")


def line(number, amount, margin=None):
    return f"o{number}", "ann", f"2024-01-{number:02}", amount, margin


def test_a_number_in_a_spreadsheet_keeps_its_fraction(shop):
    sheet(shop, line(1, 1234.5), line(2, 0.125), line(3, 7))
    assert ingested({"decimal_mark": ","}) == [123450, 12, 700]


def test_a_text_in_a_spreadsheet_is_read_as_declared(shop):
    sheet(shop, line(1, "1.234,50"), line(2, 1.234))
    assert ingested({"decimal_mark": ","}) == [123450, 123]


def test_a_tables_mark_holds_for_its_spreadsheet(shop):
    sheet(shop, line(1, 1.234), line(2, "1,5"))
    assert ingested({"tables": {"orders": {"decimal_mark": ","}}}) == [123, 150]


def test_a_columns_mark_holds_for_its_cells(shop):
    sheet(shop, line(1, 1.5, 0.125))
    own = {"margin_minor": {"column": "Margin_Minor", "decimal_mark": ","}}
    assert ingested({"tables": {"orders": {"columns": NAMES | own}}}, "margin_minor") == [12]


def test_a_product_of_typed_columns_keeps_its_fraction(shop):
    rows = [line(number, None) for number in (1, 2)]
    columns = dict(zip(HEADINGS[:3], map(list, zip(*rows, strict=True)), strict=False))
    columns |= {"quantity": [2, 3], "price": [1.234, 0.5]}
    pq.write_table(pa.table(columns), shop / "orders.parquet")
    product = {"amount_minor": {"product": ["quantity", "price"]}}
    names = {name: name for name in HEADINGS[:3]}
    source = {"decimal_mark": ",", "tables": {"orders": {"columns": names | product}}}
    assert ingested(source) == [247, 150]


def test_a_typed_price_beside_a_quantity_in_words_is_understood(shop):
    columns = {"order_id": ["o1"], "customer_id": ["ann"], "ordered_at": ["2024-01-01"]}
    columns |= {"quantity": ["1,5"], "price": pa.array([decimal.Decimal("2.50")])}
    pq.write_table(pa.table(columns), shop / "orders.parquet")
    product = {"amount_minor": {"product": ["quantity", "price"]}}
    names = {name: name for name in HEADINGS[:3]}
    source = {"decimal_mark": ",", "tables": {"orders": {"columns": names | product}}}
    assert ingested(source) == [375]


def test_a_typed_duration_keeps_its_fraction(shop):
    sheet(shop, line(1, 1))
    columns = {"complaint_id": ["k"], "customer_id": ["ann"], "opened_at": ["2024-01-01 10:00"], "h": [1.5]}
    pq.write_table(pa.table(columns), shop / "complaints.parquet")
    names = {name: name for name in ("complaint_id", "customer_id", "opened_at")}
    resolved = {"resolved_at": {"after": "opened_at", "column": "h", "unit": "hours"}}
    ingested({"decimal_mark": ",", "tables": {"complaints": {"columns": names | resolved}}})
    (found,) = read_table(paths.TABLES / "complaints.parquet")["resolved_at"].to_pylist()
    assert found.strftime("%H:%M") == "11:30"


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "csv"])
def test_a_wide_table_with_decimal_commas_keeps_its_numbers(shop, ending):
    fees = [number / 8 for number in range(40)]
    left = ["Yes" if number % 2 else "No" for number in range(40)]
    if ending == "xlsx":
        sheet(shop, *zip(fees, left, strict=True), headings=("fee", "churn"))
    elif ending == "parquet":
        pq.write_table(pa.table({"fee": fees, "churn": left}), shop / "orders.parquet")
    else:
        lines = [f"{fee};{word}".replace(".", ",") for fee, word in zip(fees, left, strict=True)]
        (shop / "orders.csv").write_text("\n".join(["fee;churn", *lines]))
    source = {
        "kind": "table", "path": f"shop/orders.{ending}", "currency": "EUR", "amount_unit": "major",
        "timezone": "UTC", "decimal_mark": ",", "extracted_at": "2024-01-01",
        "table": {"delimiter": ";"},
    }  # fmt: skip
    paths.PARAMS.write_text(json.dumps({"source": source, "ingest": {"max_rejected_share": 0.0}}))
    ingest.main()
    found = read_table(paths.TABLES / "customers.parquet")["attribute_fee"].to_pylist()
    assert sorted(found) == fees
