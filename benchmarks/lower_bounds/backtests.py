"""Backtests of value of a log over several windows, by the pipeline's own code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import pyarrow.compute as pc

from benchmarks.prediction_quality.logs import Log
from models.domain.instants import DAY
from models.domain.settings import settings_from
from models.evaluation.churn_backtest import backtest_churn
from models.evaluation.labels import label
from models.evaluation.schedule import Schedule, SnapshotSettings, build_schedule
from models.evaluation.value_backtest import backtest_value
from models.features.batch import compute_batch
from models.features.frame import FeatureFrame
from models.learned.rhythm import Rhythm
from models.learned.rows import LabelledRows
from models.learned.settings import BtydSettings, ChurnSettings, ValueSettings
from models.learned.told_alike import RhythmOfDay
from models.learned.training.bounds import ClosedBacktest
from models.learned.training.rhythm import fit_rhythm, with_fitted
from pipelines.build_labels import as_table

# Lines without articles: a tenth of the features' work.
COLUMNS = ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor", "margin_minor", "known_at")

ByWindow = Mapping[int, tuple[ClosedBacktest, ...]]


Step = TypeVar("Step")


def quietly(steps: Iterable[Step], _: str = "") -> Iterable[Step]:
    """Steps as they are: nobody watches."""
    return steps


def backtests_of(log: Log, windows: Sequence[int]) -> ByWindow:
    """Value backtests at every cut of the schedule, oldest first, for each of these windows (days).

    A window for which no three have closed is left out.
    """
    schedules = schedules_of(log, windows)
    if not schedules:
        return {}
    shortest = schedules[min(schedules)]
    snapshots = sorted({at for one in schedules.values() for at in one.snapshots})
    frame, rhythms = features_of(log, snapshots, shortest)
    churn, value = (
        settings_from(ChurnSettings, log.settings["churn"], where="churn"),
        settings_from(ValueSettings, log.settings["value"], where="value"),
    )
    zone = log.summary.timezone
    rows = {days: labelled(log, frame, schedule) for days, schedule in schedules.items()}
    told = backtest_churn(rows[min(rows)], shortest, churn, zone, quietly, rhythms=rhythms, peer=False)
    p_at = {one.job.cut: one.p_model for one in told}
    return {
        days: tuple(
            ClosedBacktest(round(one.cut / DAY), one.estimate.lifetime, one.actual)
            for one in backtest_value(
                rows[days], schedule, p_at, settings=value, rhythms=rhythms, zone=zone, track=quietly
            )
        )
        for days, schedule in schedules.items()
    }


def schedules_of(log: Log, windows: Sequence[int]) -> dict[int, Schedule]:
    """The pipeline's schedule for each window that it would validate; no cut is left out for being old."""
    settings = settings_from(SnapshotSettings, log.settings["snapshots"], where="snapshots")
    horizon = int(str(log.settings["churn"]["horizon_days"]))
    found = {}
    for days in windows:
        alone = replace(settings, windows_days=(days,))
        one = build_schedule(
            log.summary.as_of, log.summary.first_order_at, log.summary.timezone, horizon, alone
        )
        if one.validated and one.window_days == days:
            found[days] = replace(one, churn_training={})
    return found


def features_of(
    log: Log, snapshots: Sequence[int], schedule: Schedule
) -> tuple[FeatureFrame, tuple[RhythmOfDay, ...]]:
    """What `build_features` computes of a shop that keeps orders only, and not of what."""
    btyd = settings_from(BtydSettings, log.settings["btyd"], where="btyd")
    orders = log.orders.select([name for name in COLUMNS if name in log.orders.column_names])
    filled = tuple(name for name in log.summary.columns["orders"] if name in COLUMNS)
    frame = compute_batch({"orders": orders}, {"orders": filled}, snapshots, log.summary.timezone)
    nothing = Rhythm(schedule.horizon_days, schedule.window_days)
    fits = fit_rhythm(frame, btyd, nothing, quietly)
    return with_fitted(frame, fits), tuple(RhythmOfDay(fit.snapshot, fit.rhythm) for fit in fits)


def labelled(log: Log, frame: FeatureFrame, schedule: Schedule) -> LabelledRows:
    """The rows with what `build_labels` says of them over one window."""
    rate = float(str(log.settings["value"]["annual_discount_rate"]))
    shown = sorted({int(at) for at in frame.snapshot})
    everywhere = replace(schedule, final_churn_training=tuple(shown), scoring=shown[-1])
    table = as_table(label(log.lines, everywhere, log.summary.timezone, rate), log.lines.customer_ids)
    if table["customer_id"].to_pylist() != frame.customer_id.tolist():
        raise AssertionError("features and labels do not hold the same customers")
    churned, margin = (
        pc.cast(table[name], "float64").fill_null(float("nan")).to_numpy()
        for name in ("churned", "margin_minor")
    )
    return LabelledRows(frame, churned, margin)
