"""Which columns and conditions are read: those of a mapping, of its preset, or the contract's own names."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.contract.columns import Table
from models.contract.currency import CURRENCY
from pipelines.sources.headings import find
from pipelines.sources.mapping import ColumnSource, Condition, TableMapping
from pipelines.sources.presets.known import PRESETS


def wanted(
    declared: Table, mapping: TableMapping, headings: Sequence[str]
) -> tuple[dict[str, ColumnSource], tuple[Condition, ...]]:
    """Columns and conditions as the mapping, its preset or the contract's own names say."""
    own = {name: source for name, source in mapping.columns.items() if source is not None}
    if mapping.preset is None:
        return own or _by_name(declared, headings), mapping.where or ()
    export = PRESETS[mapping.preset]
    shipped = {
        name: source
        for name, source in export.columns.items()
        if name not in mapping.columns
        and (name in declared.required_names or _there(source.headings, headings))
    }
    possible = tuple(kept for each in export.where if (kept := _possible(each, headings)))
    return shipped | own, possible if mapping.where is None else mapping.where


def impossible(mapping: TableMapping, headings: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions of a mapping's preset that the file has no columns for."""
    if mapping.preset is None or mapping.where is not None:
        return ()
    return tuple(each for each in PRESETS[mapping.preset].where if _possible(each, headings) is None)


def _by_name(declared: Table, headings: Sequence[str]) -> dict[str, ColumnSource]:
    found = {column: find(column, headings) for column in (*declared.names, CURRENCY)}
    return {column: ColumnSource(heading) for column, heading in found.items() if heading is not None}


def _there(wanted: Iterable[str], headings: Sequence[str]) -> bool:
    return all(find(heading, headings) is not None for heading in wanted)


def _possible(condition: Condition, headings: Sequence[str]) -> Condition | None:
    """As much of a preset's condition as the file has columns for."""
    if not condition.any_of:
        return condition if _there(condition.headings, headings) else None
    kept = tuple(each for each in condition.any_of if _possible(each, headings))
    return replace(condition, any_of=kept) if kept else None
