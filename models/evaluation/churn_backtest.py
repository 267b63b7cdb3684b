"""Rolling-origin backtests of churn: at each cut a model that knew only what had closed by then."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.instants import iso, local_date
from models.domain.vocabulary import ModelUsed
from models.evaluation.schedule import Schedule, check_embargo
from models.learned.calibration import probability
from models.learned.churn import ChurnModel
from models.learned.rows import LabelledRows, require_closed
from models.learned.settings import ChurnSettings
from models.learned.training.calibration import Choice, Judged, choose_calibration
from models.learned.training.churn import fit_churn, fit_default_peer, training_sample

Track = Callable[[Iterable["Job"], str], Iterable["Job"]]

VALUE_SEEDS = 1


class BacktestPurpose(StrEnum):
    """What a backtest is for: judging churn, or the p inside a value backtest."""

    CHURN = "churn"
    VALUE = "value"


@dataclass(frozen=True)
class Job:
    """One backtest to run: train on `training` (snapshots), judge at `cut` (microseconds)."""

    cut: int
    purpose: BacktestPurpose
    training: tuple[int, ...]
    seeds: int


@dataclass(frozen=True)
class ChurnBacktest:
    """Predictions at one cut, for n customers.

    log_odds: before calibration [n]. p_model, p_logistic, p_default: probabilities [n]; p_default is None
    where the peer was not run. calibration: the choice made from backtests closed by the cut.
    """

    job: Job
    customer_id: NDArray[np.object_]
    churned: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    p_model: NDArray[np.float64]
    p_logistic: NDArray[np.float64]
    p_default: NDArray[np.float64] | None
    model_used: ModelUsed
    model_reason: str
    training_rows: int
    calibration: Choice


def backtest_churn(
    rows: LabelledRows,
    schedule: Schedule,
    settings: ChurnSettings,
    zone: str,
    track: Track,
    *,
    peer: bool = True,
) -> tuple[ChurnBacktest, ...]:
    """Run every backtest of the schedule, churn cuts first. Raises `Leakage` when an embargo is broken.

    `peer`: whether LightGBM with default parameters is fitted beside ours at churn cuts.
    """
    jobs = _jobs(schedule, settings)
    for job in jobs:
        check_embargo(job.training, schedule.horizon_days, job.cut, zone)
    found = tuple(_run(rows, job, settings, peer=peer) for job in track(jobs, "churn backtests"))
    return tuple(
        _calibrated(one, closed_by(found, one.job.cut, schedule.horizon_days, zone)) for one in found
    )


def tuning_history(backtests: Sequence[ChurnBacktest], final_cut: int | None) -> tuple[Judged, ...]:
    """What the released calibration may learn from: every churn cut but the final one, oldest first."""
    tuning = [
        one for one in backtests if one.job.purpose is BacktestPurpose.CHURN and one.job.cut != final_cut
    ]
    return _as_history(tuning)


def closed_by(
    backtests: Sequence[ChurnBacktest], cut: int, horizon_days: int, zone: str
) -> tuple[Judged, ...]:
    """Churn backtests whose horizon had closed by `cut`, oldest first."""
    day = local_date(cut, zone)
    return _as_history(
        [
            one
            for one in backtests
            if one.job.purpose is BacktestPurpose.CHURN
            and (day - local_date(one.job.cut, zone)).days >= horizon_days
        ]
    )


def as_table(backtests: Sequence[ChurnBacktest]) -> pa.Table:
    """All backtests as rows: customer × cut × purpose, in order of purpose, cut and customer."""
    return pa.concat_tables([_SCHEMA.empty_table(), *(_table(one) for one in backtests)])


def describe(one: ChurnBacktest) -> dict[str, Any]:
    """What a recipe records of a backtest."""
    return {
        "cut": iso(one.job.cut),
        "purpose": one.job.purpose.value,
        "training_snapshots": [iso(snapshot) for snapshot in one.job.training],
        "training_rows": one.training_rows,
        "seeds": one.job.seeds,
        "model_used": one.model_used.value,
        "model_reason": one.model_reason,
        "calibration": one.calibration.reason,
    }


def _jobs(schedule: Schedule, settings: ChurnSettings) -> list[Job]:
    churn = [
        Job(cut, BacktestPurpose.CHURN, schedule.churn_training[cut], settings.seeds)
        for cut in schedule.churn_cuts
    ]
    value = [
        Job(cut, BacktestPurpose.VALUE, schedule.churn_at_value_cuts[cut], VALUE_SEEDS)
        for cut in schedule.value_cuts
    ]
    return churn + value


def _run(rows: LabelledRows, job: Job, settings: ChurnSettings, *, peer: bool) -> ChurnBacktest:
    training = training_sample(rows.at(job.training), settings)
    model = fit_churn(training, settings, seeds=job.seeds)
    judged = rows.at((job.cut,))
    require_closed(judged.churned, "judging churn")
    churn = job.purpose is BacktestPurpose.CHURN
    log_odds = model.raw_log_odds(judged.frame)
    return ChurnBacktest(
        job=job,
        customer_id=judged.frame.customer_id,
        churned=judged.churned,
        log_odds=log_odds,
        p_model=probability(log_odds),
        p_logistic=probability(_logistic_log_odds(model, judged)),
        p_default=_peer(training, judged, settings) if peer and churn else None,
        model_used=model.model_used,
        model_reason=model.reason,
        training_rows=len(training),
        calibration=choose_calibration(()),
    )


def _calibrated(one: ChurnBacktest, history: tuple[Judged, ...]) -> ChurnBacktest:
    choice = choose_calibration(history)
    return replace(one, calibration=choice, p_model=probability(choice.calibration.apply(one.log_odds)))


def _logistic_log_odds(model: ChurnModel, judged: LabelledRows) -> NDArray[np.float64]:
    if model.logistic is None:
        return np.full(len(judged), model.cold_start_log_odds)
    return model.logistic.log_odds(judged.frame)


def _peer(
    training: LabelledRows, judged: LabelledRows, settings: ChurnSettings
) -> NDArray[np.float64] | None:
    peer = fit_default_peer(training, settings)
    return None if peer is None else probability(peer.raw(judged.frame.values))


def _as_history(backtests: Sequence[ChurnBacktest]) -> tuple[Judged, ...]:
    in_time = sorted(backtests, key=lambda one: one.job.cut)
    return tuple(Judged(one.log_odds, one.churned) for one in in_time)


_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("cut", pa.timestamp("us", tz="UTC")),
        ("purpose", pa.string()),
        ("churned", pa.int8()),
        *((name, pa.float64()) for name in ("log_odds", "p_model", "p_logistic", "p_default_lightgbm")),
    ]
)


def _table(one: ChurnBacktest) -> pa.Table:
    rows = len(one.customer_id)
    absent = pa.nulls(rows, pa.float64())
    return pa.table(
        {
            "customer_id": pa.array(one.customer_id, type=pa.string()),
            "cut": pa.array(np.full(rows, one.job.cut), type=pa.timestamp("us", tz="UTC")),
            "purpose": pa.array([one.job.purpose.value] * rows, type=pa.string()),
            "churned": pa.array(one.churned.astype(np.int8)),
            "log_odds": pa.array(one.log_odds),
            "p_model": pa.array(one.p_model),
            "p_logistic": pa.array(one.p_logistic),
            "p_default_lightgbm": absent if one.p_default is None else pa.array(one.p_default),
        }
    )
