"""Order lines that name an article, as arrays in the order in which they became visible."""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.features.said import TableSaid
from models.features.states import visible_from

Ints = NDArray[np.int64]
L = TypeVar("L", bound="Lines")


@dataclass(frozen=True)
class Lines:
    """Lines [n], by the instant from which they had happened and were known (microseconds)."""

    visible: Ints
    item: Ints

    def until(self: L, snapshot: int) -> L:
        """Those that are visible at a snapshot."""
        seen = slice(0, int(np.searchsorted(self.visible, snapshot, side="right")))
        return type(self)(**{field.name: getattr(self, field.name)[seen] for field in fields(self)})


@dataclass(frozen=True)
class Purchases(Lines):
    """Lines with an amount above 0.

    pair: code of customer and article; moment: code of customer, article and instant. units: 1 where the
    source does not say how many there were.
    """

    at: Ints
    customer: Ints
    category: Ints
    amount: Ints
    units: Ints
    pair: Ints
    moment: Ints


@dataclass(frozen=True)
class Sales:
    """What was bought and what came back.

    items: ids of all articles, sorted; lines hold their places. item_of_pair, customer_of_pair [pairs];
    pair_of_moment [moments].
    """

    items: pa.Array
    purchases: Purchases
    returns: Lines
    item_of_pair: Ints
    customer_of_pair: Ints
    pair_of_moment: Ints


def sales_of(orders: pa.Table) -> Sales:
    """Read contract order lines; those that name no article are left out. Units, category may be absent."""
    orders = orders.filter(pc.is_valid(orders["item_id"]))
    visible = visible_from("orders", TableSaid(orders), "ordered_at")
    order = np.argsort(visible, kind="stable")
    items = _sorted(orders["item_id"])
    item = _codes(pc.index_in(orders["item_id"], value_set=items))
    amount = TableSaid(orders).whole("amount_minor", 0)
    bought, returned = (order[sign[order]] for sign in (amount > 0, amount < 0))
    customers = _sorted(orders["customer_id"])
    customer = _codes(pc.index_in(orders["customer_id"], value_set=customers))
    at = TableSaid(orders).whole("ordered_at", 0)
    pairs, pair = np.unique(customer[bought] * len(items) + item[bought], return_inverse=True)
    by_moment = np.lexsort((at[bought], pair))
    first = _starts(pair[by_moment], at[bought][by_moment])
    moment = np.empty(len(pair), np.int64)
    moment[by_moment] = np.cumsum(first) - 1
    return Sales(
        items,
        Purchases(
            visible[bought], item[bought], at[bought], customer[bought], _categories(orders)[bought],
            amount[bought], np.maximum(1, TableSaid(orders).whole("units", 1)[bought]), pair, moment,
        ),
        Lines(visible[returned], item[returned]),
        item_of_pair=pairs % max(1, len(items)),
        customer_of_pair=pairs // max(1, len(items)),
        pair_of_moment=pair[by_moment][first],
    )  # fmt: skip


def _sorted(column: pa.ChunkedArray) -> pa.Array:
    """The different values: codes must not depend on the order of rows, which what comes later may change."""
    values = pc.unique(column)
    return values.take(pc.sort_indices(values))


def _starts(*keys: Ints) -> NDArray[np.bool_]:
    """Where in sorted rows a key differs from the one before."""
    starts = np.ones(len(keys[0]), bool)
    starts[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return starts


def _categories(orders: pa.Table) -> Ints:
    """A code for each category, none being one too."""
    if "category" not in orders.column_names:
        return np.zeros(orders.num_rows, np.int64)
    encoded = pc.dictionary_encode(orders["category"].combine_chunks(), null_encoding="encode")
    return _codes(encoded.indices)


def _codes(column: pa.Array | pa.ChunkedArray) -> Ints:
    return np.asarray(pc.cast(column, pa.int64()))
