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
from models.evaluation.promotion import Comparison, beside_logistic, beside_recipe
from models.evaluation.schedule import Schedule
from models.learned.churn import MODEL_FILE
from models.learned.rows import LabelledRows, read_labelled
from models.learned.settings import ChurnSettings
from pipelines import paths
from pipelines.progress import track

OTHER_CODE = "the champion's recipe has settings that this code does not know"


def against_champion(champion: Path, release_id: str) -> Comparison:
    """The candidate of this run beside the recipe of the release in the folder `champion`."""
    schedule = Schedule.from_json(read_json(paths.FEATURES / "schedule.json"))
    churn_only = replace(schedule, value_training={}, churn_at_value_cuts={})
    rows = read_labelled(
        paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet", needed(churn_only)
    )
    names = tuple(read_json(champion / "churn" / MODEL_FILE)["feature_names"])
    lost = [name for name in names if not rows.frame.has(name)]
    settings = recipe_of(champion)
    if lost or settings is None:
        why = f"the champion reads features that are gone: {', '.join(lost)}" if lost else OTHER_CODE
        return beside_logistic(read_json(paths.RELEASE / "metrics" / "churn.json"), why)
    zone = read_summary(paths.TABLES).timezone
    refitted = backtest_churn(of_features(rows, names), churn_only, settings, zone, track, peer=False)
    theirs = at_cut(refitted, schedule.final_cut)
    ours = candidate_at_cut(schedule.final_cut)
    if not np.array_equal(ours["customer_id"].to_numpy(), theirs.customer_id):
        raise AssertionError("candidate and champion were judged on different customers")
    return beside_recipe(release_id, ours["p_model"].to_numpy(), theirs.p_model, theirs.churned)


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


def at_cut(backtests: tuple[ChurnBacktest, ...], cut: int) -> ChurnBacktest:
    """The backtest at one cut."""
    return next(one for one in backtests if one.job.cut == cut)


def candidate_at_cut(cut: int) -> pa.Table:
    """The candidate's own predictions at a churn cut."""
    backtest = read_table(paths.FITTED_CHURN / "backtest.parquet")
    of_churn = pc.equal(backtest["purpose"], BacktestPurpose.CHURN.value)
    return backtest.filter(pc.and_(of_churn, pc.equal(pc.cast(backtest["cut"], pa.int64()), cut)))
