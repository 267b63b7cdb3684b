"""The UCI "Online Retail" log (one British wholesaler, December 2010 to December 2011) as contract tables.

Read as UCI publishes it (XLSX) or as a CSV export of that. Order of rules, so that every line is counted
once: lines without a customer are out of scope first; then lines identical in all eight columns are merged;
then texts are understood. Cancellations (invoices that begin with C) are returns: their quantities, and so
their amounts, are negative.

Adjustments (docs/decisions/0009-adjustments-are-money-not-articles.md): a line whose stock code names no
article but postage, carriage, packing, a discount, a manual correction, a fee, a commission, bad debt or
samples is money. It is kept in its invoice with its amount, sign included, so that an invoice comes to what
the customer paid or got back; it has no item and no units, so it is no article of anybody's basket. Gift
vouchers (`gift_0001_…`) are articles: the shop sells them. The run counts the adjustments.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.conform import Conformed, conform, findings
from models.contract.conventions import Conventions
from models.contract.duplicates import repeats, row_in_group
from models.contract.fates import ACCEPTED, MERGED, OUT_OF_SCOPE, Fates, Mask, all_accepted, refuse, settle
from models.contract.parse_numbers import parse_products
from models.contract.parsed import Parsed
from models.contract.tables import CUSTOMERS, ORDERS
from models.domain.errors import BadSource
from models.domain.money import format_minor
from models.domain.vocabulary import Reject
from pipelines.sources.csv_text import read_text
from pipelines.sources.source import Reading, ReadTable, SourceSettings
from pipelines.sources.xlsx_text import read_sheet

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip

# Stock codes that are money and not articles, in capitals. The two numbers look like articles: 23444 is "Next
# Day Carriage", 23574 "PACKING CHARGE". PADS ("to match all cushions") are a token 0.001 pounds or nothing.
ADJUSTMENTS = (
    "POST", "DOT", "C2", "23444", "23574", "D", "M", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS",
)  # fmt: skip


def read(settings: SourceSettings) -> Reading:
    """Read the file `source.path` (XLSX, CSV or CSV.gz). Raises `BadSource` for another file."""
    file = _file(settings.path)
    as_read = read_sheet(file) if file.suffix.lower() == ".xlsx" else read_text(file)
    _require_columns(settings.path, as_read)
    return from_lines(as_read, settings)


def from_lines(as_read: pa.Table, settings: SourceSettings) -> Reading:
    """The log's lines, eight columns of text, as orders and customers."""
    fates, note = _settle_lines(as_read)
    adjustment = _adjustments(as_read)
    conformed = _order_lines(as_read, adjustment, settings.conventions, fates)
    orders = ReadTable(as_read, conformed.table, conformed.fates)
    versions = _customers(as_read, orders)
    customers = ReadTable(versions, versions, all_accepted(versions.num_rows))
    adjusted = _adjustments_note(orders, adjustment, settings.currency)
    notes = (note, _cancelled_note(as_read), adjusted, _REGION_NOTE, *conformed.notes)
    return Reading({"orders": orders, "customers": customers}, notes)


_REGION_NOTE = (
    "customers were derived from orders: region is the country of the invoice, known from that order on"
)


def _file(path: str) -> Path:
    if not Path(path).is_file():
        raise BadSource(
            "`source.path` is not a file",
            allowed="the UCI Online Retail log as .xlsx, .csv or .csv.gz",
            given=path,
            remedy="Set source.path in params.yaml, or pass FILE=… to make.",
        )
    return Path(path)


def _require_columns(path: str, as_read: pa.Table) -> None:
    missing = [name for name in COLUMNS if name not in as_read.column_names]
    if missing:
        raise BadSource(
            f"{path} lacks {', '.join(missing)}",
            allowed=", ".join(COLUMNS),
            given=", ".join(as_read.column_names),
            remedy="Use the file as UCI publishes it, or source.kind: files for your own columns.",
        )


def _settle_lines(as_read: pa.Table) -> tuple[Fates, str]:
    """Which lines are out of scope and which repeat another, and a sentence about both."""
    nobody = as_read["CustomerID"].is_null().to_numpy()
    repeated = repeats(as_read, COLUMNS, ~nobody)
    fates = settle(all_accepted(as_read.num_rows), nobody, OUT_OF_SCOPE)
    repeated_of_nobody = repeats(as_read, COLUMNS, nobody)
    note = (
        f"{nobody.sum():,} lines without a customer are out of scope, {repeated_of_nobody.sum():,} of which "
        f"repeat another in all columns; {repeated.sum():,} such repeats with a customer were merged"
    )
    return settle(fates, repeated, MERGED), note


