"""Tables too long for the memory: spread over files by their key, then mapped part by part."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from models.contract.conform import sentences
from models.contract.parse_text import normalise_array
from pipelines.sources.directory import customers_of, key_notes
from pipelines.sources.hiding import CUSTOMER
from pipelines.sources.identity import Directory, Unmatched
from pipelines.sources.mapped import map_rows
from pipelines.sources.parts import PART_ROWS, ROW, KeyOf, read_part, whole_or_spread
from pipelines.sources.source import LongTable, ReadTable
from pipelines.sources.table_plan import TablePlan
from pipelines.sources.values import as_text, values_of


def whole_or_long(
    plan: TablePlan,
    batches: Iterator[pa.RecordBatch],
    directory: Directory | None,
    room: Path,
    most: int = PART_ROWS,
) -> pa.Table | LongTable:
    """The rows of a table's file: in memory where they are at most `most`, else spread over `room`."""
    found = whole_or_spread(batches, _key_of(plan, directory), room / plan.declared.name, most)
    return found if isinstance(found, pa.Table) else _long(plan, found, directory)


def _long(plan: TablePlan, parts: tuple[Path, ...], directory: Directory | None) -> LongTable:
    findings: Counter[tuple[str, str]] = Counter()
    unmatched: list[Unmatched] = []

    def read(part: Path) -> tuple[ReadTable, pa.ChunkedArray]:
        numbered = read_part(part)
        as_read = numbered.drop_columns(ROW)
        mapped = map_rows(as_read, plan, customers_of(as_read, plan, directory))
        findings.update(mapped.findings)
        unmatched.append(mapped.unmatched)
        return mapped.read, numbered[ROW]

    def notes() -> Sequence[str]:
        nobody = sum(unmatched, Unmatched())
        return [*sentences(findings), *key_notes(plan, nobody, directory)]

    return LongTable(parts, read, notes)


def _key_of(plan: TablePlan, directory: Directory | None) -> KeyOf:
    """What rows of one key share: the customer where the key names one, else the key's first column."""
    name = CUSTOMER if CUSTOMER in plan.declared.key else plan.declared.key[0]
    source = plan.columns[name]

    def key_of(batch: pa.RecordBatch) -> pa.Array:
        as_read = pa.Table.from_batches([batch])
        found = customers_of(as_read, plan, directory) if name == CUSTOMER else None
        if found is not None:
            return found.customers
        return normalise_array(as_text(values_of(as_read, source)[0]))

    return key_of
