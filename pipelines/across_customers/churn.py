"""`train_churn` for a source without time: a model per fold for those it never saw, one for the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.contract.storage import write_json, write_table
from models.domain.settings import plain
from models.evaluation.churn_folds import FoldBacktest, as_table, backtest_folds, describe
from models.evaluation.folds import NOT_SEEN, CustomerFolds, why_unjudged
from models.learned.churn import ChurnModel
from models.learned.customer_folds import fold_of
from models.learned.rows import LabelledRows, read_labelled
from models.learned.settings import ChurnSettings
from models.learned.training.churn import (
    SAMPLE_SEED,
    fit_churn,
    one_rate,
    training_sample,
    unfitted,
    with_choices,
)
from models.learned.training.weight import Choices, choose
from models.retention.judging.speakers import fold_folder
from pipelines import paths
from pipelines.progress import track


def train(plan: CustomerFolds, settings: ChurnSettings) -> None:
    """Write the models, recipe.json and backtest.parquet to data/fitted/churn."""
    rows = labelled_rows(plan)
    unjudged = why_unjudged(fold_of(rows.frame.customer_id, plan.folds), plan.folds)
    if unjudged:
        _train_one_rate(rows, settings, unjudged)
        return
    backtests = backtest_folds(rows, plan, settings, track)
    choices = backtests[-1].choices
    training = training_sample(rows, settings)
    model = with_choices(fit_churn(training, settings, seeds=settings.seeds), choices)
    model.save(paths.FITTED_CHURN)
    for one in backtests:
        one.model.save(fold_folder(paths.FITTED_CHURN, one.fold))
    _write(as_recipe(model, settings, choices, len(training), backtests), backtests)
    print(f"churn: {model.model_used} from {len(training):,} rows ({model.reason}); {len(backtests)} folds")
    print(f"weight of the boosters: {choices.weight.reason}")
    print(f"calibration: {choices.calibration.reason}")
    print(NOT_SEEN)


def _train_one_rate(rows: LabelledRows, settings: ChurnSettings, unjudged: str) -> None:
    """Where nobody can be judged by others: the rate alone, which remembers no customer, and no backtest."""
    names = rows.frame.names
    model = one_rate(rows, unjudged) if len(rows) else unfitted(names, unjudged)
    model.save(paths.FITTED_CHURN)
    nothing_judged = choose((), settings.boosted_weight, weigh=settings.weigh)
    recipe = as_recipe(model, settings, nothing_judged, len(rows), ())
    _write(recipe | {"validated": f"not judged: {unjudged}", "unjudged": unjudged}, ())
    print(f"churn: {model.model_used} from {len(rows):,} rows ({model.reason}); not judged")


def _write(recipe: dict[str, Any], backtests: Sequence[FoldBacktest]) -> None:
    write_json(recipe, paths.FITTED_CHURN / "recipe.json")
    write_table(as_table(backtests), paths.FITTED_CHURN / "backtest.parquet")


def labelled_rows(plan: CustomerFolds) -> LabelledRows:
    """The customers whose outcome is known, with their features."""
    features, labels = paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet"
    rows = read_labelled(features, labels, {plan.scoring})
    return rows.rows(~np.isnan(rows.churned))


def as_recipe(
    model: ChurnModel,
    settings: ChurnSettings,
    choices: Choices,
    training_rows: int,
    backtests: Sequence[FoldBacktest],
) -> dict[str, Any]:
    """How the models came to be, so that they can be made again."""
    return {
        "settings": plain(settings),
        "model_used": model.model_used.value,
        "reason": model.reason,
        "boosted_weight": model.boosted_weight,
        **choices.as_recipe(),
        "offset": model.offset_feature or "none: boosting starts at the mean",
        "validated": NOT_SEEN,
        "training_rows": training_rows,
        "sample_seed": SAMPLE_SEED,
        "backtests": [describe(one) for one in backtests],
    }
