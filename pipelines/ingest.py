"""Stage `ingest`: read the source, hold it to the data contract, and account for every row."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from models.contract.absent import write_absent
from models.contract.completeness import absences, filled_columns
from models.contract.derived import customers_from_buyers, strangers
from models.contract.digest import Digest, day_of_share, people
from models.contract.leaks import find_leaks, stop_for_leaks, unchecked
from models.contract.parse_instants import parse_instant
from models.contract.refusals import check_share, write_refusals
from models.contract.storage import SUMMARY, RowCounts, SourceSummary, write_summary, write_table
from models.contract.tables import CUSTOMERS, IDENTITY, ORDERS, PRICE_INDEX, TABLES
from models.domain.errors import BadSource
from models.domain.instants import DAY, iso
from models.domain.settings import in_range
from pipelines import paths
from pipelines.across_customers import ingest as across_customers
from pipelines.checking import CheckedTable, check_all, write_checked
from pipelines.params import section
from pipelines.sources import cdnow, files, online_retail, simulated, warehouse, wide
from pipelines.sources.event_store import with_told
from pipelines.sources.identity_table import add_identity, changed_key
from pipelines.sources.price_file import add_price_index
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.source import Beside, Reading, SourceKind, SourceSettings
from pipelines.stage import run

BULK_SHARE = 0.999
FAR_DAYS = 366
ROOM = "ingest-"


@dataclass(frozen=True)
class IngestSettings:
    """The section `ingest` of params.yaml.

    max_rejected_share: of a table's rows, may be refused. accept_suspects: columns (`table.column`) that may
    know what they should not, because a person has looked.
    """

    max_rejected_share: float
    accept_suspects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` unless it is a share."""
        in_range("ingest.max_rejected_share", self.max_rejected_share, 0.0, 1.0)


def main() -> None:
    """Read, check, write the refused rows, and only then the tables; `source.json` comes last."""
    source = section(SourceSettings, "source")
    limits = section(IngestSettings, "ingest")
    clear()
    paths.TABLES.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=ROOM, dir=paths.TABLES.parent) as room:
        reading = read_source(source, Path(room))
        if source.kind is SourceKind.TABLE:
            told = across_customers.write(source, reading, limits.max_rejected_share)
            report(told, changed_key(told, paths.IDENTITY_KEY))
            return
        summary = hold_to_contract(source, limits, reading, Path(room))
    write_summary(summary, paths.TABLES)
    report(summary, changed_key(summary, paths.IDENTITY_KEY))


def hold_to_contract(
    source: SourceSettings, limits: IngestSettings, reading: Reading, room: Path
) -> SourceSummary:
    """Check and write every table; `room` on disk is for those too long for the memory."""
    as_of = given_as_of(source, reading)
    checked = check_all(reading, as_of, room)
    notes = (*reading.notes, *found_in(reading), *refuse_leaks(checked, source, limits))
    keep_refusals(checked, limits)
    if source.also is Beside.EVENT_STORE:
        checked, told = with_told(checked, Path(source.also_path), as_of, room)
        notes = (*notes, *told)
    summary, made = summarise(source, checked, notes, as_of)
    summary, index = add_price_index(source, reading, summary)
    made |= {} if index is None else {PRICE_INDEX.name: index}
    summary, keys = add_identity(reading.directory, summary)
    made |= {} if keys is None else {IDENTITY.name: keys}
    write_oracle(source, reading)
    write_tables(checked, made, room)
    return summary


def found_in(reading: Reading) -> list[str]:
    """What there is to say of each table once it was read, in the contract's order."""
    said = {**{name: long.notes() for name, long in reading.long.items()}, **reading.findings}
    return [note for declared in TABLES for note in said.get(declared.name, ())]


def clear() -> None:
    """Remove what an earlier run left, first of all the summary: it vouches for the tables beside it.

    A run that was killed leaves its room for sorting too.
    """
    (paths.TABLES / SUMMARY).unlink(missing_ok=True)
    rooms = paths.TABLES.parent.glob(f"{ROOM}*")
    for folder in (paths.TABLES, paths.REJECTED, paths.ORACLE, *rooms):
        shutil.rmtree(folder, ignore_errors=True)


def read_source(source: SourceSettings, room: Path) -> Reading:
    """Read the source of the kind that params.yaml names. Raises `BadSource`."""
    match source.kind:
        case SourceKind.SIMULATOR:
            return simulated.read(source, section(SimulatorSettings, "simulator"), room)
        case SourceKind.FILES:
            return files.read(source, os.environ, room)
        case SourceKind.ONLINE_RETAIL:
            return online_retail.read(source)
        case SourceKind.CDNOW:
            return cdnow.read(source)
        case SourceKind.TABLE:
            return wide.read(source, os.environ)
        case SourceKind.WAREHOUSE:
            return warehouse.read(source, os.environ, room)


def given_as_of(source: SourceSettings, reading: Reading) -> int | None:
    """The instant up to which the source speaks, where the settings or the source say; else None."""
    if source.extracted_at is not None:
        return parse_instant(source.extracted_at, source.timezone, "source.extracted_at")
    return reading.extracted_at


def refuse_leaks(
    checked: Mapping[str, CheckedTable], source: SourceSettings, limits: IngestSettings
) -> tuple[str, ...]:
    """Raise `Leakage` for columns that know too early; notes on those that the settings accept.

    Of a table too long for the memory one part is looked at for what only many rows together can show.
    """
    early = [finding for each in checked.values() for finding in each.early]
    tables = {name: each.rows for name, each in checked.items()}
    found = find_leaks(tables, source.static_attributes)
    accepted = stop_for_leaks((*early, *found), limits.accept_suspects, "ingest.accept_suspects")
    return (*accepted, *unchecked(tables, source.static_attributes))


