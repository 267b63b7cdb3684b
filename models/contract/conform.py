"""Bring a table as a source holds it into the contract's types, and say which rows could not be.

A column that already has its type is taken as it is; any other is read as text, so that CSV and Parquet
follow one set of rules. Ids and categories are normalised, whatever they came as.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Column, Kind, Table
from models.contract.conventions import Conventions
from models.contract.currency import refuse_other_currencies
from models.contract.fates import ACCEPTED, Fates, refuse
from models.contract.parse_instants import parse_instants, plausible_instants
from models.contract.parse_numbers import parse_amounts, parse_booleans, parse_integers, parse_numbers
from models.contract.parse_text import normalise_array
from models.contract.parsed import Parsed, understood
from models.contract.validation import MAY_LIE_AHEAD
from models.domain.errors import BadSource
from models.domain.instants import DAY
from models.domain.vocabulary import Calendar, DateOrder, Reject

# Days that a business means from their beginning: nobody is born, and no month begins, at the end of one.
STARTS_DAY = frozenset({"birth_date", "period_start"})

_FAILURE = {
    Kind.INSTANT: Reject.NOT_A_TIME,
    Kind.MONEY: Reject.NOT_A_NUMBER,
    Kind.INTEGER: Reject.NOT_A_NUMBER,
    Kind.NUMBER: Reject.NOT_A_NUMBER,
    Kind.BOOLEAN: Reject.OUT_OF_RANGE,
}

_MOVED = "local times did not exist (clock change) and were moved to the first instant after the gap"
_DOUBLED = "local times occurred twice (clock change) and were read as the first of the two"
_MIDNIGHT = "times are all 00:00 and were read as dates, each at the end of its day"
_ROUNDED = "amounts have decimals beyond the minor unit and were rounded, halves to even"


@dataclass(frozen=True)
class Conformed:
    """A table in contract types, the fates of its rows, and what was found on the way.

    findings: how many rows, by column and what was found there. Those of the parts of one table may be added
    up before `sentences` puts them into words.
    """

    table: pa.Table
    fates: Fates
    findings: Mapping[tuple[str, str], int]

    @property
    def notes(self) -> tuple[str, ...]:
        """The findings in words."""
        return sentences(self.findings)


def sentences(findings: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """Findings in words, in one order: 'orders.ordered_at: 3 local times did not exist …'."""
    return tuple(f"{where}: {rows:,} {found}" for (where, found), rows in sorted(findings.items()))


def conform(as_read: pa.Table, declared: Table, conventions: Conventions, fates: Fates) -> Conformed:
    """The declared columns that `as_read` has, in declared order and type, and the fates after that.

    A value that cannot be understood is null in the result and its row refused, as is a row that names
    another currency. Raises `BadSource` for a column in another calendar or of another unit than declared;
    rows that are settled already have no say in that, and their times and amounts are left null.
    """
    fates = refuse_other_currencies(as_read, declared, conventions.currency, conventions.amount_unit, fates)
    present = [column for column in declared.columns if column.name in as_read.column_names]
    undecided = pa.array(fates == ACCEPTED)
    parsed = {column.name: _column(as_read, column, declared, conventions, undecided) for column in present}
    for column in present:
        if column.kind in _FAILURE:
            fates = refuse(fates, parsed[column.name].failed, _FAILURE[column.kind])
    values = [parsed[column.name].values for column in present]
    table = pa.table(values, schema=declared.schema(tuple(column.name for column in present)))
    table = _known_within_the_day(table, declared, parsed)
    return Conformed(table, fates, findings(declared, parsed, fates))


def _column(
    as_read: pa.Table, column: Column, declared: Table, conventions: Conventions, undecided: pa.Array
) -> Parsed:
    values = _flat(as_read.column(column.name))
    where = f"{declared.name}.{column.name}"
    said = conventions.of(column.name)
    if column.kind in (Kind.INSTANT, Kind.MONEY) and not pc.all(undecided).as_py():
        values = pc.if_else(undecided, values, pa.scalar(None, values.type))
    if column.kind is Kind.INSTANT:
        return _instants(values, declared, column.name, said)
    if column.kind in (Kind.ID, Kind.CATEGORY):
        return understood(normalise_array(_text(_without_nan(values), where)))
    if values.type == column.kind.arrow and column.kind is not Kind.MONEY:
        return understood(values)
    # What is typed as a number is written here with a point, whatever the source's texts do.
    mark = said.decimal_mark if _is_text(values.type) else "."
    text = _text(values, where)
    if column.kind is Kind.MONEY:
        return parse_amounts(text, said.amount_unit, said.currency, decimal_mark=mark, where=where)
    if column.kind is Kind.INTEGER:
        return parse_integers(text, decimal_mark=mark)
    return parse_numbers(text, decimal_mark=mark) if column.kind is Kind.NUMBER else parse_booleans(text)


def _instants(values: pa.Array, declared: Table, name: str, said: Conventions) -> Parsed:
    where = f"{declared.name}.{name}"
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        return plausible_instants(values, where)
    typed = not _is_text(values.type)  # a typed day is Gregorian, whatever the source's texts are
    return parse_instants(
        _text(values, where),
        said.timezone,
        where,
        starts_day=name in STARTS_DAY,
        calendar=Calendar.GREGORIAN if typed else said.calendar,
        order=DateOrder.YEAR_FIRST if typed else said.date_order,
        may_lie_ahead=(declared.name, name) in MAY_LIE_AHEAD,
    )


def _flat(column: pa.ChunkedArray) -> pa.Array:
    """One array, without dictionary encoding."""
    whole = column.combine_chunks()
    return whole.cast(whole.type.value_type) if pa.types.is_dictionary(whole.type) else whole


def _without_nan(values: pa.Array) -> pa.Array:
    """A float that is no number identifies nobody."""
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _text(values: pa.Array, where: str) -> pa.Array:
    """Any plain value as text. Raises `BadSource` for lists, records and bytes that are no text."""
    try:
        return values.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadSource(
            f"`{where}` cannot be read as text: {str(error).splitlines()[0]}",
            allowed="text, numbers, times or true and false",
            given=str(values.type),
            remedy="Write the column as text.",
        ) from error


def findings(declared: Table, parsed: Mapping[str, Parsed], fates: Fates) -> dict[tuple[str, str], int]:
    """How many accepted rows hold what was not read quite as it stands, by column and what that was."""
    marks = [
        (f"{declared.name}.{name}", found, int(np.count_nonzero(marked & (fates == ACCEPTED))))
        for name, column in parsed.items()
        for found, marked in (
            (_MOVED, column.moved),
            (_DOUBLED, column.doubled),
            (_MIDNIGHT, column.midnight),
            (_ROUNDED, column.rounded),
        )
    ]
    return {(where, found): rows for where, found, rows in marks if rows}


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
