"""Predictions of ours, by the pipeline's own code, and of its peers, for the customers of each cut."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.prediction_quality.logs import Log, features_at, labelled
from benchmarks.prediction_quality.peers import default_lightgbm, logistic_rfm, of_rhythm
from benchmarks.prediction_quality.settings import FOLDS, Setting
from models.domain.settings import settings_from
from models.evaluation.churn_backtest import backtest_churn
from models.evaluation.schedule import Schedule
from models.learned.rows import LabelledRows
from models.learned.settings import ChurnSettings, ValueSettings
from models.learned.told_alike import RhythmOfDay, told_alike
from models.learned.training.churn import asked_further, fit_churn
from models.learned.training.lifetime_value import fit_value

Floats = NDArray[np.float64]

OURS = "ours"
EVERY_ROW = 1_000_000  # what a draw of them does would hide what the models do
# Of the boosters where labels fall short of what is asked: chosen on four inner splits of CDNOW, one of them
# labels of 45 days asked about 135 (docs/experiments.md).
WEIGHT_ASKED_FURTHER = 0.75


@dataclass(frozen=True)
class Cut:
    """One cut, n customers: p [n] and worth [n] (minor units, empty where not asked) by model; the truth."""

    customer_id: NDArray[np.object_]
    churned: Floats
    spent: Floats
    p: Mapping[str, Floats]
    worth: Mapping[str, Floats]


@dataclass(frozen=True)
class Prepared:
    """A setting with everything that no seed changes.

    rows: over the horizon. learned: rows to learn from, with labels over `label_days` where those differ.
    rhythms: models of rhythm by day.
    """

    setting: Setting
    log: Log
    rows: LabelledRows
    learned: LabelledRows
    rhythms: Sequence[RhythmOfDay]
    peers: Mapping[int, tuple[dict[str, Floats], dict[str, Floats]]]

    def at(self, day: int) -> LabelledRows:
        """The rows of one day."""
        return self.rows.at((self.log.instant(day),))

    def training(self, day: int) -> LabelledRows:
        """The rows to learn from for a cut."""
        return self.learned.at([self.log.instant(each) for each in self.setting.training[day]])


def prepare(setting: Setting, log: Log) -> Prepared:
    """Features, labels, and the peers that learn nothing from labels."""
    horizon, days = setting.horizon_days, setting.snapshots
    if setting.label_days is None:
        rows, rhythms = _rows(log, days, horizon, horizon)
        learned = rows
    else:
        rows, rhythms = _rows(log, tuple(setting.training), setting.label_days, horizon)
        before = tuple(day for day in days if day not in setting.training)
        learned, _ = _rows(log, before, setting.label_days, setting.label_days)
    prepared = Prepared(setting, log, rows, learned, rhythms, {})
    return replace(
        prepared, peers={day: _told_by_rhythm(prepared.at(day), horizon) for day in setting.training}
    )


def predict(prepared: Prepared, seed: int) -> list[Cut]:
    """Every cut, judged by models of that time. The seed deals customers into folds."""
    setting, log = prepared.setting, prepared.log
    shipped = settings_from(ChurnSettings, log.settings["churn"], where="churn")
    settings = replace(shipped, max_training_rows=EVERY_ROW)
    value = settings_from(ValueSettings, log.settings["value"], where="value")
    if not any(setting.training.values()):
        return [_across(prepared, day, settings, value, seed) for day in setting.training]
    if setting.label_days is not None:
        return [_asked_further(prepared, day, settings, setting.label_days) for day in setting.training]
    return _over_time(prepared, settings, value)


def _rows(
    log: Log, days: tuple[int, ...], silence: int, labels: int
) -> tuple[LabelledRows, tuple[RhythmOfDay, ...]]:
    frame, rhythms = features_at(log, [log.instant(day) for day in days], silence)
    return labelled(log, frame, labels), rhythms


def _told_by_rhythm(judged: LabelledRows, horizon: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
    told = of_rhythm(judged.frame, horizon)
    bg = {} if told.bg_nbd is None else {"BG/NBD": told.bg_nbd}
    return {"Pareto/NBD": told.pareto_nbd, **bg}, {"Pareto/NBD": told.value}


def _over_time(prepared: Prepared, settings: ChurnSettings, value: ValueSettings) -> list[Cut]:
    """The pipeline's own backtests."""
    log, setting = prepared.log, prepared.setting
    instants = {log.instant(day): day for day in setting.training}
    schedule = Schedule(
        as_of=log.summary.as_of,
        scoring=log.summary.as_of,
        horizon_days=setting.horizon_days,
        spacing_days=15,
        window_days=setting.horizon_days,
        validated=False,
        window_reason="",
        churn_training={
            at: tuple(log.instant(each) for each in setting.training[day]) for at, day in instants.items()
        },
        value_training={},
        churn_at_value_cuts={},
        final_churn_training=(),
        final_value_training=(),
    )
    backtests = backtest_churn(
        prepared.rows,
        schedule,
        settings,
        log.summary.timezone,
        lambda jobs, _: jobs,
        rhythms=prepared.rhythms,
        peer=False,
    )
    return [_cut(prepared, instants[one.job.cut], one.p_model, settings, value) for one in backtests]


