"""Backtests of churn across customers: for each fold a model that learned from all the others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.evaluation.folds import CustomerFolds, fold_name, require_filled
from models.learned.calibration import probability
from models.learned.churn import ChurnModel
from models.learned.customer_folds import fold_of
from models.learned.rows import LabelledRows, require_closed
from models.learned.settings import ChurnSettings
from models.learned.training.churn import fit_churn, fit_default_peer, training_sample, with_choices
from models.learned.training.weight import Choices, Halves, choose

_P = ("log_odds", "p_model", "p_logistic", "p_default_lightgbm")
_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("fold", pa.int64()),
        ("churned", pa.int8()),
        *((name, pa.float64()) for name in _P),
    ]
)

Track = Callable[[Iterable[int], str], Iterable[int]]


@dataclass(frozen=True)
class FoldBacktest:
    """What a model says of the n customers of one fold, none of whom it learned from.

    model: as chosen. log_odds: before calibration [n].
    p_model, p_logistic, p_default: probabilities [n]; p_default is None where the peer was not run.
    """

    fold: int
    model: ChurnModel
    customer_id: NDArray[np.object_]
    churned: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    p_model: NDArray[np.float64]
    p_logistic: NDArray[np.float64]
    p_default: NDArray[np.float64] | None
    training_rows: int
    choices: Choices


def backtest_folds(
    rows: LabelledRows, plan: CustomerFolds, settings: ChurnSettings, track: Track
) -> tuple[FoldBacktest, ...]:
    """One backtest per fold, the final one last. `rows`: every customer with a label.

    Raises `NotEnoughHistory` when a fold would be empty.
    """
    fold, choices = _dealt(rows, plan), chosen(rows, plan, settings, track)
    return tuple(
        _judge(number, rows, fold == number, settings, choices, peer=True)
        for number in track(plan.numbers, "churn backtests")
    )


def backtest_final_fold(
    rows: LabelledRows, plan: CustomerFolds, settings: ChurnSettings, track: Track
) -> FoldBacktest:
    """The backtest of the final fold alone, without a peer: all that a contest looks at."""
    fold, choices = _dealt(rows, plan), chosen(rows, plan, settings, track)
    return _judge(plan.final, rows, fold == plan.final, settings, choices, peer=False)


def chosen(rows: LabelledRows, plan: CustomerFolds, settings: ChurnSettings, track: Track) -> Choices:
    """Weight and calibration from all folds but the final one, by models that saw neither."""
    fold = _dealt(rows, plan)
    tuning, dealt = rows.rows(fold != plan.final), fold[fold != plan.final]
    history = [
        _tuned(tuning.rows(dealt != number), tuning.rows(dealt == number), settings)
        for number in track(plan.numbers[:-1], "calibration")
    ]
    return choose(history, settings.boosted_weight, weigh=settings.weigh)


def as_table(backtests: Sequence[FoldBacktest]) -> pa.Table:
    """All backtests as rows, one a labelled customer, in order of fold and customer; none gives no rows."""
    return pa.concat_tables([_SCHEMA.empty_table(), *(_table(one) for one in backtests)])


def describe(one: FoldBacktest) -> dict[str, Any]:
    """What a recipe records of a backtest."""
    return {
        "cut": fold_name(one.fold),
        "training_rows": one.training_rows,
        "model_used": one.model.model_used.value,
        "model_reason": one.model.reason,
        "weight": one.choices.weight.reason,
        "calibration": one.choices.calibration.reason,
    }


def _dealt(rows: LabelledRows, plan: CustomerFolds) -> NDArray[np.int64]:
    require_closed(rows.churned, "judging churn")
    fold = fold_of(rows.frame.customer_id, plan.folds)
    require_filled(fold, plan.folds)
    return fold


def _tuned(others: LabelledRows, judged: LabelledRows, settings: ChurnSettings) -> Halves:
    model = fit_churn(training_sample(others, settings), settings, seeds=settings.seeds)
    return Halves(*model.halves(judged.frame), judged.churned)


def _judge(
    fold: int,
    rows: LabelledRows,
    inside: NDArray[np.bool_],
    settings: ChurnSettings,
    choices: Choices,
    *,
    peer: bool,
) -> FoldBacktest:
    training, judged = training_sample(rows.rows(~inside), settings), rows.rows(inside)
    model = with_choices(fit_churn(training, settings, seeds=settings.seeds), choices)
    default = fit_default_peer(training, settings) if peer else None
    return FoldBacktest(
        fold=fold,
        model=model,
        customer_id=judged.frame.customer_id,
        churned=judged.churned,
        log_odds=model.raw_log_odds(judged.frame),
        p_model=model.probability(judged.frame),
        p_logistic=probability(_logistic(model, judged)),
        p_default=None if default is None else probability(default.raw(judged.frame.values)),
        training_rows=len(training),
        choices=choices,
    )


def _logistic(model: ChurnModel, judged: LabelledRows) -> NDArray[np.float64]:
    if model.logistic is None:
        return np.full(len(judged), model.cold_start_log_odds)
    return model.logistic.log_odds(judged.frame)


def _table(one: FoldBacktest) -> pa.Table:
    rows = len(one.customer_id)
    absent = pa.nulls(rows, pa.float64())
    return pa.table(
        {
            "customer_id": pa.array(one.customer_id, type=pa.string()),
            "fold": pa.array(np.full(rows, one.fold, np.int64)),
            "churned": pa.array(one.churned.astype(np.int8)),
            "log_odds": pa.array(one.log_odds),
            "p_model": pa.array(one.p_model),
            "p_logistic": pa.array(one.p_logistic),
            "p_default_lightgbm": absent if one.p_default is None else pa.array(one.p_default),
        }
    )
