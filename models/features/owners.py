"""Whose each row is: customers numbered in the order of their ids, and the number of every row's customer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.features.gathering import STRANGER, Numbers
from models.features.laying import as_read, laying, letters_of
from models.features.table_rows import BATCH_ROWS, Rows

CUSTOMER, ORDERS = "customer_id", "orders"

STRETCH_ROWS = 1 << 15  # numbered together

Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Owners:
    """Everybody who has an order line, and whose the rows of each table are.

    customers: ids [c], sorted. of: by table, the customer's number of each row, `STRANGER` where the customer
    has no order line. in_order: tables whose rows come in the order of customers.
    """

    customers: pa.Array
    of: Mapping[str, Numbers]
    in_order: frozenset[str]

    def counts(self, table: str) -> Ints:
        """How many rows of a table each customer has [c]."""
        count = np.zeros(len(self.customers), np.int64)
        laying()["count_rows"](self.of[table], count)
        return count


def find_owners(tables: Mapping[str, Rows], names: Iterable[str]) -> Owners:
    """Read the customer of each row of `orders`, then of the other tables that are named."""
    customers, number, slot = _numbered(tables[ORDERS])
    of = {ORDERS: number, **{name: _looked_up(tables[name], slot) for name in names if name != ORDERS}}
    if not _ascending(customers):
        order = np.asarray(pc.sort_indices(customers))
        customers = customers.take(pa.array(order))
        rank = np.empty(len(order) + 1, np.int32)
        rank[order], rank[STRANGER] = np.arange(len(order)), STRANGER
        for mine in of.values():
            for at in range(0, len(mine), BATCH_ROWS):
                mine[at : at + BATCH_ROWS] = rank[mine[at : at + BATCH_ROWS]]
    in_order = {name for name, mine in of.items() if laying()["in_order"](mine)}
    return Owners(customers, of, frozenset(in_order))


def _ascending(words: pa.Array) -> bool:
    return bool(pc.all(pc.less(words.slice(0, max(0, len(words) - 1)), words.slice(1)), min_count=0).as_py())


def _numbered(rows: Rows) -> tuple[pa.Array, Numbers, Ints]:
    """Distinct ids in the order in which they first come, the number of each row's, and the slots of all."""
    found, number = [pa.array([], pa.string())], np.empty(rows.all[1], np.int32)
    slot, count = np.zeros((1, 4), np.int64), 0
    for some, into in _stretches(rows, number):
        slot = _with_room(slot, count + len(some.ids))
        before, (count, place) = count, _number(some, slot, count, into, adds=True)
        found.append(some.ids.take(pa.array(place[: count - before])))
    return pa.concat_arrays(found), number, slot


def _looked_up(rows: Rows, slot: Ints) -> Numbers:
    number = np.empty(rows.all[1], np.int32)
    for some, into in _stretches(rows, number):
        _number(some, slot, 0, into, adds=False)
    return number


@dataclass(frozen=True)
class _Stretch:
    """The ids of some rows. code [rows]: which of them each row has, -1 for none; None: each its own."""

    ids: pa.Array
    code: Numbers | None = None


def _number(some: _Stretch, slot: Ints, count: int, number: Numbers, *, adds: bool) -> tuple[int, Ints]:
    """Number the ids of some rows: how many are known then, and which of `some.ids` are new."""
    numbered = number if some.code is None else np.empty(len(some.ids), np.int32)
    low, high, place = (np.empty(len(some.ids), np.int64) for _ in range(3))
    laying()["pack_ids"](*letters_of(some.ids), low, high)
    count = int(laying()["number_ids"](low, high, count, adds, slot, place, numbered))
    if some.code is not None:
        laying()["translate"](as_read(some.code), numbered, number)
    return count, place


def _with_room(slot: Ints, count: int) -> Ints:
    """At least twice as many slots as ids."""
    if 2 * count <= len(slot):
        return slot
    wider = np.zeros((1 << (2 * count - 1).bit_length(), 4), np.int64)
    laying()["move_ids"](slot, wider)
    return wider


def _stretches(rows: Rows, number: Numbers) -> Iterator[tuple[_Stretch, Numbers]]:
    """Some rows at a time, and where their numbers go."""
    at = 0
    for words in rows.words(CUSTOMER):
        step = len(words) if isinstance(words, pa.DictionaryArray) else STRETCH_ROWS
        for begin in range(0, len(words), step):
            part = words.slice(begin, step)
            yield _stretch(part), number[at : at + len(part)]
            at += len(part)


def _stretch(words: pa.Array) -> _Stretch:
    """Each id once where there is a dictionary; rows without an id have none."""
    if isinstance(words, pa.DictionaryArray):
        code = as_read(np.asarray(pc.fill_null(words.indices, -1)))
        rank, anew = np.full(len(words.dictionary), -1, np.int32), np.empty(len(code), np.int32)
        held = np.empty(len(rank), np.int64)
        count = laying()["first_come"](code, rank, held, anew)
        return _Stretch(words.dictionary.take(pa.array(held[:count])), anew)
    if words.null_count:
        valid = np.asarray(pc.is_valid(words))
        return _Stretch(words.drop_null(), np.where(valid, np.cumsum(valid) - 1, -1).astype(np.int32))
    return _Stretch(words)
