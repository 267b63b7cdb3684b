"""Orders and contracts as the arrays that labels and outcomes are told from."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.tables import CONTRACTS, ORDERS
from models.contract.validation import known_instants
from models.evaluation.contract_ends import NEVER, Contracts
from models.evaluation.labels import OrderLines, margin_of


def read_lines(orders: pa.Table, margin_share: float | None) -> OrderLines:
    """Contract orders as arrays in order of time."""
    encoded = orders["customer_id"].combine_chunks().dictionary_encode()
    ids = encoded.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(ids)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    ordered_at = _int64(orders["ordered_at"])
    by_time = np.argsort(ordered_at, kind="stable")
    amount = _int64(orders["amount_minor"])
    given = (
        orders["margin_minor"].cast(pa.float64()).to_numpy()
        if "margin_minor" in orders.column_names
        else None
    )
    return OrderLines(
        customer_ids=ids[order],
        customer=rank[encoded.indices.to_numpy()][by_time],
        ordered_at=ordered_at[by_time],
        known_at=_int64(known_instants(orders, ORDERS, "ordered_at"))[by_time],
        amount_minor=amount[by_time],
        margin_minor=margin_of(amount, given, margin_share)[by_time],
    )


def read_contracts(table: pa.Table, customer_ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Contracts:
    """The contracts of those who have bought, customers by their place among `customer_ids` (ascending)."""
    places = pc.index_in(table["customer_id"], value_set=pa.array(customer_ids, pa.string()))
    table, places = table.filter(places.is_valid()), places.drop_null()
    known = known_instants(table, CONTRACTS, "ended_at")
    return Contracts(
        customer=_int64(places),
        started_at=_int64(table["started_at"]),
        known_at=_int64(known_instants(table, CONTRACTS, "started_at")),
        ended_at=_int64(pc.fill_null(pc.cast(table["ended_at"], pa.int64()), NEVER)),
        end_known_at=_int64(pc.fill_null(pc.cast(known, pa.int64()), NEVER)),
    )


def _int64(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    values: np.ndarray[tuple[int], np.dtype[np.int64]] = pc.cast(column, pa.int64()).to_numpy()
    return values
