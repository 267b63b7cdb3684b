"""Conditions laid out for the kernel: bits that never change, and intervals of instants."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.domain.instants import DAY, HOUR
from models.features.conditions import (
    Above,
    Announced,
    Below,
    Broken,
    Equals,
    IntervalCondition,
    Kept,
    Known,
    Late,
    NotNull,
    Settled,
    StaticCondition,
    Within,
)
from models.features.kernel import NEVER
from models.features.operators import NULL

Instants = NDArray[np.int64]


def integers(table: pa.Table, column: str, null: int = NULL) -> NDArray[np.int64]:
    """A whole-number or instant column [rows] as int64 (microseconds), `null` where it is empty."""
    values = pc.fill_null(pc.cast(table.column(column), pa.int64()), null)
    return np.asarray(values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values)


def visible_from(name: str, table: pa.Table, fact: str) -> Instants:
    """When each row's fact had both happened and become known [rows]; NEVER where there is no fact."""
    happened = integers(table, fact, NEVER)
    known_column = dict(contract_table(name).known_at).get(fact)
    if known_column is None or known_column not in table.column_names:
        return happened
    return np.maximum(happened, integers(table, known_column, NULL))


def announced_from(name: str, table: pa.Table, fact: str) -> Instants:
    """When each row's fact became known, even before it happened [rows]; NEVER where there is no fact."""
    happened = integers(table, fact, NEVER)
    known_column = dict(contract_table(name).known_at).get(fact)
    if known_column is None or known_column not in table.column_names:
        return happened
    known = integers(table, known_column, NEVER)
    return np.where((happened == NEVER) | (known == NEVER), happened, known)


def static_bits(table: pa.Table, conditions: Sequence[StaticCondition]) -> NDArray[np.int64]:
    """One bit per condition, the first condition in bit 0 [rows]."""
    bits = np.zeros(table.num_rows, np.int64)
    for number, condition in enumerate(conditions):
        bits |= _holds(table, condition).astype(np.int64) << number
    return bits


def _holds(table: pa.Table, condition: StaticCondition) -> NDArray[np.bool_]:
    column = table.column(condition.column)
    match condition:
        case NotNull():
            held = pc.is_valid(column)
        case Above(_, limit):
            held = pc.greater(column, limit)
        case Below(_, limit):
            held = pc.less(column, limit)
        case Equals(_, word):
            held = pc.equal(column, word)
    return np.asarray(pc.fill_null(held, False))


def interval(
    name: str, table: pa.Table, opened: Instants, condition: IntervalCondition
) -> tuple[Instants, Instants]:
    """(since, until) [rows]: the condition holds at a snapshot s where since <= s < until."""
    match condition:
        case Known(fact):
            return visible_from(name, table, fact), np.full(len(opened), NEVER)
        case Announced(fact):
            return announced_from(name, table, fact), np.full(len(opened), NEVER)
        case Settled(resolved, reopened):
            return visible_from(name, table, resolved), _reopened_from(name, table, resolved, reopened)
        case Late(fact, days):
            in_time = integers(table, fact, NEVER) <= opened + days * DAY
            return opened + days * DAY + 1, np.where(in_time, visible_from(name, table, fact), NEVER)
        case Within(fact, hours):
            in_time = integers(table, fact, NEVER) <= opened + hours * HOUR
            return np.where(in_time, visible_from(name, table, fact), NEVER), np.full(len(opened), NEVER)
        case Kept(fact, promise) | Broken(fact, promise):
            return _promised(name, table, condition, fact, promise)


def _promised(
    name: str, table: pa.Table, condition: Kept | Broken, fact: str, promise: str
) -> tuple[Instants, Instants]:
    due, made = integers(table, promise, NEVER), announced_from(name, table, promise)
    in_time = np.where(integers(table, fact, NEVER) <= due, visible_from(name, table, fact), NEVER)
    if isinstance(condition, Kept):
        return np.maximum(in_time, made), np.full(table.num_rows, NEVER)
    return np.maximum(np.minimum(due, NEVER - 1) + 1, made), in_time


def _reopened_from(name: str, table: pa.Table, resolved: str, reopened: str) -> Instants:
    """From when a reopening at or after the resolution is known; NEVER where there is none."""
    if reopened not in table.column_names:
        return np.full(table.num_rows, NEVER)
    after = integers(table, reopened, NEVER) >= integers(table, resolved, NEVER)
    return np.where(after, visible_from(name, table, reopened), NEVER)
