"""In which order the list is read, and where a page of it ended."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from serving.columns import Columns


class Order(StrEnum):
    """What the list is sorted by, the greatest first; ties by rank."""

    RANK = "rank"
    GAIN = "expected_gain_minor"
    VALUE_AT_RISK = "value_at_risk_minor"
    CHURN = "churn_probability"
    LIFETIME_VALUE = "lifetime_value_minor"


def in_order(plan: Columns, rows: NDArray[np.int64], order: Order) -> NDArray[np.int64]:
    """The rows, which come by rank, in another order; nulls last."""
    if order is Order.RANK:
        return rows
    values = plan[order.value][rows].astype(np.float64)
    return rows[np.argsort(-values, kind="stable")]


def after(rows: NDArray[np.int64], plan: Columns, order: Order, rank: int) -> NDArray[np.int64]:
    """The rows behind the one of that rank, wherever it would stand among them.

    The row itself need not be among them any more: its place is that of its own value and rank.
    """
    if order is Order.RANK:
        return rows[np.searchsorted(plan["rank"][rows], rank, side="right") :]
    at = np.flatnonzero(plan["rank"] == rank)
    if not len(at):
        return rows[:0]
    both = in_order(plan, np.union1d(rows, at), order)
    behind = both[np.flatnonzero(both == at[0])[0] + 1 :]
    return behind[np.isin(behind, rows)]
