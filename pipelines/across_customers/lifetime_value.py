"""`train_lifetime_value` for a source without time: value by folds where the table has one, else none."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import read_table, write_json, write_table
from models.domain.errors import ContractViolation
from models.domain.settings import plain
from models.evaluation.folds import LEAST_LABELLED, CustomerFolds
from models.evaluation.value_folds import FoldValue, as_table, backtest_value_folds, bound_of
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import ValueModel, unknown_value
from models.learned.rows import LabelledRows
from models.learned.settings import ValueSettings
from models.learned.training.lifetime_value import fit_value
from models.retention.judging.speakers import fold_folder
from pipelines import paths
from pipelines.across_customers.churn import labelled_rows
from pipelines.progress import track

NO_VALUE = "no column says what customers are worth (source.table.value_minor)"
TOO_FEW = f"{{count}} labelled customers have a value, fewer than {LEAST_LABELLED}"


def train(plan: CustomerFolds, settings: ValueSettings) -> None:
    """Write the models, bounds.json, recipe.json and backtest.parquet to data/fitted/lifetime_value."""
    rows = labelled_rows(plan)
    valued = rows.rows(~np.isnan(rows.margin))
    if len(valued) < LEAST_LABELLED:
        reason = TOO_FEW.format(count=len(valued)) if len(valued) else NO_VALUE
        _train_nothing(plan, settings, rows, reason)
        return
    p = out_of_fold(read_table(paths.FITTED_CHURN / "backtest.parquet"), valued.frame.customer_id)
    backtests = backtest_value_folds(valued, plan, p, settings=settings, track=track)
    model, bound = fit_value(valued, settings), bound_of(backtests)
    for one in backtests:
        one.model.save(fold_folder(paths.FITTED_LIFETIME_VALUE, one.fold))
    _write(model, bound, backtests, as_recipe(model, settings, plan, valued))
    print(
        f"value over {plan.window_days} days: mean {model.retained.mean_minor:,.0f} minor units of "
        f"{model.retained.rows:,} who stayed, {model.lost.mean_minor:,.0f} of {model.lost.rows:,} who did not"
    )
    print(f"bound of the mean: k_lo {bound.k_lo:.3f} ({bound.reason})")


def out_of_fold(backtest: pa.Table, customer_id: NDArray[np.object_]) -> NDArray[np.float64]:
    """The churn probability that a model who never saw them gave these customers [n], ids ascending."""
    told = backtest.sort_by("customer_id")
    ids = told["customer_id"].to_numpy()
    place = np.minimum(np.searchsorted(ids, customer_id), len(ids) - 1)
    if not np.array_equal(ids[place], customer_id):
        raise ContractViolation(
            "the churn backtest does not hold all customers with a value",
            remedy="Run train_churn again on the same features.",
        )
    p: NDArray[np.float64] = told["p_model"].to_numpy()[place]
    return p


def as_recipe(
    model: ValueModel, settings: ValueSettings, plan: CustomerFolds, rows: LabelledRows
) -> dict[str, object]:
    """How the models came to be. mean_value_minor: of those who brought anything, before `margin_share`."""
    positive = rows.margin[rows.margin > 0]
    share = 1.0 if settings.margin_share is None else settings.margin_share
    return {
        "settings": plain(settings),
        "window_days": plan.window_days,
        "window_reason": plan.window_reason,
        "offset": "none: attributes say nothing of money that was spent",
        "retained": {"rows": model.retained.rows, "reason": model.retained.reason},
        "lost": {"rows": model.lost.rows, "reason": model.lost.reason},
        "mean_value_minor": round(float(positive.mean()) / share) if len(positive) and share else 0,
    }


def _train_nothing(plan: CustomerFolds, settings: ValueSettings, rows: LabelledRows, reason: str) -> None:
    model, bound = unknown_value(rows.frame.names, reason), LowerBound(0.0, f"{reason}; nothing is spendable")
    _write(model, bound, (), as_recipe(model, settings, plan, rows.rows(np.zeros(len(rows), dtype=bool))))
    print(f"value: none; {reason}")


def _write(
    model: ValueModel, bound: LowerBound, backtests: Sequence[FoldValue], recipe: dict[str, object]
) -> None:
    model.save(paths.FITTED_LIFETIME_VALUE)
    write_json(bound.to_json(), paths.FITTED_LIFETIME_VALUE / "bounds.json")
    write_json(recipe, paths.FITTED_LIFETIME_VALUE / "recipe.json")
    write_table(as_table(backtests), paths.FITTED_LIFETIME_VALUE / "backtest.parquet")