def keep_refusals(checked: Mapping[str, CheckedTable], limits: IngestSettings) -> None:
    """Write what was refused, then fail where that is too much. Raises `TooManyRejected`, `BadSource`."""
    counts = {name: each.digest.counts for name, each in checked.items()}
    write_refusals(paths.REJECTED, {name: each.refused for name, each in checked.items()}, counts)
    check_share(counts, limits.max_rejected_share, paths.REJECTED)
    if not counts[ORDERS.name].accepted:
        raise BadSource(
            "no order line can be used",
            given=_count_sentence(ORDERS.name, counts[ORDERS.name]),
            remedy=f"{paths.REJECTED / 'counts.json'} says what became of the rows.",
        )
    require_purchases(checked[ORDERS.name].digest)


def require_purchases(orders: Digest) -> None:
    """Raise `BadSource` where no accepted line is a purchase: nobody would be a customer."""
    if not orders.purchases:
        raise BadSource(
            "no order line is a purchase",
            allowed="amounts above 0 for purchases, below 0 for returns",
            given=f"{orders.counts.accepted:,} lines, none with an amount above 0",
            remedy="If the export writes what was paid as negative amounts, turn their sign.",
        )


def summarise(
    source: SourceSettings, checked: Mapping[str, CheckedTable], notes: Sequence[str], as_of: int | None
) -> tuple[SourceSummary, dict[str, pa.Table]]:
    """The summary, and the tables that were not read but made: customers, where the source has none."""
    found = {name: each.digest for name, each in checked.items()}
    held = {name: each for name, each in found.items() if each.counts.accepted}
    counts = {name: each.counts for name, each in found.items()}
    columns = {name: each.filled_columns for name, each in held.items()}
    said, made = [*notes, *_blanked_notes(found)], {}
    buyers = people(held[ORDERS.name])
    if CUSTOMERS.name not in held:
        derived = customers_from_buyers(buyers)
        made[CUSTOMERS.name] = derived
        # Where there is a table of which no row can be used, it is that table's rows that are counted.
        counts.setdefault(CUSTOMERS.name, RowCounts(read=derived.num_rows, accepted=derived.num_rows))
        columns[CUSTOMERS.name] = filled_columns(derived)
        said.append("customers were derived from orders: known since the first order, sign-up unknown")
    else:
        unknown = strangers(buyers, people(held[CUSTOMERS.name]))
        said += [f"{unknown:,} customers ordered and have no row in customers"] if unknown else []
    summary = SourceSummary(
        kind=source.kind.value,
        currency=source.currency,
        timezone=source.timezone,
        as_of=newest_fact(held) if as_of is None else as_of,
        first_order_at=held[ORDERS.name].first_event,
        rows=counts,
        columns=columns,
        notes=(*said, *absences(columns)),
    )
    return summary, made


def newest_fact(found: Mapping[str, Digest]) -> int:
    """The instant for which the data speak: their newest known fact.

    Raises `BadSource` when it lies far beyond the bulk of the orders: one mistyped year would make everybody
    look as if they had left.
    """
    as_of = max(each.newest for each in found.values() if each.newest is not None)
    bulk = (day_of_share(found[ORDERS.name].days, BULK_SHARE) + 1) * DAY
    if as_of - bulk > FAR_DAYS * DAY:
        raise BadSource(
            "the newest fact lies far beyond nearly all orders, so nobody can say until when the data speak",
            allowed=f"at most {FAR_DAYS} days after {BULK_SHARE:.1%} of the order lines ({iso(bulk)})",
            given=iso(as_of),
            remedy="Correct the date, or set source.extracted_at: later facts are then refused one by one.",
        )
    return as_of


def write_tables(checked: Mapping[str, CheckedTable], made: Mapping[str, pa.Table], room: Path) -> None:
    """Write every table that has accepted rows, and those that were made."""
    for name, each in checked.items():
        if each.digest.counts.accepted:
            write_checked(each, paths.TABLES / f"{name}.parquet", room)
    for name, rows in made.items():
        write_table(rows, paths.TABLES / f"{name}.parquet")


def write_oracle(source: SourceSettings, reading: Reading) -> None:
    """What only a simulator knows, or a marker that this source cannot know it."""
    if reading.oracle is None:
        write_absent(
            paths.ORACLE, "oracle", f"only a simulator knows what would have happened; not {source.kind}"
        )
        return
    for name, rows in reading.oracle.items():
        write_table(rows, paths.ORACLE / f"{name}.parquet")


def report(summary: SourceSummary, warning: str | None) -> None:
    """Say what was found, for a person; `warning` is for this run alone, and no part of the summary."""
    for name, counts in summary.rows.items():
        print(_count_sentence(name, counts))
        for file, of_file in counts.files.items():
            print(f"  {_count_sentence(file, of_file)}")
    since = "" if summary.first_order_at is None else f", since {iso(summary.first_order_at)}"
    print(f"as of {iso(summary.as_of)}{since}, in {summary.currency}")
    for note in (*summary.notes, *([] if warning is None else [warning])):
        print(f"note: {note}")


def _blanked_notes(found: Mapping[str, Digest]) -> list[str]:
    return [
        f"{name}.{fact}: {rows:,} became known after as-of and were left blank"
        for name, each in found.items()
        for fact, rows in each.blanked.items()
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
