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
from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE
from models.learned.calibration import probability
from models.learned.rows import LabelledRows, require_closed
from models.learned.settings import ChurnSettings
from models.learned.told_alike import RhythmOfDay, told_alike
from models.learned.training.churn import fit_churn, fit_default_peer, training_sample
from models.learned.training.weight import Choices, Halves, choose

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

    halves: log-odds before calibration by each half. p_pareto_nbd, p_default: probabilities [n] of peers,
    None where there are none. choices: made from backtests closed by the cut.
    """

    job: Job
    customer_id: NDArray[np.object_]
    halves: Halves
    p_pareto_nbd: NDArray[np.float64] | None
    p_default: NDArray[np.float64] | None
    model_used: ModelUsed
    model_reason: str
    training_rows: int
    choices: Choices

    @property
    def churned(self) -> NDArray[np.float64]:
        """What happened, 0 or 1 [n]."""
        return self.halves.churned

    @property
    def log_odds(self) -> NDArray[np.float64]:
        """Of the blend, before calibration [n]."""
        return self.halves.at(self.choices.weight.value).log_odds

    @property
    def p_model(self) -> NDArray[np.float64]:
        """Probabilities, calibrated [n]."""
        return probability(self.choices.calibration.calibration.apply(self.log_odds))

    @property
    def p_logistic(self) -> NDArray[np.float64]:
        """Probabilities by the logistic half alone [n]."""
        return probability(self.halves.logistic)


def backtest_churn(
    rows: LabelledRows,
    schedule: Schedule,
    settings: ChurnSettings,
    zone: str,
    track: Track,
    *,
    rhythms: Sequence[RhythmOfDay],
    peer: bool = True,
) -> tuple[ChurnBacktest, ...]:
    """Run every backtest of the schedule, churn cuts first. Raises `Leakage` when an embargo is broken.

    `rhythms`: a cut's training rows are told by the newest of its time. `peer`: whether LightGBM with default
    parameters is fitted beside ours at churn cuts.
    """
    jobs = _jobs(schedule, settings)
    for job in jobs:
        check_embargo(job.training, schedule.horizon_days, job.cut, zone)
    found = tuple(_run(rows, job, settings, rhythms, peer=peer) for job in track(jobs, "churn backtests"))
    closed = [closed_by(found, one.job.cut, schedule.horizon_days, zone) for one in found]
    return tuple(
        replace(one, choices=choose(history, settings.boosted_weight, weigh=settings.weigh))
        for one, history in zip(found, closed, strict=True)
    )


def tuning_history(backtests: Sequence[ChurnBacktest], final_cut: int | None) -> tuple[Halves, ...]:
    """What a release's weight and calibration may learn from: all churn cuts but the final one, in order."""
    tuning = [
        one for one in backtests if one.job.purpose is BacktestPurpose.CHURN and one.job.cut != final_cut
    ]
    return _as_history(tuning)


def closed_by(
    backtests: Sequence[ChurnBacktest], cut: int, horizon_days: int, zone: str
) -> tuple[Halves, ...]:
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
        "weight": one.choices.weight.reason,
        "calibration": one.choices.calibration.reason,
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


def _run(
    rows: LabelledRows, job: Job, settings: ChurnSettings, rhythms: Sequence[RhythmOfDay], *, peer: bool
) -> ChurnBacktest:
    training = told_alike(training_sample(rows.at(job.training), settings), rhythms, job.cut)
    model = fit_churn(training, settings, seeds=job.seeds)
    judged = rows.at((job.cut,))
    require_closed(judged.churned, "judging churn")
    churn = job.purpose is BacktestPurpose.CHURN
    return ChurnBacktest(
        job=job,
        customer_id=judged.frame.customer_id,
        halves=Halves(*model.halves(judged.frame), judged.churned),
        p_pareto_nbd=_pareto_nbd(judged.frame),
        p_default=_peer(training, judged, settings) if peer and churn else None,
        model_used=model.model_used,
        model_reason=model.reason,
        training_rows=len(training),
        choices=choose((), settings.boosted_weight, weigh=False),
    )


def _pareto_nbd(frame: FeatureFrame) -> NDArray[np.float64] | None:
    """What the model of rhythm says by itself; nothing where there is none, or none old enough."""
    if not frame.has(SILENCE) or np.isnan(frame.column(SILENCE)).any():
        return None
    return probability(frame.column(SILENCE).astype(np.float64))


def _peer(
    training: LabelledRows, judged: LabelledRows, settings: ChurnSettings
) -> NDArray[np.float64] | None:
    peer = fit_default_peer(training, settings)
    return None if peer is None else probability(peer.raw(judged.frame.values))


def _as_history(backtests: Sequence[ChurnBacktest]) -> tuple[Halves, ...]:
    in_time = sorted(backtests, key=lambda one: one.job.cut)
    return tuple(one.halves for one in in_time)


_FIGURES = ("log_odds", "p_model", "p_logistic", "p_pareto_nbd", "p_default_lightgbm")
_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("cut", pa.timestamp("us", tz="UTC")),
        ("purpose", pa.string()),
        ("churned", pa.int8()),
        *((name, pa.float64()) for name in _FIGURES),
    ]
)


def _table(one: ChurnBacktest) -> pa.Table:
    rows = len(one.customer_id)
    return pa.table(
        {
            "customer_id": pa.array(one.customer_id, type=pa.string()),
            "cut": pa.array(np.full(rows, one.job.cut), type=pa.timestamp("us", tz="UTC")),
            "purpose": pa.array([one.job.purpose.value] * rows, type=pa.string()),
            "churned": pa.array(one.churned.astype(np.int8)),
            "log_odds": pa.array(one.log_odds),
            "p_model": pa.array(one.p_model),
            "p_logistic": pa.array(one.p_logistic),
            "p_pareto_nbd": _or_nulls(one.p_pareto_nbd, rows),
            "p_default_lightgbm": _or_nulls(one.p_default, rows),
        }
    )


def _or_nulls(p: NDArray[np.float64] | None, rows: int) -> pa.Array:
    return pa.nulls(rows, pa.float64()) if p is None else pa.array(p)
