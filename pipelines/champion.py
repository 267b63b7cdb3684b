"""The champion's part in the gate: its recipe, fitted again on the folds of the candidate."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.storage import read_json, read_summary, read_table
from models.domain.errors import InvalidSetting
from models.domain.settings import settings_from
from models.evaluation.churn_backtest import BacktestPurpose, ChurnBacktest, backtest_churn
from models.evaluation.churn_folds import FoldBacktest, backtest_final_fold
from models.evaluation.folds import CustomerFolds, plan_from_json
from models.evaluation.promotion import Comparison, beside_logistic, beside_recipe
from models.evaluation.schedule import Schedule
from models.features.attributes import encoded, from_json
from models.learned.churn import MODEL_FILE
from models.learned.rows import LabelledRows, read_labelled
from models.learned.settings import ChurnSettings
from pipelines import paths
from pipelines.across_customers.churn import labelled_rows
from pipelines.progress import track
from pipelines.rhythms import read_rhythms

OTHER_CODE = "the champion's recipe has settings that this code does not know"


def against_champion(champion: Path, release_id: str) -> Comparison:
    """The candidate of this run beside the recipe of the release in the folder `champion`."""
    plan = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    rows = with_levels_of(champion, rows_to_judge(plan))
    names = tuple(read_json(champion / "churn" / MODEL_FILE)["feature_names"])
    lost = [name for name in names if not rows.frame.has(name)]
    settings = recipe_of(champion)
    if lost or settings is None:
        why = f"the champion reads features that are gone: {', '.join(lost)}" if lost else OTHER_CODE
        return beside_logistic(read_json(paths.RELEASE / "metrics" / "churn.json"), why)
    own = of_features(rows, names)
    theirs = (
        across_customers(own, plan, settings)
        if isinstance(plan, CustomerFolds)
        else over_time(own, plan, settings)
    )
    ours = candidate(plan)
    if not np.array_equal(ours["customer_id"].to_numpy(), theirs.customer_id):
        raise AssertionError("candidate and champion were judged on different customers")
    return beside_recipe(release_id, ours["p_model"].to_numpy(), theirs.p_model, theirs.churned)


def rows_to_judge(plan: Schedule | CustomerFolds) -> LabelledRows:
    """Every row that the contest trains on or judges by."""
    if isinstance(plan, CustomerFolds):
        return labelled_rows(plan)
    features, labels = paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet"
    return read_labelled(features, labels, needed(plan))


def with_levels_of(champion: Path, rows: LabelledRows) -> LabelledRows:
    """The rows with attributes encoded as the champion learned them."""
    encodings = from_json(read_json(champion / "features.json").get("attributes", []))
    customers = read_table(paths.TABLES / "customers.parquet")
    return replace(rows, frame=encoded(rows.frame, customers, encodings))


def over_time(rows: LabelledRows, schedule: Schedule, settings: ChurnSettings) -> ChurnBacktest:
    """The recipe's backtest at the final cut."""
    churn_only = replace(schedule, value_training={}, churn_at_value_cuts={})
    zone = read_summary(paths.TABLES).timezone
    rhythms = read_rhythms(schedule)
    backtests = backtest_churn(rows, churn_only, settings, zone, track, rhythms=rhythms, peer=False)
    return at_cut(backtests, schedule.churn_cuts[-1])


def across_customers(rows: LabelledRows, plan: CustomerFolds, settings: ChurnSettings) -> FoldBacktest:
    """The recipe's backtest on the final fold."""
    return backtest_final_fold(rows, plan, settings, track)


def recipe_of(champion: Path) -> ChurnSettings | None:
    """The settings that the champion was fitted with; None when this code knows other ones."""
    recipe = read_json(champion / "churn" / "recipe.json")["settings"]
    try:
        return settings_from(ChurnSettings, recipe, where="churn")
    except InvalidSetting:
        return None


def needed(schedule: Schedule) -> set[int]:
    """Every snapshot that a churn backtest of the schedule reads."""
    return {*schedule.churn_training, *(at for group in schedule.churn_training.values() for at in group)}


def of_features(rows: LabelledRows, names: tuple[str, ...]) -> LabelledRows:
    """The same rows with the named features alone, in that order."""
    columns: NDArray[np.int64] = np.array([rows.frame.names.index(name) for name in names])
    frame = replace(rows.frame, names=names, values=np.ascontiguousarray(rows.frame.values[:, columns]))
    return replace(rows, frame=frame)


def at_cut(backtests: tuple[ChurnBacktest, ...], cut: int | None) -> ChurnBacktest:
    """The backtest at one cut."""
    return next(one for one in backtests if one.job.cut == cut)


def candidate(plan: Schedule | CustomerFolds) -> pa.Table:
    """The candidate's own predictions at the final cut, or of the final fold."""
    backtest = read_table(paths.FITTED_CHURN / "backtest.parquet")
    if isinstance(plan, CustomerFolds):
        return backtest.filter(pc.equal(backtest["fold"], plan.final))
    of_churn = pc.equal(backtest["purpose"], BacktestPurpose.CHURN.value)
    return backtest.filter(pc.and_(of_churn, pc.equal(pc.cast(backtest["cut"], pa.int64()), plan.final_cut)))
