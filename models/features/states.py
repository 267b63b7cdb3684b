"""When conditions hold: bits that never change, and intervals of instants; of one row or of a whole table."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

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
    Told,
    Within,
)
from models.features.said import Said
from models.features.scratch import NEVER, NULL

Instants: TypeAlias = Any
"""Microseconds: a whole number for one row, int64 [rows] for many."""


def visible_from(table: str, said: Said, fact: str) -> Instants:
    """When the fact had both happened and become known; NEVER where there is no fact."""
    happened = said.whole(fact, NEVER)
    return said.later(happened, said.whole(_known_column(table, fact), NULL))


def announced_from(table: str, said: Said, fact: str) -> Instants:
    """When the fact became known, even before it happened; NEVER where there is no fact."""
    happened = said.whole(fact, NEVER)
    known = said.whole(_known_column(table, fact), NEVER)
    return said.choose((happened == NEVER) | (known == NEVER), happened, known)


def static_bits(said: Said, conditions: Sequence[StaticCondition]) -> Any:
    """One bit per condition that holds, the first condition in bit 0."""
    bits = said.all_rows(0)
    for number, condition in enumerate(conditions):
        bits = bits | _holds(said, condition) * (1 << number)
    return bits


def _holds(said: Said, condition: StaticCondition) -> Any:
    match condition:
        case Above(column, limit):
            return said.whole(column, NULL) > limit
        case Below(column, limit):
            return said.whole(column, NEVER) < limit
        case Equals(column, word):
            return said.equal(column, word)
        case NotNull(column):
            return said.filled(column)


def interval(table: str, said: Said, condition: IntervalCondition) -> tuple[Instants, Instants]:
    """(since, until): the condition holds at a snapshot s where since <= s < until."""
    never = said.all_rows(NEVER)
    match condition:
        case Known(fact):
            return visible_from(table, said, fact), never
        case Announced(fact):
            return announced_from(table, said, fact), never
        case Settled(resolved, reopened):
            again = said.whole(reopened, NEVER) >= said.whole(resolved, NEVER)
            return visible_from(table, said, resolved), _where(said, again, table, reopened)
        case Late(fact, days):
            due = said.whole(contract_table(table).event, NEVER) + days * DAY
            return due + 1, _in_time(table, said, fact, due)
        case Within(fact, hours):
            due = said.whole(contract_table(table).event, NEVER) + hours * HOUR
            return _in_time(table, said, fact, due), never
        case Kept(fact, promise):
            due, made = said.whole(promise, NEVER), announced_from(table, said, promise)
            return said.later(_in_time(table, said, fact, due), made), never
        case Broken(fact, promise):
            due, made = said.whole(promise, NEVER - 1), announced_from(table, said, promise)
            return said.later(due + 1, made), _in_time(table, said, fact, due)
        case Told(value):
            return said.whole(dict(contract_table(table).known_apart)[value], NULL), never


def _in_time(table: str, said: Said, fact: str, due: Instants) -> Instants:
    """From when it is known that the fact came by the instant it was due; NEVER where it did not."""
    return _where(said, said.whole(fact, NEVER) <= due, table, fact)


def _where(said: Said, holds: Any, table: str, fact: str) -> Instants:
    return said.choose(holds, visible_from(table, said, fact), NEVER)


@cache
def _known_column(table: str, fact: str) -> str:
    """The column that says when a fact became known: the fact itself where it is known as it happens."""
    return dict(contract_table(table).known_at).get(fact, fact)
