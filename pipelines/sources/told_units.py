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
from pipelines.sources.mapping import TableMapping


def unit_told(
    batches: Iterator[pa.RecordBatch], declared: Table
) -> tuple[AmountUnit | None, Iterator[pa.RecordBatch]]:
    """The unit that the first rows of a table with amounts name, None where they name none; and all batches.

    A column of that name with words that are no units is somebody's own.
    """
    seen = [next(batches)]
    if UNIT not in seen[0].schema.names or all(one.kind is not Kind.MONEY for one in declared.columns):
        return None, chain(seen, batches)
    while not seen[-1].num_rows and (batch := next(batches, None)) is not None:
        seen.append(batch)
    words = seen[-1][UNIT].cast(pa.string()).drop_null()
    word = normalise(words[0].as_py()).lower() if len(words) else ""
    return (AmountUnit(word) if word in set(AmountUnit) else None), chain(seen, batches)


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
