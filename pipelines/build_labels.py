"""Stage: what each customer did after each snapshot."""

import numpy as np
import pyarrow as pa

from models.contract.prices import in_constant_money, read_prices
from models.contract.storage import read_summary, read_table, write_table
from models.contract.tables import ORDERS
from models.domain.settings import in_range
from models.evaluation.contract_ends import with_contract_ends
from models.evaluation.labels import UNKNOWN, Labels, label
from models.evaluation.schedule import SnapshotSettings, build_schedule
from pipelines import paths
from pipelines.across_customers import labels as across_customers
from pipelines.order_lines import read_contracts, read_lines
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


if __name__ == "__main__":
    run(main)
