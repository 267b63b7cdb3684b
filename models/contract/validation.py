"""The rules that a row must pass to enter the contract, one small function a rule.

Order of rules: out of scope (nobody to attribute the row to), missing key, missing value, out of range,
known before it happened; then exact duplicates are merged; then what became known after as-of and rows that
share a key but disagree are refused. The first rule that applies settles a row's fate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Column, Kind, Table
from models.contract.duplicates import repeats, sharing_a_key
from models.contract.fates import ACCEPTED, MERGED, OUT_OF_SCOPE, Fates, Mask, refuse, settle
from models.contract.parse_numbers import LARGEST_MINOR
from models.domain.vocabulary import Reject

CUSTOMER = "customer_id"

# Facts that a business may know before they happen: a promise names a moment to come, notice precedes an end.
MAY_LIE_AHEAD = frozenset({("complaints", "promised_at"), ("contracts", "ended_at")})
# The moment a promise names is not the moment it was given: without its known-at nobody knows the latter.
PROMISES = frozenset({("complaints", "promised_at")})


@dataclass(frozen=True)
class Checked:
    """A table after validation.

    rows: the accepted rows in contract types, sorted by customer, event time, key. fates: of all rows read.
    blanked: facts of accepted rows that became known after as-of, and so are not known yet.
    """

    rows: pa.Table
    fates: Fates
    blanked: Mapping[str, int] = field(default_factory=dict)


def validate(table: pa.Table, declared: Table, fates: Fates, as_of: int | None) -> Checked:
    """Check all rows of a table in contract types; `fates` are what the reader settled already.

    `as_of` (microseconds) is None where the data themselves say how far they reach.
    """
    fates = without_customer(table, declared, fates)
    fates = missing_required(table, declared, fates)
    fates = out_of_range(table, declared, fates)
    fates = known_too_early(table, declared, fates)
    fates = merge_repeats(table, declared, fates)
    if as_of is not None:
        fates = after_as_of(table, declared, fates, as_of)
    fates = conflicting(table, declared, fates)
    accepted = with_known_at(table.filter(pa.array(fates == ACCEPTED)), declared)
    rows, blanked = (accepted, {}) if as_of is None else blank_later_facts(accepted, declared, as_of)
    return Checked(in_order(rows, declared), fates, blanked)


def without_customer(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """A row that names nobody is out of scope, except where the customer is the row itself."""
    if declared.name == "customers" or CUSTOMER not in table.column_names:
        return fates
    return settle(fates, _mask(table[CUSTOMER].is_null()), OUT_OF_SCOPE)


def missing_required(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """A row needs its key and its required values."""
    for column in _present(table, declared):
        if column.required and table[column.name].null_count:
            reason = Reject.MISSING_KEY if column.name in declared.key else Reject.MISSING_VALUE
            fates = refuse(fates, _mask(table[column.name].is_null()), reason)
    return fates


def out_of_range(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """Numbers stay within what the contract declares and sums can hold; coded words are known ones."""
    for column in _present(table, declared):
        values = table[column.name]
        if column.values:
            known = pc.is_in(values, value_set=pa.array(column.values))
            fates = refuse(fates, _mask(pc.and_(values.is_valid(), pc.invert(known))), Reject.OUT_OF_RANGE)
        if column.kind is Kind.NUMBER:
            fates = refuse(fates, _mask(pc.invert(pc.is_finite(values))), Reject.NOT_A_NUMBER)
        low, high = _bounds(column)
        if low is not None:
            fates = refuse(fates, _mask(pc.less(values, low)), Reject.OUT_OF_RANGE)
        if high is not None:
            fates = refuse(fates, _mask(pc.greater(values, high)), Reject.OUT_OF_RANGE)
    return fates


def known_too_early(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """Nothing is known before it happens, but for promises and notice."""
    for fact, known in declared.known_at:
        if fact == known or (declared.name, fact) in MAY_LIE_AHEAD or not _has(table, fact, known):
            continue
        fates = refuse(fates, _mask(pc.less(table[known], table[fact])), Reject.KNOWN_BEFORE_IT_HAPPENED)
    return fates


def merge_repeats(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """Rows identical in all columns are one row; the first stays."""
    columns = [name for name in declared.key if name in table.column_names]
    columns += [name for name in table.column_names if name not in columns]
    return settle(fates, repeats(table, columns, fates == ACCEPTED), MERGED)


def after_as_of(table: pa.Table, declared: Table, fates: Fates, as_of: int) -> Fates:
    """A row whose event became known after as-of does not exist yet."""
    known = known_instants(table, declared, declared.event)
    return refuse(fates, _mask(pc.greater(known, pa.scalar(as_of, known.type))), Reject.AFTER_AS_OF)


def conflicting(table: pa.Table, declared: Table, fates: Fates) -> Fates:
    """Rows of one key that disagree are all refused: nothing says which of them is true."""
    shared = sharing_a_key(table, declared.key, fates == ACCEPTED)
    return refuse(fates, shared, Reject.CONFLICTING_DUPLICATE)


def blank_later_facts(table: pa.Table, declared: Table, as_of: int) -> tuple[pa.Table, dict[str, int]]:
    """Facts of a row that became known after as-of are null: not known yet. Counts them by name."""
    blanked: dict[str, int] = {}
    for fact, known in declared.known_at:
        if fact == declared.event or fact not in table.column_names:
            continue
        moments = known_instants(table, declared, fact)
        later = pc.greater(moments, pa.scalar(as_of, moments.type)).fill_null(False)
        count = pc.sum(later).as_py() or 0
        if count:
            blanked[fact] = count
            for name in (fact, known):
                table = _blank(table, name, later)
    for value, known in declared.known_apart:
        if _has(table, value, known):
            later = pc.greater(table[known], pa.scalar(as_of, table[known].type)).fill_null(False)
            later = pc.and_(later, table[value].is_valid())
            count = pc.sum(later).as_py() or 0
            blanked |= {value: count} if count else {}
            for name in (value, known):
                table = _blank(table, name, later)
    return table, blanked


def newest_known(table: pa.Table, declared: Table) -> int | None:
    """The instant at which the newest fact of the table became known; None when it holds none.

    What may lie ahead (a promise, the end of a contract) speaks only by its own known-at: a date to come
    must never become the instant that the data speak for.
    """
    newest = [
        pc.max(_told_instants(table, declared, fact)).cast(pa.int64()).as_py()
        for fact, _ in declared.known_at
        if fact in table.column_names
    ]
    newest += [
        pc.max(table[known]).cast(pa.int64()).as_py()
        for _, known in declared.known_apart
        if known in table.column_names
    ]
    return max((instant for instant in newest if instant is not None), default=None)


def known_instants(table: pa.Table, declared: Table, fact: str) -> pa.ChunkedArray:
    """When a dated fact became known: its known-at, else the moment it happened (null for a promise)."""
    known = dict(declared.known_at)[fact]
    if (declared.name, fact) in PROMISES:
        return _told_instants(table, declared, fact)
    return pc.coalesce(table[known], table[fact]) if known in table.column_names else table[fact]


def _told_instants(table: pa.Table, declared: Table, fact: str) -> pa.ChunkedArray:
    """Known instants, but null where a fact that may lie ahead has no known-at of its own."""
    if (declared.name, fact) not in MAY_LIE_AHEAD:
        return known_instants(table, declared, fact)
    known = dict(declared.known_at)[fact]
    nobody_knows = pa.chunked_array([pa.nulls(table.num_rows, table.schema.field(fact).type)])
    return table[known] if known in table.column_names else nobody_knows


def in_order(table: pa.Table, declared: Table) -> pa.Table:
    """Rows by customer, event time and key: the same rows always make the same file."""
    order = pc.sort_indices(table, [(name, "ascending") for name in order_of(declared)])
    return table.take(order).combine_chunks()


def order_of(declared: Table) -> tuple[str, ...]:
    """The columns by which a table's rows stand in its file."""
    keys = [CUSTOMER, declared.event, *(name for name in declared.key if name != CUSTOMER)]
    return tuple(dict.fromkeys(keys))


