"""What a source does not hold, in sentences: what is missing switches something off, and a run says so."""

from collections.abc import Mapping

import pyarrow as pa

from models.contract.columns import Table
from models.contract.tables import TABLES

WITHOUT = {
    "complaints": "no complaints: complaint and response-time features are off",
    "contacts": "no contacts: contact features are off",
    "offers": "no offers: the effect of actions is assumed, not learned",
    "contracts": "no contracts: leaving is inferred from silence alone",
    "surveys": "no surveys: survey features are off",
    "activity": "no activity: activity features are off",
}


def filled_columns(table: pa.Table) -> tuple[str, ...]:
    """The columns of a table that hold at least one value."""
    return tuple(name for name in table.column_names if table[name].null_count < table.num_rows)


def absences(columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A sentence for each table that is missing, and for each table with columns that are."""
    notes = []
    for declared in TABLES:
        if declared.name not in columns:
            notes += [WITHOUT[declared.name]] if declared.name in WITHOUT else []
            continue
        missing = _missing(declared, columns[declared.name])
        if missing:
            notes.append(f"{declared.name}: no {', '.join(missing)}")
    return notes


def _missing(declared: Table, filled: tuple[str, ...]) -> list[str]:
    """Columns without values; a missing known-at is no loss, since it means: at once."""
    defaulted = {known for _, known in (*declared.known_at, *declared.known_apart)}
    return [name for name in declared.names if name not in filled and name not in defaulted]
