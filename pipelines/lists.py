"""The save list as files for people: CSV with the column names, XLSX with headings and display units."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from models.contract.columns import Kind
from models.contract.told_days import told_day
from models.domain.cells import safe_text
from models.domain.instants import DAY, from_micros, iso, last_day
from models.domain.money import exponent
from models.domain.words import Words
from models.policy.offer_words import offer_words
from models.policy.save_list import CODE, COLUMNS, RATE, ListColumn

EXCEL_ROWS = 10_000  # as many as a person works through; writing a cell costs 12 µs
EXCEL_EPOCH_DAYS = 25_569  # 1970-01-01 in Excel's count of days

HEADINGS = {
    "rank": "Rank",
    "customer_id": "Customer",
    "lifecycle_stage": "Stage",
    "churn_probability": "Chance of leaving",
    "lifetime_value_minor": "Lifetime value",
    "value_at_stake_minor": "Value at stake",
    "value_at_stake_low_minor": "Value at stake, at least",
    "value_at_risk_minor": "Value at risk",
    "incentive_cap_minor": "Spend at most",
    "currency": "Currency",
    "recommended_action": "What to do",
    "recommended_offer": "Offer",
    "owner": "Who does it",
    "channel": "How",
    "act_by": "Do it by (UTC)",
    "expected_gain_minor": "Expected gain",
    "value_window_days": "Value counted over (days)",
    "response_state": "Effect known by",
    "stage_reason": "Why this stage",
    "main_reason": "What it answers",
    "reason_1": "First reason",
    "reason_2": "Second reason",
    "reason_3": "Third reason",
    "do_not_contact_reason": "Leave alone because",
    "last_order_at": "Last order (UTC)",
    "next_order_expected_by": "Next order expected by (UTC)",
    "open_complaints": "Open complaints",
    "model_used": "Model",
    "model_version": "Model version",
    "as_of": "Data until the end of",
}

ABOUT_HEADING = "Customers here"

# The same in every row: said once, on a sheet of their own.
SAID_ONCE = ("currency", "value_window_days", "response_state", "model_used", "model_version", "as_of")

WIDTHS = {
    "customer_id": 18,
    "stage_reason": 40,
    "recommended_action": 24,
    "recommended_offer": 22,
    "reason_1": 44,
    "reason_2": 44,
    "reason_3": 44,
    "do_not_contact_reason": 20,
}
USUAL_WIDTH = 14


def write_csv(rows: pa.Table, path: Path) -> None:
    """Write the list as UTF-8 CSV: column names as they are, ISO times, no cell that runs as a formula."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows.column_names)
        writer.writerows(zip(*(_csv_cells(rows[name]) for name in rows.column_names), strict=True))
    unfinished.replace(path)


def _csv_cells(column: pa.ChunkedArray) -> Sequence[Any]:
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.int64()).to_pylist()
        return [None if value is None else iso(value) for value in micros]
    if pa.types.is_string(column.type):
        return [None if value is None else safe_text(value) for value in column.to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def write_xlsx(rows: pa.Table, path: Path, *, currency: str, as_of: int, zone: str, words: Words) -> None:
    """Write the list as XLSX: headings, major currency units, percent, frozen heading row, filters.

    words: the language of headings and coded words. as_of (microseconds) stands as the time of creation,
    so that the same list has the same bytes; zone (IANA) says which day ended with it. The workbook holds
    the first `EXCEL_ROWS` customers and says so; the CSV holds all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    book = xlsxwriter.Workbook(str(unfinished), {"constant_memory": True})
    title = words.gettext("Save list")
    book.set_properties({"title": title, "created": from_micros(as_of).replace(tzinfo=None)})
    shown = rows.slice(0, EXCEL_ROWS)
    _write_list(_sheet(book, title, words), shown, _formats(book, currency), currency, words)
    _write_about(_sheet(book, words.gettext("About"), words), rows, last_day(as_of, zone), words)
    book.close()
    unfinished.replace(path)


def _formats(book: Any, currency: str) -> dict[str, Any]:
    digits = exponent(currency)
    money = "#,##0" + ("." + "0" * digits if digits else "")
    return {
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        RATE: book.add_format({"num_format": "0.0%"}),
        Kind.MONEY: book.add_format({"num_format": money}),
        Kind.INSTANT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.INTEGER: book.add_format({"num_format": "0"}),
    }


def _sheet(book: Any, name: str, words: Words) -> Any:
    sheet = book.add_worksheet(name)
    if words.right_to_left:
        sheet.right_to_left()
    return sheet


def _write_list(sheet: Any, rows: pa.Table, formats: dict[str, Any], currency: str, words: Words) -> None:
    columns = [column for column in COLUMNS if column.name not in SAID_ONCE]
    sheet.freeze_panes(1, 2)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, WIDTHS.get(column.name, USUAL_WIDTH))
        sheet.write_string(0, number, words.named("heading", HEADINGS[column.name]), formats["heading"])
    cells = [_xlsx_cells(rows[column.name], column, currency, words) for column in columns]
    styles = [formats.get(column.holds) for column in columns]
    for row, values in enumerate(zip(*cells, strict=True), start=1):
        _write_row(sheet, row, values, styles)
    sheet.autofilter(0, 0, rows.num_rows, len(columns) - 1)


def _write_row(sheet: Any, row: int, values: Sequence[Any], styles: Sequence[Any]) -> None:
    for number, (value, style) in enumerate(zip(values, styles, strict=True)):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(row, number, value)
        else:
            sheet.write_number(row, number, value, style)


def _xlsx_cells(cells: pa.ChunkedArray, column: ListColumn, currency: str, words: Words) -> Sequence[Any]:
    if column.name == "recommended_offer":
        return [offer and offer_words(offer, currency, words) for offer in cells.to_pylist()]
    if column.holds == CODE:
        return [code and words.coded(column.name, code) for code in cells.to_pylist()]
    if column.holds == Kind.MONEY:
        cells = pc.divide(cells.cast(pa.float64()), float(10 ** exponent(currency)))
    elif column.holds == Kind.INSTANT:
        days = pc.divide(cells.cast(pa.int64()).cast(pa.float64(), safe=False), float(DAY))
        cells = pc.add(days, float(EXCEL_EPOCH_DAYS))
    values: list[Any] = cells.to_pylist()
    return values


def _write_about(sheet: Any, rows: pa.Table, day: date, words: Words) -> None:
    sheet.set_column(0, 1, 28)
    for number, (heading, value) in enumerate(_about(rows, day, words)):
        sheet.write_string(number, 0, heading)
        sheet.write_string(number, 1, value)


def _about(rows: pa.Table, day: date, words: Words) -> Iterator[tuple[str, str]]:
    here = words.number(f"{min(rows.num_rows, EXCEL_ROWS):,}")
    listed, file = words.number(f"{rows.num_rows:,}"), words.isolated("at_risk.csv")
    told = words.gettext("{here} of {listed} (all: {file})", here=here, listed=listed, file=file)
    yield words.named("heading", ABOUT_HEADING), told
    for name in SAID_ONCE:
        if name == "as_of":
            yield words.named("heading", HEADINGS[name]), told_day(day, words)
        elif rows.num_rows:
            said = sorted(str(value) for value in pc.unique(rows[name]).to_pylist())
            yield words.named("heading", HEADINGS[name]), ", ".join(_said(name, each, words) for each in said)


def _said(name: str, value: str, words: Words) -> str:
    if name == "value_window_days":
        return words.number(value)
    return words.named(name, value) if name == "currency" else words.coded(name, value)
