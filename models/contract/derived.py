"""Customers where the source has no table of them: everyone who ordered, known since the first order."""

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.tables import CUSTOMERS, ORDERS
from models.contract.validation import known_instants


def first_known_orders(orders: pa.Table) -> pa.Table:
    """customer_id and known_at: when each customer's first order became known, by customer."""
    known = pa.table(
        {"customer_id": orders["customer_id"], "known": known_instants(orders, ORDERS, "ordered_at")}
    )
    first = known.group_by("customer_id", use_threads=False).aggregate([("known", "min")])
    return first.rename_columns({"known_min": "known_at"}).sort_by("customer_id")


def customers_from_orders(orders: pa.Table) -> pa.Table:
    """One version of each customer of accepted order lines; nobody knows when they signed up."""
    first = first_known_orders(orders)
    signed_up = pa.nulls(first.num_rows, pa.timestamp("us", tz="UTC"))
    columns = ("customer_id", "signed_up_at", "known_at")
    return pa.table([first["customer_id"], signed_up, first["known_at"]], schema=CUSTOMERS.schema(columns))


def strangers(orders: pa.Table, customers: pa.Table) -> int:
    """How many customers ordered and have no row in `customers`."""
    buyers = pc.unique(orders["customer_id"])
    known = pc.is_in(buyers, value_set=pc.unique(customers["customer_id"]))
    return len(buyers) - int(pc.sum(known).as_py() or 0)
