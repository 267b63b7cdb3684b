"""Whose each row is: customers numbered in the order of their ids, and the number of every row's customer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.features.gathering import STRANGER, Numbers, laying
from models.features.table_rows import BATCH_ROWS, Rows

CUSTOMER, ORDERS = "customer_id", "orders"

STRETCH_ROWS = 1 << 23  # their ids are held in memory together

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
    customers, number = _numbered(tables[ORDERS])
    of = {ORDERS: number}
    order = np.asarray(pc.sort_indices(customers))
    if not bool(np.all(order[1:] > order[:-1])):
        rank = np.empty(len(order) + 1, np.int32)
        rank[order], rank[STRANGER] = np.arange(len(order)), STRANGER
        for at in range(0, len(number), BATCH_ROWS):
            number[at : at + BATCH_ROWS] = rank[number[at : at + BATCH_ROWS]]
        customers = customers.take(pa.array(order))
    for name in names:
        if name not in of:
            of[name] = _looked_up(tables[name], customers)
    in_order = {name for name, mine in of.items() if laying()["in_order"](mine)}
    return Owners(customers, of, frozenset(in_order))


def _numbered(rows: Rows) -> tuple[pa.Array, Numbers]:
    """Distinct ids in the order in which they first come, and the number of each row's."""
    known, number = pa.array([], pa.string()), np.empty(rows.all[1], np.int32)
    for ids, into in _stretches(rows, number):
        encoded = pc.dictionary_encode(ids)
        distinct = encoded.chunk(0).dictionary
        rank = _numbers_among(distinct, known)
        new = rank == STRANGER
        rank[new] = len(known) + np.arange(np.count_nonzero(new))
        known = pa.concat_arrays([known, distinct.filter(pa.array(new))])
        rank = np.append(rank, STRANGER)
        at = 0
        for chunk in encoded.chunks:
            into[at : at + len(chunk)] = rank[np.asarray(pc.fill_null(chunk.indices, STRANGER))]
            at += len(chunk)
    return known, number


def _looked_up(rows: Rows, customers: pa.Array) -> Numbers:
    number = np.empty(rows.all[1], np.int32)
    for ids, into in _stretches(rows, number):
        into[:] = _numbers_among(ids, customers)
    return number


def _numbers_among(ids: pa.Array | pa.ChunkedArray, customers: pa.Array) -> Numbers:
    found = pc.fill_null(pc.index_in(ids, value_set=customers, skip_nulls=True), STRANGER)
    return np.array(found, np.int32)


def _stretches(rows: Rows, number: Numbers) -> Iterator[tuple[pa.ChunkedArray, Numbers]]:
    """Ids of many rows at a time, and where their numbers go."""
    count = len(number)
    for begin in range(0, count, STRETCH_ROWS):
        end = min(begin + STRETCH_ROWS, count)
        batches = [batch.column(CUSTOMER) for batch in rows.batches([CUSTOMER], begin, end)]
        ids = [pc.cast(chunk, pa.string()) for batch in batches for chunk in batch.chunks]
        yield pa.chunked_array(ids), number[begin:end]
