"""The CDNOW log (everybody who first bought at a music shop on the web in early 1997) as contract tables.

The master file has no heading and four columns, parted by blanks: customer, day (YYYYMMDD), discs, dollars.

Order of rules, so that every row is counted once: rows identical in all four columns are merged; then texts
are understood. Each row left is an order of one line. Its id is the customer and the day, `00002-19970112`;
where a customer has several rows on one day, the second in the file and those after it carry a running
number, `00002-19970112-2`. A day alone is placed at its end, so nothing is known before it happened. Rows of
0 dollars are kept: they are neither purchases nor returns.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from models.contract.conform import conform
from models.contract.duplicates import repeats, row_in_group
from models.contract.fates import ACCEPTED, MERGED, Mask, all_accepted, settle
from models.contract.tables import ORDERS
from models.domain.errors import BadSource
from pipelines.sources.source import Reading, ReadTable, SourceSettings

COLUMNS = ("customer", "day", "discs", "dollars")

# Takes no part in the text of any line, so that every line is read whole and split by our own rule.
_NO_DELIMITER = "\x1f"
_PARTS = r"^\s*(?P<customer>\S+)\s+(?P<day>\S+)\s+(?P<discs>\S+)\s+(?P<dollars>\S+)\s*$"


def read(settings: SourceSettings) -> Reading:
    """Read the file `source.path` (text or text.gz). Raises `BadSource` for another file."""
    return from_rows(split(_lines(settings.path), settings.path), settings)


def split(lines: pa.Array, path: str) -> pa.Table:
    """Lines of text [n] as the file's four columns of text. Raises `BadSource` for lines of other parts."""
    parts = pc.extract_regex(lines, _PARTS)
    if parts.null_count:
        number = pc.index(parts.is_null(), True).as_py()
        raise BadSource(
            f"{path} holds {parts.null_count:,} lines that are not four values",
            allowed="customer, day, discs, dollars, parted by blanks, without a heading",
            given=f"line {number + 1:,} (blank lines not counted): {lines[number].as_py()!r:.60}",
            remedy="Use the master file as published (cdnow_master.txt), not a sample of it.",
        )
    return pa.table({name: parts.field(name) for name in COLUMNS})


def from_rows(as_read: pa.Table, settings: SourceSettings) -> Reading:
    """The log's rows, four columns of text, as orders."""
    merged = repeats(as_read, COLUMNS, np.ones(as_read.num_rows, dtype=np.bool_))
    fates = settle(all_accepted(as_read.num_rows), merged, MERGED)
    texts = {
        "order_id": _order_ids(as_read, ~merged),
        "line_id": pa.array(["1"] * as_read.num_rows),
        "customer_id": as_read["customer"],
        "ordered_at": pc.replace_substring_regex(as_read["day"], r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
        "units": as_read["discs"],
        "amount_minor": as_read["dollars"],
    }
    conformed = conform(pa.table(texts), ORDERS, settings.conventions, fates)
    rows, fates = conformed.table, conformed.fates
    free = pc.equal(rows["amount_minor"], 0).fill_null(False).to_numpy() & (fates == ACCEPTED)
    notes = (
        f"{merged.sum():,} rows repeat another in all columns and were merged",
        f"{free.sum():,} orders of 0 dollars were kept: neither purchases nor returns",
        "the log has days and no times: an order stands at the end of its day",
        *conformed.notes,
    )
    return Reading({"orders": ReadTable(as_read, rows, fates)}, notes)


def _order_ids(as_read: pa.Table, kept: Mask) -> pa.Array:
    """Customer and day, and from the second kept row of a customer's day on its number."""
    days = pc.binary_join_element_wise(as_read["customer"], as_read["day"], "-").combine_chunks()
    numbers = np.ones(len(days), dtype=np.int64)
    numbers[kept] = row_in_group(pa.chunked_array([days.filter(pa.array(kept))]))
    numbered = pc.binary_join_element_wise(days, pa.array(numbers).cast(pa.string()), "-")
    return pc.if_else(pa.array(numbers > 1), numbered, days)


def _lines(path: str) -> pa.Array:
    if not Path(path).is_file():
        raise BadSource(
            "`source.path` is not a file",
            allowed="the CDNOW master file as .txt or .txt.gz",
            given=path,
            remedy="Set source.path in params.yaml, or pass FILE=… to make.",
        )
    try:
        return _text_lines(path)
    except (OSError, EOFError, pa.ArrowInvalid) as error:
        raise BadSource(
            f"{path} cannot be read as text: {str(error).splitlines()[0]}",
            allowed="UTF-8; plain or .gz",
            remedy="Download the file again.",
        ) from error


def _text_lines(path: str) -> pa.Array:
    """The lines that are not blank."""
    whole = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(use_threads=False, column_names=["line"]),
        parse_options=pacsv.ParseOptions(delimiter=_NO_DELIMITER, quote_char=False),
        convert_options=pacsv.ConvertOptions(column_types={"line": pa.string()}),
    )
    lines = whole["line"].combine_chunks()
    return lines.filter(pc.not_equal(pc.utf8_trim_whitespace(lines), ""))
