"""Whose each row is: customers numbered in the order of their ids, and the number of every row's customer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.features.gathering import STRANGER, Numbers
from models.features.laying import laying, letters_of
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
    order = np.asarray(pc.sort_indices(customers))
    if not bool(np.all(order[1:] > order[:-1])):
        customers = customers.take(pa.array(order))
        rank = np.empty(len(order) + 1, np.int32)
        rank[order], rank[STRANGER] = np.arange(len(order)), STRANGER
        for mine in of.values():
            for at in range(0, len(mine), BATCH_ROWS):
                mine[at : at + BATCH_ROWS] = rank[mine[at : at + BATCH_ROWS]]
    in_order = {name for name, mine in of.items() if laying()["in_order"](mine)}
    return Owners(customers, of, frozenset(in_order))


def _numbered(rows: Rows) -> tuple[pa.Array, Numbers, Ints]:
    """Distinct ids in the order in which they first come, the number of each row's, and the slots of all."""
    found, number = [pa.array([], pa.string())], np.empty(rows.all[1], np.int32)
    slot, count = np.zeros((1, 4), np.int64), 0
    for ids, into in _stretches(rows, number):
        slot = _with_room(slot, count + len(ids))
        before, (count, place) = count, _number(ids, slot, count, into, adds=True)
        found.append(ids.take(pa.array(place[: count - before])))
    return pa.concat_arrays(found), number, slot


def _looked_up(rows: Rows, slot: Ints) -> Numbers:
    number = np.empty(rows.all[1], np.int32)
    for ids, into in _stretches(rows, number):
        _number(ids, slot, 0, into, adds=False)
    return number


def _number(ids: pa.Array, slot: Ints, count: int, number: Numbers, *, adds: bool) -> tuple[int, Ints]:
    """Number some ids, but no empty one: how many are known then, and the rows that brought new ones."""
    if ids.null_count:
        rows = np.flatnonzero(np.asarray(pc.is_valid(ids)))
        numbered = np.empty(len(rows), np.int32)
        before, (count, place) = count, _number(ids.drop_null(), slot, count, numbered, adds=adds)
        number[:] = STRANGER
        number[rows] = numbered
        return count, rows[place[: count - before]]
    low, high, place = (np.empty(len(ids), np.int64) for _ in range(3))
    laying()["pack_ids"](*letters_of(ids), low, high)
    return int(laying()["number_ids"](low, high, count, adds, slot, place, number)), place


def _with_room(slot: Ints, count: int) -> Ints:
    """At least twice as many slots as ids."""
    if 2 * count <= len(slot):
        return slot
    wider = np.zeros((1 << (2 * count - 1).bit_length(), 4), np.int64)
    laying()["move_ids"](slot, wider)
    return wider


def _stretches(rows: Rows, number: Numbers) -> Iterator[tuple[pa.Array, Numbers]]:
    """Ids of some rows at a time, and where their numbers go."""
    at = 0
    for batch in rows.batches([CUSTOMER], *rows.all):
        ids = pc.cast(batch.column(CUSTOMER), pa.string()).combine_chunks()
        for begin in range(0, len(ids), STRETCH_ROWS):
            some = ids.slice(begin, STRETCH_ROWS)
            yield some, number[at : at + len(some)]
            at += len(some)
