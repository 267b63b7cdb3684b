"""Stage: who leaves. Backtests at every cut, choices from all but the last, a model of today."""

from collections.abc import Sequence
from typing import Any

from models.contract.storage import read_json, read_summary, write_json, write_table
from models.domain.instants import iso
from models.domain.settings import plain
from models.evaluation.churn_backtest import ChurnBacktest, as_table, backtest_churn, describe, tuning_history
from models.evaluation.folds import CustomerFolds, plan_from_json
from models.evaluation.leaks import screen_active, stop_for
from models.evaluation.schedule import Schedule, check_embargo
from models.learned.churn import ChurnModel
from models.learned.rows import LabelledRows, read_labelled
from models.learned.settings import ChurnSettings
from models.learned.swarm import COLUMNS, swarm
from models.learned.told_alike import RhythmOfDay, told_alike
from models.learned.training.churn import (
    SAMPLE_SEED,
    asked_further,
    fit_churn,
    training_sample,
    unfitted,
    with_choices,
)
from models.learned.training.weight import Choices, choose
from pipelines import paths
from pipelines.across_customers import churn as across_customers
from pipelines.params import section
from pipelines.plot_data import CONTRIBUTIONS, write_csv
from pipelines.progress import track
from pipelines.rhythms import read_rhythms
from pipelines.stage import run

NO_OFFSET = "none: boosting starts at the mean"
NOBODY = "nobody is known to have bought before the last horizon began"


def main() -> None:
    """Write the model, recipe.json, contributions.csv and backtest.parquet to data/fitted/churn."""
    settings = section(ChurnSettings, "churn")
    schedule = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    if isinstance(schedule, CustomerFolds):
        across_customers.train(schedule, settings)
        return
    zone = read_summary(paths.TABLES).timezone
    rows = read_labelled(
        paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet", needed(schedule)
    )
    suspects = screen_active(rows.at(schedule.final_churn_training[:1]), settings)
    accepted = stop_for(suspects, settings.accept_predictors, "churn.accept_predictors")
    rhythms = read_rhythms(schedule)
    backtests = backtest_churn(rows, schedule, settings, zone, track, rhythms=rhythms)
    history = tuning_history(backtests, schedule.final_cut)
    choices = choose(history, settings.boosted_weight, weigh=settings.weigh)
    check_embargo(schedule.final_churn_training, schedule.learned_days, schedule.as_of, zone)
    training = to_learn_from(rows, settings, schedule, rhythms)
    model = with_choices(learn(training, settings, schedule, rhythms), choices)
    model.save(paths.FITTED_CHURN)
    recipe = as_recipe(
        model,
        settings=settings,
        choices=choices,
        training=training,
        schedule=schedule,
        backtests=backtests,
    )
    write_json(recipe, paths.FITTED_CHURN / "recipe.json")
    newest = training.at(schedule.final_churn_training[:1]).frame
    write_csv(swarm(model, newest), paths.FITTED_CHURN / CONTRIBUTIONS, COLUMNS)
    write_table(as_table(backtests), paths.FITTED_CHURN / "backtest.parquet")
    print(
        f"churn: {model.model_used} from {len(training):,} rows ({model.reason}); {len(backtests)} backtests"
    )
    print(f"weight of the boosters: {choices.weight.reason}")
    print(f"calibration: {choices.calibration.reason}")
    for sentence in accepted:
        print(sentence)


def to_learn_from(
    rows: LabelledRows, settings: ChurnSettings, schedule: Schedule, rhythms: Sequence[RhythmOfDay]
) -> LabelledRows:
    """The rows that the model to release sees.

    Each told by the rhythm of its own day where labels fall short of the horizon: what that foretold wrongly
    of the days after it is then learned, and it will err alike beyond the labels.
    """
    drawn = training_sample(rows.at(schedule.final_churn_training), settings)
    return drawn if schedule.label_days else told_alike(drawn, rhythms, schedule.scoring)


def learn(
    training: LabelledRows, settings: ChurnSettings, schedule: Schedule, rhythms: Sequence[RhythmOfDay]
) -> ChurnModel:
    """The model to release, not yet calibrated; one that says nothing where nothing can be learned."""
    if not len(training):
        return unfitted(training.frame.names, schedule.unlearned or NOBODY)
    model = fit_churn(training, settings, seeds=settings.seeds, unjudged=schedule.unjudged)
    if schedule.label_days is None:
        return model
    newest = rhythms[-1].rhythm if rhythms else None
    return asked_further(model, newest, schedule.label_days, schedule.horizon_days)


def needed(schedule: Schedule) -> set[int]:
    """Every snapshot that churn is trained on or judged at."""
    cuts = {**schedule.churn_at_value_cuts, **schedule.churn_training}
    value = {snapshot for group in schedule.churn_at_value_cuts.values() for snapshot in group}
    churn = {snapshot for group in schedule.churn_training.values() for snapshot in group}
    return set(cuts) | value | churn | set(schedule.final_churn_training)


def as_recipe(
    model: ChurnModel,
    *,
    settings: ChurnSettings,
    choices: Choices,
    training: LabelledRows,
    schedule: Schedule,
    backtests: tuple[ChurnBacktest, ...],
) -> dict[str, Any]:
    """How the model came to be, so that it can be made again."""
    return {
        **({"unjudged": schedule.unjudged} if schedule.unjudged else {}),
        "settings": plain(settings),
        "model_used": model.model_used.value,
        "reason": model.reason,
        "boosted_weight": model.boosted_weight,
        **choices.as_recipe(),
        "offset": model.offset_feature or NO_OFFSET,
        "training_snapshots": [iso(snapshot) for snapshot in schedule.final_churn_training],
        "training_rows": len(training),
        "sample_seed": SAMPLE_SEED,
        "backtests": [describe(one) for one in backtests],
    }


if __name__ == "__main__":
    run(main)
