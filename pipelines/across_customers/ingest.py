"""`ingest` for a source without time: customers with attributes, and their outcomes."""

import pyarrow as pa

from models.contract.absent import write_absent
from models.contract.completeness import filled_columns
from models.contract.fates import count
from models.contract.refusals import check_share, refused_rows, write_refusals
from models.contract.storage import SourceSummary, write_summary, write_table
from models.contract.tables import CUSTOMERS, table
from models.contract.validation import Checked, validate
from models.domain.errors import BadSource
from pipelines import paths
from pipelines.sources.source import Reading, SourceSettings


def write(source: SourceSettings, reading: Reading, max_rejected_share: float) -> SourceSummary:
    """Check the tables, write refused rows, and only then the tables; the summary comes last.

    Raises `TooManyRejected`, and `BadSource` when no customer is left.
    """
    as_of = reading.extracted_at
    if as_of is None:
        raise ValueError("a source without time says for which instant it speaks")
    checked = {
        name: validate(read.rows, table(name), read.fates, as_of) for name, read in reading.tables.items()
    }
    _keep_refusals(reading, checked, max_rejected_share)
    tables = {name: each.rows for name, each in checked.items()}
    for name, rows in tables.items():
        write_table(rows, paths.TABLES / f"{name}.parquet")
    write_absent(paths.ORACLE, "oracle", "only a simulator knows what would have happened; not a table")
    summary = _summary(source, reading, checked, tables, as_of)
    write_summary(summary, paths.TABLES)
    return summary


def _keep_refusals(reading: Reading, checked: dict[str, Checked], max_rejected_share: float) -> None:
    counts = {name: count(each.fates) for name, each in checked.items()}
    refused = {name: refused_rows(reading.tables[name].as_read, each.fates) for name, each in checked.items()}
    write_refusals(paths.REJECTED, refused, counts)
    check_share(counts, max_rejected_share, paths.REJECTED)
    if not counts[CUSTOMERS.name].accepted:
        raise BadSource(
            "no customer can be used",
            given=f"{counts[CUSTOMERS.name].read:,} rows",
            remedy=f"{paths.REJECTED / 'counts.json'} says what became of the rows.",
        )


def _summary(
    source: SourceSettings,
    reading: Reading,
    checked: dict[str, Checked],
    tables: dict[str, pa.Table],
    as_of: int,
) -> SourceSummary:
    return SourceSummary(
        kind=source.kind.value,
        currency=source.currency,
        timezone=source.timezone,
        as_of=as_of,
        first_order_at=None,
        rows={name: count(each.fates) for name, each in checked.items()},
        columns={name: filled_columns(rows) for name, rows in tables.items()},
        notes=reading.notes,
        identity_key=None if reading.directory is None else reading.directory.key_fingerprint,
    )
