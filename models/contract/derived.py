"""What the orders say of customers: who they are where no table says so, and since when they are known."""

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Table
from models.contract.tables import CUSTOMERS, ORDERS
from models.contract.validation import known_instants


def first_known(rows: pa.Table, declared: Table) -> pa.Table:
    """customer_id and known_at: when each customer's first row became known, by customer."""
    known = pa.table(
        {"customer_id": rows["customer_id"], "known_at": known_instants(rows, declared, declared.event)}
    )
    return earliest([known])


def earliest(parts: list[pa.Table]) -> pa.Table:
    """The least known_at of each customer_id in tables of both, by customer."""
    grouped = pa.concat_tables(parts).group_by("customer_id", use_threads=False)
    first = grouped.aggregate([("known_at", "min")]).rename_columns({"known_at_min": "known_at"})
    return first.select(["customer_id", "known_at"]).sort_by("customer_id")


def customers_from_orders(orders: pa.Table) -> pa.Table:
    """One version of each customer of accepted order lines; nobody knows when they signed up."""
    return customers_from_buyers(first_known(orders, ORDERS))


def customers_from_buyers(first: pa.Table) -> pa.Table:
    """The same, from customer_id and known_at of each one's first order, by customer."""
    signed_up = pa.nulls(first.num_rows, pa.timestamp("us", tz="UTC"))
    columns = ("customer_id", "signed_up_at", "known_at")
    return pa.table([first["customer_id"], signed_up, first["known_at"]], schema=CUSTOMERS.schema(columns))


def dated(customers: pa.Table, buyers: pa.Table, until: int) -> pa.Table:
    """Versions of customers without a known-at, known since their sign-up, else since their first order.

    buyers: customer_id and known_at of each one's first order. until: since when the others are known (µs).
    """
    instant = CUSTOMERS.column("known_at").kind.arrow
    place = pc.index_in(customers["customer_id"], value_set=buyers["customer_id"].combine_chunks())
    first = buyers["known_at"].combine_chunks().take(place.combine_chunks())
    told = [customers["signed_up_at"]] if "signed_up_at" in customers.column_names else []
    known = pc.coalesce(*told, first, pa.scalar(until, instant))
    return customers.append_column(pa.field("known_at", instant), known)


def strangers(buyers: pa.Table, customers: pa.Table) -> int:
    """How many customers of `buyers` (who ordered) have no row in `customers`."""
    ordered = pc.unique(buyers["customer_id"])
    known = pc.is_in(ordered, value_set=pc.unique(customers["customer_id"]))
    return len(ordered) - int(pc.sum(known).as_py() or 0)
