"""Stage: what each customer did after each snapshot."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.prices import in_constant_money, read_prices
from models.contract.storage import read_summary, read_table, write_table
from models.contract.tables import CONTRACTS, ORDERS
from models.contract.validation import known_instants
from models.domain.settings import in_range
from models.evaluation.contract_ends import NEVER, Contracts, with_contract_ends
from models.evaluation.labels import UNKNOWN, Labels, OrderLines, label, margin_of
from models.evaluation.schedule import SnapshotSettings, build_schedule
from pipelines import paths
from pipelines.across_customers import labels as across_customers
from pipelines.params import raw_section, section
from pipelines.stage import run


def main() -> None:
    """Write data/labels/labels.parquet."""
    summary = read_summary(paths.TABLES)
    value = raw_section("value")
    in_range("value.annual_discount_rate", value["annual_discount_rate"], 0, 10)
    if summary.first_order_at is None:
        across_customers.build(summary, raw_section("churn")["horizon_days"], value["margin_share"])
        return
    schedule = build_schedule(
        summary.as_of,
        summary.first_order_at,
        summary.timezone,
        raw_section("churn")["horizon_days"],
        section(SnapshotSettings, "snapshots"),
    )
    orders = in_constant_money(read_table(paths.TABLES / "orders.parquet"), ORDERS, read_prices(paths.TABLES))
    lines = read_lines(orders, value["margin_share"])
    labels = label(lines, schedule, summary.timezone, value["annual_discount_rate"])
    if summary.has("contracts", "ended_at"):
        contracts = read_contracts(read_table(paths.TABLES / "contracts.parquet"), lines.customer_ids)
        labels = with_contract_ends(labels, contracts, schedule, summary.timezone)
    write_table(as_table(labels, lines.customer_ids), paths.LABELS / "labels.parquet")
    closed = labels.churned[labels.churned != UNKNOWN]
    rate = float(closed.mean()) if len(closed) else None
    print_found(len(labels.snapshot), len(schedule.snapshots), rate, schedule.window_reason)


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


def as_table(labels: Labels, customer_ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> pa.Table:
    """Labels as the Parquet table: null where a window has not closed."""
    return pa.table(
        {
            "customer_id": pa.array(customer_ids[labels.customer], type=pa.string()),
            "snapshot": pa.array(labels.snapshot, type=pa.timestamp("us", tz="UTC")),
            "churned": pa.array(labels.churned, mask=labels.churned == UNKNOWN),
            "margin_minor": pa.array(labels.margin_minor, mask=~labels.value_closed),
        }
    )


def print_found(rows: int, snapshots: int, churn_rate: float | None, window_reason: str) -> None:
    """Say what the labels are like; `churn_rate` is None where no horizon has closed."""
    share = "none" if churn_rate is None else f"{churn_rate:.1%}"
    print(f"{rows:,} labels at {snapshots} snapshots; {share} of closed horizons ended in leaving")
    print(f"value window: {window_reason}")


def _int64(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    values: np.ndarray[tuple[int], np.dtype[np.int64]] = pc.cast(column, pa.int64()).to_numpy()
    return values


if __name__ == "__main__":
    run(main)