def _cut(
    prepared: Prepared,
    day: int,
    ours: Floats,
    settings: ChurnSettings,
    value: ValueSettings,
) -> Cut:
    judged, training = prepared.at(day), prepared.training(day)
    p, worth = prepared.peers[day]
    alike = told_alike(training, prepared.rhythms, prepared.log.instant(day))
    estimate = fit_value(alike, value).estimate(judged.frame, ours)
    return Cut(
        judged.frame.customer_id,
        judged.churned,
        judged.margin,
        {
            OURS: ours,
            "logistic RFM": logistic_rfm(training, judged.frame),
            **p,
            "default LightGBM": default_lightgbm(training, judged.frame, settings),
        },
        {OURS: estimate.lifetime, **worth},
    )


def _across(prepared: Prepared, day: int, settings: ChurnSettings, value: ValueSettings, seed: int) -> Cut:
    """Each third of the customers by models that learned from the others."""
    judged = prepared.at(day)
    fold = np.array([_dealt(name, seed) for name in judged.frame.customer_id])
    p = {name: np.empty(len(judged)) for name in (OURS, "logistic RFM", "default LightGBM")}
    worth = np.empty(len(judged))
    for number in range(FOLDS):
        inside = fold == number
        training, tested = judged.rows(~inside), judged.rows(inside).frame
        p[OURS][inside] = fit_churn(training, settings, seeds=settings.seeds).probability(tested)
        p["logistic RFM"][inside] = logistic_rfm(training, tested)
        p["default LightGBM"][inside] = default_lightgbm(training, tested, settings)
        worth[inside] = fit_value(training, value).estimate(tested, p[OURS][inside]).lifetime
    told, valued = prepared.peers[day]
    return Cut(
        judged.frame.customer_id, judged.churned, judged.margin, {**p, **told}, {OURS: worth, **valued}
    )


def _asked_further(prepared: Prepared, day: int, settings: ChurnSettings, label_days: int) -> Cut:
    """One score for a horizon that no label reaches yet.

    Learned is silence over the labels' days; from there rhythm carries each customer's odds to the horizon.
    """
    judged, training = prepared.at(day), prepared.training(day)
    weighed = replace(settings, boosted_weight=WEIGHT_ASKED_FURTHER)
    model = asked_further(
        fit_churn(training, weighed, seeds=settings.seeds),
        prepared.rhythms[-1].rhythm,
        label_days,
        prepared.setting.horizon_days,
    )
    told, _ = prepared.peers[day]
    p = {
        OURS: model.probability(judged.frame),
        "logistic RFM": logistic_rfm(training, judged.frame),
        **told,
        "default LightGBM": default_lightgbm(training, judged.frame, settings),
    }
    return Cut(judged.frame.customer_id, judged.churned, judged.margin, p, {})


def _dealt(name: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:8], "big") % FOLDS
