"""One file, however damaged, through the stage `ingest`; and what must hold of every outcome."""

import csv
import gzip
import io
import json
import zlib
from pathlib import Path

import pyarrow.parquet as pq

from models.contract.storage import SUMMARY, read_summary
from models.domain.errors import HoldfastError
from pipelines import ingest, paths

LONGEST_MESSAGE = 2_000

# A value of any length may be counted.
csv.field_size_limit(1 << 30)


def settle(source: dict) -> None:
    """Write the parameter file: every refusal is allowed, so that a run goes on as far as it can."""
    section = {"currency": "EUR", "amount_unit": "major", "timezone": "Europe/Berlin"} | source
    paths.PARAMS.write_text(json.dumps({"source": section, "ingest": {"max_rejected_share": 1.0}}))


def wrong(path: Path, content: bytes, table: str, rows: int | None) -> str:
    """What is wrong with how `ingest` takes this file as this table; empty where all is well.

    rows: of data that the file holds, None where nobody can tell. What is no `HoldfastError` goes through.
    """
    path.write_bytes(content)
    try:
        ingest.main()
    except HoldfastError as error:
        return _wrong_message(error) or _wrong_remains()
    return _wrong_tables() or _wrong_count(table, rows)


def data_rows(content: bytes, encoding: str, delimiter: str) -> int | None:
    """How many rows of data a delimited file holds by Python's own reader; None where it holds no text."""
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        return None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return max(0, sum(1 for row in rows if row) - 1)


def unpacked(content: bytes) -> bytes | None:
    """What a packed file holds; None where it is damaged."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


def _wrong_message(error: HoldfastError) -> str:
    if not (error.problem and error.remedy and (error.allowed or error.given is not None)):
        return f"says too little: {error.message}"
    return f"says too much: {error.message[:200]}" if len(error.message) > LONGEST_MESSAGE else ""


def _wrong_remains() -> str:
    left = [str(path) for path in (*paths.TABLES.glob("*"), *paths.TABLES.parent.glob("ingest-*"))]
    return f"left behind: {left}" if left else ""


def _wrong_tables() -> str:
    """Rows that are not what the summary says, and files that are not finished."""
    summary = read_summary(paths.TABLES)
    for name, counts in summary.rows.items():
        derived = name == "customers" and not counts.accepted
        held = 0 if derived else _rows_in(paths.TABLES / f"{name}.parquet")
        refused = _rows_in(paths.REJECTED / f"{name}.parquet")
        if (held, refused) != (counts.accepted, counts.rejected):
            return f"{name}: {held} rows and {refused} refused, not {counts}"
        if counts.rejected:
            reasons = pq.read_table(paths.REJECTED / f"{name}.parquet", columns=["reason", "row"]).to_pylist()
            if not all(row["reason"] and 1 <= row["row"] <= counts.read for row in reasons):
                return f"{name}: refused without a reason: {reasons}"
    extra = {path.name for path in paths.TABLES.iterdir()} - {
        SUMMARY,
        *(f"{name}.parquet" for name in summary.rows),
    }
    return f"unexpected: {extra}" if extra or list(paths.TABLES.parent.glob("ingest-*")) else ""


def _wrong_count(table: str, rows: int | None) -> str:
    read = read_summary(paths.TABLES).rows[table].read
    return "" if rows is None or read == rows else f"{table}: {read} rows were read, and there are {rows}"


def _rows_in(path: Path) -> int:
    return pq.read_metadata(path).num_rows if path.exists() else 0
