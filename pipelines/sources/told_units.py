"""Files that say themselves in which unit their amounts are, in a column `amount_unit`.

A plan's assignments do, so that they can be handed back beside files in any unit (docs/budgets.md).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyarrow as pa

from models.contract.columns import Kind, Table
from models.contract.currency import UNIT
from models.domain.errors import BadSource, one_of
from models.domain.money import RIALS
from models.domain.text import normalise
from models.domain.vocabulary import AmountUnit
from pipelines.sources.headings import find
from pipelines.sources.mapping import TableMapping


def unit_told(
    batches: Iterator[pa.RecordBatch], declared: Table, path: Path
) -> tuple[AmountUnit | None, Iterator[pa.RecordBatch]]:
    """The unit that the first rows of a table with amounts name, None where they name none; and all batches.

    A column of that name with words that are no units is somebody's own. The batches raise `BadSource` where
    a row names a unit after first rows that name none: these were in nobody knows which.
    """
    seen = [next(batches)]
    heading = find(UNIT, seen[0].schema.names)
    if heading is None or all(one.kind is not Kind.MONEY for one in declared.columns):
        return None, chain(seen, batches)
    while not seen[-1].num_rows and (batch := next(batches, None)) is not None:
        seen.append(batch)
    words = _words(seen[-1], heading)
    if words and words[0] in set(AmountUnit):
        return AmountUnit(words[0]), chain(seen, batches)
    return None, _without_units(chain(seen, batches), heading, path)


def _words(batch: pa.RecordBatch, heading: str) -> list[str]:
    """Each word of the column, in order of first occurrence."""
    words = batch[heading].cast(pa.string()).drop_null().unique()
    return [normalise(word).lower() for word in words.to_pylist()]


def _without_units(batches: Iterator[pa.RecordBatch], heading: str, path: Path) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        late = [word for word in _words(batch, heading) if word in set(AmountUnit)]
        if late:
            raise BadSource(
                f"{path} names a unit of its amounts in its column {heading}, but not from its first row on",
                allowed="the unit in the first row that names anything, or no unit in any row",
                given=late[0],
                remedy=f"Fill {heading} in from the first row on, or leave the column out of the file.",
            )
        yield batch


def in_told_unit(
    mapping: TableMapping, told: AmountUnit | None, name: str, path: Path, currency: str
) -> TableMapping:
    """The mapping of table `name` in the unit that its file tells, each row of which is then held to it.

    Raises `BadSource` where the mapping says another, or the currency has no such unit.
    """
    if told is None:
        return mapping
    units = RIALS if currency == "IRR" else ()
    allowed = tuple(unit for unit in AmountUnit if unit not in RIALS or unit in units)
    if told not in allowed or mapping.amount_unit not in (None, told):
        raise BadSource(
            f"{path} says in its column {UNIT} that its amounts are in {told}",
            allowed=one_of(allowed) if told not in allowed else f"source.tables.{name}.amount_unit: {told}",
            given=mapping.amount_unit or currency,
            remedy=f"Leave amount_unit out of source.tables.{name}, or the column out of the file.",
        )
    return replace(mapping, amount_unit=told)
