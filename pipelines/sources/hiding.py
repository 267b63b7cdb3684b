"""Rows of a file in which nobody can read a key: nothing else of them reaches the disk.

Of a file that holds keys, only the columns that the mapping names go on. Where all columns of a line count,
because identical lines are merged, the others go on as keyed hashes.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.errors import InvalidSetting
from models.domain.identity import Concealment
from models.domain.vocabulary import IdentityKind
from pipelines.sources.concealing import hide_columns, seal
from pipelines.sources.csv_text import LINE
from pipelines.sources.mapped import WITHHELD
from pipelines.sources.mapping import Condition, TableMapping
from pipelines.sources.presets.known import PRESETS
from pipelines.sources.table_plan import TablePlan

CUSTOMER = "customer_id"


def uses_keys(mapping: TableMapping) -> bool:
    """Whether a mapping names customers, or whom a key belongs to, by keys."""
    shipped = {} if mapping.preset is None else PRESETS[mapping.preset].columns
    customer = mapping.columns.get(CUSTOMER, shipped.get(CUSTOMER))
    return bool(mapping.identities) or (customer is not None and customer.identity is not None)


def hidden(
    batches: Iterator[pa.RecordBatch], plan: TablePlan, how: Concealment | None
) -> Iterator[pa.RecordBatch]:
    """The batches of a table with its keys hidden; `how` may be missing where the table has none.

    Raises `InvalidSetting` for a column that the mapping takes for a key and for something else.
    """
    if not plan.keys:
        return batches
    if how is None:
        raise ValueError("a plan with keys needs a way to hide them")
    _require_apart(plan)
    return (_hidden(batch, plan, how) for batch in batches)


def key_of(plan: TablePlan) -> tuple[str, IdentityKind] | None:
    """The heading and kind of the key by which a table names customers; None where it names them by id."""
    customer = plan.columns.get(CUSTOMER)
    if customer is None or customer.column is None or customer.identity is None:
        return None
    return customer.column, customer.identity


def _hidden(batch: pa.RecordBatch, plan: TablePlan, how: Concealment) -> pa.RecordBatch:
    named = {*plan.used, LINE}
    others = [name for name in batch.schema.names if name not in named]
    if plan.numbers_lines:
        batch = seal(batch, others, how)
    else:
        batch = batch.select([name for name in batch.schema.names if name in named])
    return _without_lines(hide_columns(batch, plan.keys, how))


def _without_lines(batch: pa.RecordBatch) -> pa.RecordBatch:
    place = batch.schema.get_field_index(LINE)
    if place < 0:
        return batch
    lines = batch.column(place)
    return batch.set_column(place, LINE, pc.if_else(lines.is_valid(), WITHHELD, lines))


def _require_apart(plan: TablePlan) -> None:
    """A key is hidden, so that nothing else can be read from its column but whether it is empty."""
    others = {name: each.headings for name, each in plan.columns.items() if each.identity is None}
    others |= {"where": tuple(heading for each in plan.where for heading in _looked_at(each))}
    own = key_of(plan)
    kinds = [*plan.identities] + ([own[1]] if own else [])
    headings = [*plan.identities.values()] + ([own[0]] if own else [])
    for name, read in others.items():
        _refuse(plan, name, sorted(plan.keys.keys() & set(read)))
    _refuse(plan, "identities", sorted({each for each in headings if headings.count(each) > 1}))
    _refuse(plan, "identities", sorted({each for each in kinds if kinds.count(each) > 1}))


def _looked_at(condition: Condition) -> tuple[str, ...]:
    """Headings of which a condition asks more than whether there is anything."""
    if condition.any_of:
        return tuple(heading for each in condition.any_of for heading in _looked_at(each))
    return () if condition.is_null or condition.not_null else condition.headings


def _refuse(plan: TablePlan, where: str, twice: list[str]) -> None:
    if twice:
        raise InvalidSetting(
            f"`source.tables.{plan.declared.name}.{where}` reads what is a key and is hidden",
            allowed="a key once: as the customer's `identity`, or in `identities`",
            given=", ".join(twice),
            remedy=f"Correct source.tables.{plan.declared.name} in params.yaml.",
        )
