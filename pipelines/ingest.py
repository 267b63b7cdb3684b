"""Stage `ingest`: read the source, hold it to the data contract, and account for every row."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.absent import write_absent
from models.contract.completeness import absences, filled_columns
from models.contract.derived import customers_from_orders, strangers
from models.contract.fates import count
from models.contract.parse_instants import parse_instant
from models.contract.refusals import check_share, write_refusals
from models.contract.storage import RowCounts, SourceSummary, write_summary, write_table
from models.contract.tables import table
from models.contract.validation import Checked, newest_known, validate
from models.domain.errors import BadSource
from models.domain.instants import DAY, iso
from models.domain.settings import in_range
from pipelines import paths
from pipelines.params import section
from pipelines.progress import track
from pipelines.sources import cdnow, files, online_retail, simulated
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.source import Reading, SourceKind, SourceSettings
from pipelines.stage import run

BULK_SHARE = 0.999
FAR_DAYS = 366


@dataclass(frozen=True)
class IngestSettings:
    """The section `ingest` of params.yaml: the share of a table's rows that may be refused."""

    max_rejected_share: float

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` unless it is a share."""
        in_range("ingest.max_rejected_share", self.max_rejected_share, 0.0, 1.0)


def main() -> None:
    """Read, check, write the refused rows, and only then the tables; `source.json` comes last."""
    source = section(SourceSettings, "source")
    limits = section(IngestSettings, "ingest")
    for folder in (paths.TABLES, paths.REJECTED, paths.ORACLE):
        shutil.rmtree(folder, ignore_errors=True)
    reading = read_source(source)
    as_of = given_as_of(source, reading)
    checked = {
        name: validate(read.rows, table(name), read.fates, as_of)
        for name, read in track(reading.tables.items(), "checking tables", total=len(reading.tables))
    }
    keep_refusals(reading, checked, limits)
    summary, tables = summarise(source, reading, checked, as_of)
    write_oracle(source, reading)
    for name, rows in tables.items():
        write_table(rows, paths.TABLES / f"{name}.parquet")
    write_summary(summary, paths.TABLES)
    report(summary)


def read_source(source: SourceSettings) -> Reading:
    """Read the source of the kind that params.yaml names. Raises `BadSource`."""
    match source.kind:
        case SourceKind.SIMULATOR:
            return simulated.read(source, section(SimulatorSettings, "simulator"))
        case SourceKind.FILES:
            return files.read(source)
        case SourceKind.ONLINE_RETAIL:
            return online_retail.read(source)
        case SourceKind.CDNOW:
            return cdnow.read(source)


def given_as_of(source: SourceSettings, reading: Reading) -> int | None:
    """The instant up to which the source speaks, where the settings or the source say; else None."""
    if source.extracted_at is not None:
        return parse_instant(source.extracted_at, source.timezone, "source.extracted_at")
    return reading.extracted_at


def keep_refusals(reading: Reading, checked: Mapping[str, Checked], limits: IngestSettings) -> None:
    """Write what was refused, then fail where that is too much. Raises `TooManyRejected`, `BadSource`."""
    counts = {name: count(of_table.fates) for name, of_table in checked.items()}
    refused = {name: (reading.tables[name].as_read, of_table.fates) for name, of_table in checked.items()}
    write_refusals(paths.REJECTED, refused, counts)
    check_share(counts, limits.max_rejected_share, paths.REJECTED)
    if not counts["orders"].accepted:
        raise BadSource(
            "no order line can be used",
            given=_count_sentence("orders", counts["orders"]),
            remedy=f"{paths.REJECTED / 'counts.json'} says what became of the rows.",
        )


def summarise(
    source: SourceSettings, reading: Reading, checked: Mapping[str, Checked], as_of: int | None
) -> tuple[SourceSummary, dict[str, pa.Table]]:
    """The summary, and the tables to write: those with accepted rows, and customers in any case."""
    tables = {name: of_table.rows for name, of_table in checked.items() if of_table.rows.num_rows}
    counts = {name: count(of_table.fates) for name, of_table in checked.items()}
    notes = [*reading.notes, *_blanked_notes(checked)]
    if "customers" not in tables:
        derived = customers_from_orders(tables["orders"])
        tables["customers"] = derived
        counts["customers"] = RowCounts(read=derived.num_rows, accepted=derived.num_rows)
        notes.append("customers were derived from orders: known since the first order, sign-up unknown")
    unknown = strangers(tables["orders"], tables["customers"])
    notes += [f"{unknown:,} customers ordered and have no row in customers"] if unknown else []
    columns = {name: filled_columns(rows) for name, rows in tables.items()}
    if as_of is None:
        as_of = newest_fact(tables)
    summary = SourceSummary(
        kind=source.kind.value,
        currency=source.currency,
        timezone=source.timezone,
        as_of=as_of,
        first_order_at=pc.min(tables["orders"]["ordered_at"]).cast(pa.int64()).as_py(),
        rows=counts,
        columns=columns,
        notes=(*notes, *absences(columns)),
    )
    return summary, tables


def newest_fact(tables: Mapping[str, pa.Table]) -> int:
    """The instant for which the data speak: their newest known fact.

    Raises `BadSource` when it lies far beyond the bulk of the orders: one mistyped year would make everybody
    look as if they had left.
    """
    newest = [newest_known(rows, table(name)) for name, rows in tables.items()]
    as_of = max(instant for instant in newest if instant is not None)
    ordered_at = np.sort(tables["orders"]["ordered_at"].cast(pa.int64()).to_numpy())
    bulk = int(ordered_at[int(BULK_SHARE * (len(ordered_at) - 1))])
    if as_of - bulk > FAR_DAYS * DAY:
        raise BadSource(
            "the newest fact lies far beyond nearly all orders, so nobody can say until when the data speak",
            allowed=f"at most {FAR_DAYS} days after {BULK_SHARE:.1%} of the order lines ({iso(bulk)})",
            given=iso(as_of),
            remedy="Correct the date, or set source.extracted_at: later facts are then refused one by one.",
        )
    return as_of


def write_oracle(source: SourceSettings, reading: Reading) -> None:
    """What only a simulator knows, or a marker that this source cannot know it."""
    if reading.oracle is None:
        write_absent(
            paths.ORACLE, "oracle", f"only a simulator knows what would have happened; not {source.kind}"
        )
        return
    for name, rows in reading.oracle.items():
        write_table(rows, paths.ORACLE / f"{name}.parquet")


def report(summary: SourceSummary) -> None:
    """Say what was found, for a person."""
    for name, counts in summary.rows.items():
        print(_count_sentence(name, counts))
    print(f"as of {iso(summary.as_of)}, since {iso(summary.first_order_at)}, in {summary.currency}")
    for note in summary.notes:
        print(f"note: {note}")


def _blanked_notes(checked: Mapping[str, Checked]) -> list[str]:
    return [
        f"{name}.{fact}: {rows:,} became known after as-of and were left blank"
        for name, of_table in checked.items()
        for fact, rows in of_table.blanked.items()
    ]


def _count_sentence(name: str, counts: RowCounts) -> str:
    """'orders: 10 rows read = 8 accepted + 1 merged + 0 out of scope + 1 rejected (missing_key 1)'."""
    reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in sorted(counts.reasons.items()))
    return (
        f"{name}: {counts.read:,} rows read = {counts.accepted:,} accepted + {counts.merged:,} merged + "
        f"{counts.out_of_scope:,} out of scope + {counts.rejected:,} rejected"
        + (f" ({reasons})" if reasons else "")
    )


if __name__ == "__main__":
    run(main)
