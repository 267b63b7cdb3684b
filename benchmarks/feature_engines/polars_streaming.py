"""The same in Polars, lazily and streaming: one group-by a table and snapshot, aggregates filtered."""

from pathlib import Path

import polars as pl

from benchmarks.feature_engines.columns import DAY, HOUR, Columns, name_of, names


def start() -> None:
    """Nothing but imports."""


def compute(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:
    """Write the features of a log."""
    orders = pl.scan_parquet(folder / "orders.parquet").select(
        "customer_id",
        at=pl.col("ordered_at").to_physical(),
        amount="amount_minor",
        seen=pl.max_horizontal("ordered_at", "known_at").to_physical(),
    )
    complaints = pl.scan_parquet(folder / "complaints.parquet").select(
        "customer_id",
        at=pl.col("opened_at").to_physical(),
        answered=pl.col("first_response_at").to_physical(),
        resolved=pl.col("resolved_at").to_physical(),
    )
    frames = [one(orders, complaints, columns, snapshot) for snapshot in snapshots]
    pl.concat(frames).sink_parquet(out, compression="zstd", engine="streaming")


def one(orders: pl.LazyFrame, complaints: pl.LazyFrame, columns: Columns, snapshot: int) -> pl.LazyFrame:
    """The query of one snapshot."""
    of_orders = (
        orders.filter(pl.col("seen") <= snapshot)
        .group_by("customer_id")
        .agg(_of_orders(columns, snapshot))
        .filter(pl.col("recency_days").is_not_null())
        .with_columns(
            (pl.col(name_of("spend", window)) / pl.col(name_of("purchases", window))).alias(
                name_of("mean_amount", window)
            )
            for window in columns["mean_amount"]
        )
    )
    of_complaints = (
        complaints.filter(pl.col("at") <= snapshot)
        .group_by("customer_id")
        .agg(_of_complaints(columns, snapshot))
    )
    counts = pl.col("^complaints.*$").fill_null(0)
    told = of_orders.join(of_complaints, on="customer_id", how="left").with_columns(counts)
    when = pl.lit(snapshot).cast(pl.Datetime("us", "UTC")).alias("snapshot")
    return told.select("customer_id", when, pl.col(names(columns)).cast(pl.Float32)).sort("customer_id")


def _within(window: int | None, snapshot: int) -> pl.Expr:
    return pl.lit(value=True) if window is None else pl.col("at") > snapshot - window * DAY


def _of_orders(columns: Columns, snapshot: int) -> list[pl.Expr]:
    buy, back, at, amount = pl.col("amount") > 0, pl.col("amount") < 0, pl.col("at"), pl.col("amount")
    found = [
        ((snapshot - at.filter(buy).max()) / DAY).alias("recency_days"),
        ((snapshot - at.filter(buy).min()) / DAY).alias("tenure_days"),
    ]
    for kind, told in {
        "purchases": lambda within: (buy & within).sum(),
        "spend": lambda within: amount.filter(buy & within).sum(),
        "largest": lambda within: amount.filter(buy & within).max(),
        "returns": lambda within: (back & within).sum(),
        "returned": lambda within: -amount.filter(back & within).sum(),
    }.items():
        found += [told(_within(window, snapshot)).alias(name_of(kind, window)) for window in columns[kind]]
    return found


def _of_complaints(columns: Columns, snapshot: int) -> list[pl.Expr]:
    answered, resolved, at = pl.col("answered"), pl.col("resolved"), pl.col("at")
    known = (answered <= snapshot) & _within(365, snapshot)
    return [
        *(
            _within(window, snapshot).sum().alias(name_of("complaints", window))
            if window
            else pl.len().alias("complaints_all")
            for window in columns["complaints"]
        ),
        (resolved.is_null() | (resolved > snapshot)).sum().alias("complaints_open"),
        ((snapshot - at.max()) / DAY).alias("days_since_complaint"),
        ((answered - at).filter(known).mean() / HOUR).alias("first_response_hours"),
    ]