def _cancelled_note(as_read: pa.Table) -> str:
    cancelled = pc.sum(pc.starts_with(as_read["InvoiceNo"], "C")).as_py() or 0
    return f"{cancelled:,} lines are cancellations, read as returns"


def _adjustments(as_read: pa.Table) -> pa.Array:
    """Which lines [n] are money and not articles."""
    code = pc.utf8_upper(pc.utf8_trim_whitespace(as_read["StockCode"].combine_chunks()))
    return pc.is_in(code, value_set=pa.array(ADJUSTMENTS))


def _adjustments_note(orders: ReadTable, adjustment: pa.Array, currency: str) -> str:
    rows = orders.rows.append_column("adjustment", adjustment).filter(pa.array(orders.fates == ACCEPTED))
    money = rows.filter(rows["adjustment"])
    invoices = rows.group_by("order_id").aggregate([("adjustment", "all")])
    alone = pc.sum(invoices["adjustment_all"]).as_py() or 0
    total = format_minor(pc.sum(money["amount_minor"]).as_py() or 0, currency)
    return (
        f"{money.num_rows:,} lines are money and not articles (postage, carriage, discounts, corrections by "
        f"hand, fees): kept without an item, {total} in sum; {alone:,} invoices hold nothing else"
    )


def _order_lines(
    as_read: pa.Table, adjustment: pa.Array, conventions: Conventions, fates: Fates
) -> Conformed:
    """Contract columns of all lines; a line is numbered by where it stands in its invoice."""
    numbers = pa.array(row_in_group(as_read["InvoiceNo"])).cast(pa.string())
    nothing = pa.scalar(None, pa.string())
    texts = {
        "order_id": as_read["InvoiceNo"],
        "line_id": numbers,
        "customer_id": pc.replace_substring_regex(as_read["CustomerID"], r"\.0$", ""),
        "ordered_at": as_read["InvoiceDate"],
        "item_id": pc.if_else(adjustment, nothing, as_read["StockCode"].combine_chunks()),
        "units": pc.if_else(adjustment, nothing, as_read["Quantity"].combine_chunks()),
    }
    conformed = conform(pa.table(texts), ORDERS, conventions, fates)
    amounts = _amounts(as_read, conventions)
    fates = refuse(conformed.fates, amounts.failed, Reject.NOT_A_NUMBER)
    found = {**conformed.findings, **findings(ORDERS, {"amount_minor": amounts}, fates)}
    return Conformed(conformed.table.append_column("amount_minor", amounts.values), fates, found)


def _amounts(as_read: pa.Table, conventions: Conventions) -> Parsed:
    quantity, price = as_read["Quantity"].combine_chunks(), as_read["UnitPrice"].combine_chunks()
    unit, currency = conventions.amount_unit, conventions.currency
    return parse_products(quantity, price, unit, currency, where="orders.amount_minor")


def _customers(as_read: pa.Table, orders: ReadTable) -> pa.Table:
    """A version of a customer at the first order and wherever the invoice's country changes."""
    lines = pa.table(
        {
            "customer_id": orders.rows["customer_id"],
            "region": as_read["Country"],
            "known_at": orders.rows["ordered_at"],
        }
    ).filter(pa.array(orders.fates == ACCEPTED))
    # Two countries at one instant: the last by name stands, so that the order of the file does not matter.
    at_once = lines.group_by(["customer_id", "known_at"], use_threads=False).aggregate([("region", "max")])
    moments = at_once.rename_columns({"region_max": "region"}).sort_by(
        [("customer_id", "ascending"), ("known_at", "ascending")]
    )
    changed = _differs_from_row_above(moments["customer_id"]) | _differs_from_row_above(moments["region"])
    versions = moments.filter(pa.array(changed))
    names = ("customer_id", "region", "known_at")
    return versions.select(names).cast(CUSTOMERS.schema(names))


def _differs_from_row_above(column: pa.ChunkedArray) -> Mask:
    codes = column.combine_chunks().dictionary_encode(null_encoding="encode").indices.to_numpy()
    return np.concatenate([np.ones(min(1, len(codes)), dtype=np.bool_), codes[1:] != codes[:-1]])
