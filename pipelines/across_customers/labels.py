"""`build_labels` for a source without time: the outcomes are given."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.storage import SourceSummary, read_table, write_table
from models.evaluation.folds import CustomerFolds
from pipelines import paths


def build(summary: SourceSummary, horizon_days: int, margin_share: float | None) -> None:
    """Write data/labels/labels.parquet: one row a customer, null where the outcome is not known.

    margin_share: contribution margin ÷ value where the value is an amount; None where it is margin already.
    """
    customers = read_table(paths.TABLES / "customers.parquet", ["customer_id"])["customer_id"]
    outcomes = read_table(paths.TABLES / "outcomes.parquet")
    labels = label(customers, outcomes, summary.as_of, 1.0 if margin_share is None else margin_share)
    write_table(labels, paths.LABELS / "labels.parquet")
    known, churned = labels["churned"].drop_null(), pc.sum(labels["churned"]).as_py() or 0
    print(
        f"{len(known):,} of {labels.num_rows:,} customers have a label, {churned:,} of them churned; "
        f"{labels.num_rows - labels['margin_minor'].null_count:,} have a value"
    )
    print(f"value window: {CustomerFolds(summary.as_of, horizon_days).window_reason}")


def label(customers: pa.ChunkedArray, outcomes: pa.Table, snapshot: int, margin_share: float) -> pa.Table:
    """The table `labels` of customers (ids, maybe several versions), in order of customer_id.

    outcomes: the contract's. snapshot: microseconds. A value counts only beside a label.
    """
    ids = pa.array(sorted(pc.unique(customers).to_pylist()), pa.string())
    told = outcomes.take(pc.index_in(ids, value_set=outcomes["customer_id"].combine_chunks()))
    churned = _column(told, "churned", pa.bool_()).cast(pa.int8())
    value = _column(told, "value_minor", pa.int64()).cast(pa.float64()).to_numpy()
    margin = np.rint(value * margin_share)
    unknown = np.isnan(margin) | np.asarray(churned.is_null())
    return pa.table(
        {
            "customer_id": ids,
            "snapshot": pa.array(np.full(len(ids), snapshot), type=pa.timestamp("us", tz="UTC")),
            "churned": churned,
            "margin_minor": pa.array(np.where(unknown, 0, margin).astype(np.int64), mask=unknown),
        }
    )


def _column(rows: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    return rows[name] if name in rows.column_names else pa.chunked_array([pa.nulls(rows.num_rows, kind)])
