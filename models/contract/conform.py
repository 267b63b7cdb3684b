"""Bring a table as a source holds it into the contract's types, and say which rows could not be.

A column that already has its type is taken as it is; any other is read as text, so that CSV and Parquet
follow one set of rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Column, Kind, Table
from models.contract.fates import Fates, refuse
from models.contract.parse_instants import INSTANT, parse_instants, plausible_instants
from models.contract.parse_numbers import parse_amounts, parse_booleans, parse_integers, parse_numbers
from models.contract.parsed import Parsed, understood
from models.domain.instants import DAY
from models.domain.vocabulary import AmountUnit, Reject

# The one day that a business means from its beginning: nobody is born at midnight's end.
STARTS_DAY = frozenset({"birth_date"})

_FAILURE = {
    Kind.INSTANT: Reject.NOT_A_TIME,
    Kind.MONEY: Reject.NOT_A_NUMBER,
    Kind.INTEGER: Reject.NOT_A_NUMBER,
    Kind.NUMBER: Reject.NOT_A_NUMBER,
    Kind.BOOLEAN: Reject.OUT_OF_RANGE,
}


@dataclass(frozen=True)
class Conventions:
    """What a source's texts do not say themselves: the zone of naive times, the unit of amounts."""

    timezone: str
    amount_unit: AmountUnit
    currency: str


def conform(
    as_read: pa.Table, declared: Table, conventions: Conventions, fates: Fates
) -> tuple[pa.Table, Fates]:
    """The declared columns that `as_read` has, in declared order and type, and the fates after that.

    A value that cannot be understood is null in the result and its row refused. Raises `BadSource` for a
    column in another calendar.
    """
    present = [column for column in declared.columns if column.name in as_read.column_names]
    parsed = {column.name: _column(as_read, column, declared, conventions) for column in present}
    for column in present:
        if column.kind in _FAILURE:
            fates = refuse(fates, parsed[column.name].failed, _FAILURE[column.kind])
    values = [parsed[column.name].values for column in present]
    table = pa.table(values, schema=declared.schema(tuple(column.name for column in present)))
    return _known_within_the_day(table, declared, parsed), fates


def _column(as_read: pa.Table, column: Column, declared: Table, conventions: Conventions) -> Parsed:
    values = _flat(as_read.column(column.name))
    where = f"{declared.name}.{column.name}"
    if column.kind is Kind.INSTANT:
        return _instants(values, column.name, where, conventions.timezone)
    if column.kind is Kind.MONEY:
        return parse_amounts(values.cast(pa.string()), conventions.amount_unit, conventions.currency)
    if values.type == column.kind.arrow:
        return understood(values)
    text = values.cast(pa.string())
    if column.kind is Kind.INTEGER:
        return parse_integers(text)
    if column.kind is Kind.NUMBER:
        return parse_numbers(text)
    if column.kind is Kind.BOOLEAN:
        return parse_booleans(text)
    return understood(text)


def _instants(values: pa.Array, name: str, where: str, zone: str) -> Parsed:
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        return plausible_instants(values.cast(INSTANT, safe=False), where)  # finer than µs is cut off
    return parse_instants(values.cast(pa.string()), zone, where, starts_day=name in STARTS_DAY)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    """One array, without dictionary encoding."""
    whole = column.combine_chunks()
    return whole.cast(whole.type.value_type) if pa.types.is_dictionary(whole.type) else whole


def _known_within_the_day(table: pa.Table, declared: Table, parsed: Mapping[str, Parsed]) -> pa.Table:
    """A fact dated by its day alone stands at that day's end; what was noted during the day waits for it."""
    for fact, known in declared.known_at:
        if fact == known or fact not in parsed or known not in parsed:
            continue
        ahead = pc.subtract(table[fact].cast(pa.int64()), table[known].cast(pa.int64()))
        same_day = pc.and_(pc.greater(ahead, 0), pc.less_equal(ahead, DAY))
        waits = pc.and_(pa.array(parsed[fact].whole_day), same_day.combine_chunks()).fill_null(False)
        if pc.any(waits).as_py():
            later = pc.if_else(waits, table[fact], table[known])
            table = table.set_column(table.column_names.index(known), known, later)
    return table
