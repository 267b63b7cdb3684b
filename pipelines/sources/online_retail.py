"""The UCI "Online Retail" log (one British wholesaler, December 2010 to December 2011) as contract tables.

Order of rules, so that every line is counted once: lines without a customer are out of scope first; then
lines identical in all eight columns are merged; then texts are understood. Cancellations (invoices that begin
with C) are returns: their quantities, and so their amounts, are negative.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.conform import Conventions, conform
from models.contract.duplicates import repeats, row_in_group
from models.contract.fates import ACCEPTED, MERGED, OUT_OF_SCOPE, Fates, Mask, all_accepted, refuse, settle
from models.contract.parse_numbers import exact_product
from models.contract.tables import CUSTOMERS, ORDERS
from models.domain.errors import BadSource
from models.domain.money import minor_per_unit
from models.domain.vocabulary import Reject
from pipelines.sources.csv_text import read_text
from pipelines.sources.source import Reading, ReadTable, SourceSettings

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip

# Stock codes that are money and not articles: postage, carriage, discounts, manual corrections, fees,
# samples, bad debt and donations. Their lines stay in the order, without an item.
ADJUSTMENTS = (
    "POST", "DOT", "C2", "D", "M", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS",
)  # fmt: skip


def read(settings: SourceSettings) -> Reading:
    """Read the file `source.path` (CSV or CSV.gz). Raises `BadSource` for another file."""
    as_read = read_text(_file(settings.path))
    _require_columns(settings.path, as_read)
    return from_lines(as_read, settings)


def from_lines(as_read: pa.Table, settings: SourceSettings) -> Reading:
    """The log's lines, eight columns of text, as orders and customers."""
    fates, note = _settle_lines(as_read)
    rows, fates = _order_lines(as_read, settings.conventions, fates)
    orders = ReadTable(as_read, rows, fates)
    versions = _customers(as_read, orders)
    customers = ReadTable(versions, versions, all_accepted(versions.num_rows))
    return Reading({"orders": orders, "customers": customers}, (note, _cancelled_note(as_read), _REGION_NOTE))


_REGION_NOTE = (
    "customers were derived from orders: region is the country of the invoice, known from that order on"
)


def _file(path: str) -> Path:
    if not Path(path).is_file():
        raise BadSource(
            "`source.path` is not a file",
            allowed="the UCI Online Retail log as .csv or .csv.gz",
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


def _order_lines(as_read: pa.Table, conventions: Conventions, fates: Fates) -> tuple[pa.Table, Fates]:
    """Contract columns of all lines; a line is numbered by where it stands in its invoice."""
    numbers = pa.array(row_in_group(as_read["InvoiceNo"])).cast(pa.string())
    code = as_read["StockCode"].combine_chunks()
    adjustment = pc.is_in(pc.utf8_upper(code), value_set=pa.array(ADJUSTMENTS))
    texts = {
        "order_id": as_read["InvoiceNo"],
        "line_id": numbers,
        "customer_id": pc.replace_substring_regex(as_read["CustomerID"], r"\.0$", ""),
        "ordered_at": as_read["InvoiceDate"],
        "item_id": pc.if_else(adjustment, pa.scalar(None, pa.string()), code),
        "units": as_read["Quantity"],
    }
    rows, fates = conform(pa.table(texts), ORDERS, conventions, fates)
    amounts, fates = _amounts(as_read, conventions, fates)
    return rows.append_column("amount_minor", amounts), fates


def _amounts(as_read: pa.Table, conventions: Conventions, fates: Fates) -> tuple[pa.Array, Fates]:
    quantity, price = as_read["Quantity"].combine_chunks(), as_read["UnitPrice"].combine_chunks()
    minor = minor_per_unit(conventions.amount_unit, conventions.currency)
    amounts = exact_product(quantity, price, minor)
    unreadable = pc.and_(amounts.is_null(), pc.and_(quantity.is_valid(), price.is_valid()))
    return amounts, refuse(fates, unreadable.to_numpy(zero_copy_only=False), Reject.NOT_A_NUMBER)


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
