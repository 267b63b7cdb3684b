"""Stage: what customers are worth if they stay and if they go, and how far that may be trusted."""

from models.contract.prices import read_prices
from models.contract.storage import read_json, read_summary, read_table, write_json, write_table
from models.domain.instants import iso
from models.domain.settings import plain
from models.evaluation.folds import CustomerFolds, plan_from_json
from models.evaluation.schedule import Schedule, check_embargo
from models.evaluation.value_backtest import as_table, backtest_value, bound_of, probabilities_at
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import ValueModel, unknown_value
from models.learned.rows import LabelledRows, read_labelled
from models.learned.settings import ValueSettings
from models.learned.told_alike import told_alike
from models.learned.training.lifetime_value import fit_value
from pipelines import paths
from pipelines.across_customers import lifetime_value as across_customers
from pipelines.params import section
from pipelines.progress import track
from pipelines.rhythms import read_rhythms
from pipelines.stage import run

NOBODY = "nobody is known to have bought before the last window began"
CHURN_COLUMNS = ("customer_id", "cut", "purpose", "p_model")


def main() -> None:
    """Write the models, bounds.json, recipe.json and backtest.parquet to data/fitted/lifetime_value."""
    settings = section(ValueSettings, "value")
    schedule = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    if isinstance(schedule, CustomerFolds):
        across_customers.train(schedule, settings)
        return
    zone = read_summary(paths.TABLES).timezone
    rows = read_labelled(
        paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet", needed(schedule)
    )
    churn = read_table(paths.FITTED_CHURN / "backtest.parquet", CHURN_COLUMNS)
    p = probabilities_at(churn, rows, schedule.value_cuts)
    rhythms = read_rhythms(schedule)
    backtests = backtest_value(rows, schedule, p, settings=settings, rhythms=rhythms, zone=zone, track=track)
    check_embargo(schedule.final_value_training, schedule.window_days, schedule.as_of, zone)
    training = told_alike(rows.at(schedule.final_value_training), rhythms, schedule.scoring)
    model = learn(training, settings, schedule)
    bound = bound_of(backtests, schedule, zone)
    model.save(paths.FITTED_LIFETIME_VALUE)
    write_json(bound.to_json(), paths.FITTED_LIFETIME_VALUE / "bounds.json")
    money = read_prices(paths.TABLES).money
    write_json(as_recipe(model, settings, schedule, money), paths.FITTED_LIFETIME_VALUE / "recipe.json")
    write_table(as_table(backtests), paths.FITTED_LIFETIME_VALUE / "backtest.parquet")
    print_found(model, bound, schedule, money)


def learn(training: LabelledRows, settings: ValueSettings, schedule: Schedule) -> ValueModel:
    """The model to release; worth nothing to anybody where no window has closed."""
    if not len(training):
        return unknown_value(training.frame.names, schedule.unlearned or NOBODY)
    return fit_value(training, settings)


def needed(schedule: Schedule) -> set[int]:
    """Every snapshot that value is trained on or judged at."""
    training = {snapshot for group in schedule.value_training.values() for snapshot in group}
    return set(schedule.value_cuts) | training | set(schedule.final_value_training)


def as_recipe(
    model: ValueModel, settings: ValueSettings, schedule: Schedule, money: str | None = None
) -> dict[str, object]:
    """How the model came to be, so that it can be made again; `money` names constant money."""
    return {
        **({} if money is None else {"money": money}),
        "settings": plain(settings),
        "window_days": schedule.window_days,
        "window_reason": schedule.window_reason,
        "start": model.retained.start.value,
        "retained": {"rows": model.retained.rows, "reason": model.retained.reason},
        "lost": {"rows": model.lost.rows, "reason": model.lost.reason},
        "training_snapshots": [iso(snapshot) for snapshot in schedule.final_value_training],
        "cuts": [iso(cut) for cut in schedule.value_cuts],
    }


def print_found(model: ValueModel, bound: LowerBound, schedule: Schedule, money: str | None) -> None:
    """Say what was learned."""
    print(
        f"value over {schedule.window_days} days: mean {model.retained.mean_minor:,.0f} minor units of "
        f"{model.retained.rows:,} who stayed, {model.lost.mean_minor:,.0f} of {model.lost.rows:,} who did not"
        + ("" if money is None else f", in {money}")
    )
    print(f"bound of the mean: k_lo {bound.k_lo:.3f} ({bound.reason})")


if __name__ == "__main__":
    run(main)