def with_known_at(table: pa.Table, declared: Table) -> pa.Table:
    """Where a known-at column exists, its gaps hold the moment the fact happened."""
    for fact, known in declared.known_at:
        if fact != known and _has(table, fact, known) and table[known].null_count:
            table = _replace(table, known, known_instants(table, declared, fact))
    return table


def _bounds(column: Column) -> tuple[float | None, float | None]:
    if column.kind is not Kind.MONEY:
        return column.low, column.high
    return column.low if column.low is not None else -LARGEST_MINOR, column.high or LARGEST_MINOR


def _present(table: pa.Table, declared: Table) -> list[Column]:
    return [column for column in declared.columns if column.name in table.column_names]


def _has(table: pa.Table, *names: str) -> bool:
    return all(name in table.column_names for name in names)


def _blank(table: pa.Table, name: str, rows: pa.ChunkedArray) -> pa.Table:
    if name not in table.column_names:
        return table
    return _replace(table, name, pc.if_else(rows, pa.scalar(None, table[name].type), table[name]))


def _replace(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), values)


def _mask(condition: pa.ChunkedArray) -> Mask:
    """A condition as a mask; null (nothing to compare) is no objection."""
    mask: Mask = np.asarray(condition.fill_null(False).to_numpy(), dtype=np.bool_)
    return mask
