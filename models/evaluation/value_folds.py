"""Backtests of value across customers: for each fold models of M₁ and M₀ that learned from all the others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.evaluation.folds import CustomerFolds, require_filled
from models.learned.bounds import LowerBound
from models.learned.customer_folds import fold_of
from models.learned.lifetime_value import ValueEstimate, ValueModel, floored
from models.learned.rows import LabelledRows, require_closed
from models.learned.settings import ValueSettings
from models.learned.training.bounds import bound_across_customers
from models.learned.training.lifetime_value import fit_value

Track = Callable[[Iterable[int], str], Iterable[int]]

_MONEY = ("predicted_minor", "predicted_retained_minor", "predicted_lost_minor", "actual_minor")
_SCHEMA = pa.schema(
    [("customer_id", pa.string()), ("fold", pa.int64()), *((name, pa.int64()) for name in _MONEY)]
)


@dataclass(frozen=True)
class FoldValue:
    """What models say of the n customers of one fold that they did not learn from; actual in minor units."""

    fold: int
    model: ValueModel
    customer_id: NDArray[np.object_]
    estimate: ValueEstimate
    actual: NDArray[np.float64]


def backtest_value_folds(
    rows: LabelledRows,
    plan: CustomerFolds,
    p: NDArray[np.float64],
    *,
    settings: ValueSettings,
    track: Track,
) -> tuple[FoldValue, ...]:
    """One backtest per fold. `rows`: customers whose label and value are known; `p` [n]: out-of-fold churn.

    Raises `NotEnoughHistory` when a fold would be empty.
    """
    require_closed(rows.margin, "judging value")
    fold = fold_of(rows.frame.customer_id, plan.folds)
    require_filled(fold, plan.folds)
    return tuple(
        _judge(number, rows, fold == number, p, settings) for number in track(plan.numbers, "value backtests")
    )


def bound_of(backtests: Sequence[FoldValue]) -> LowerBound:
    """k_lo from the totals of all folds."""
    return bound_across_customers(
        np.concatenate([one.estimate.lifetime for one in backtests]),
        np.concatenate([one.actual for one in backtests]),
    )


def as_table(backtests: Sequence[FoldValue]) -> pa.Table:
    """All backtests as rows, in order of fold and customer; none gives a table without rows."""
    return pa.concat_tables([_SCHEMA.empty_table(), *(_table(one) for one in backtests)])


def _judge(
    fold: int,
    rows: LabelledRows,
    inside: NDArray[np.bool_],
    p: NDArray[np.float64],
    settings: ValueSettings,
) -> FoldValue:
    model, judged = fit_value(rows.rows(~inside), settings), rows.rows(inside)
    estimate = model.estimate(judged.frame, p[inside])
    return FoldValue(fold, model, judged.frame.customer_id, estimate, judged.margin)


def _table(one: FoldValue) -> pa.Table:
    money = (one.estimate.lifetime, one.estimate.retained, one.estimate.lost, one.actual)
    fold = np.full(len(one.customer_id), one.fold, np.int64)
    return pa.Table.from_arrays(
        [
            pa.array(one.customer_id, pa.string()),
            pa.array(fold),
            *(pa.array(floored(each)) for each in money),
        ],
        schema=_SCHEMA,
    )
