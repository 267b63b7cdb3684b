"""Fitting the churn model, and stepping down where rows are few."""

from dataclasses import replace

import numpy as np

from models.domain.errors import NotEnoughHistory
from models.domain.vocabulary import ModelUsed
from models.features.looked_up import SILENCE
from models.learned.booster import Booster
from models.learned.calibration import Calibration
from models.learned.churn import ChurnModel
from models.learned.further import Further
from models.learned.rhythm import Rhythm
from models.learned.rows import LabelledRows, require_closed, sample
from models.learned.settings import ChurnSettings, Offset
from models.learned.training.boosting import Objective, bin_rows, boost, boost_by_default
from models.learned.training.logistic import fit_logistic, rhythm_terms
from models.learned.training.weight import Choices

SAMPLE_SEED = 7
MIN_EACH_OUTCOME = 10


def fit_churn(
    rows: LabelledRows,
    settings: ChurnSettings,
    *,
    seeds: int,
    unjudged: str = "",
) -> ChurnModel:
    """Fit on closed rows, not yet calibrated (see `with_choices`).

    `unjudged`: why no backtest can judge the model; boosted trees that nobody has seen help are then not
    grown. Raises `Leakage` when a row's window is open, `NotEnoughHistory` for no rows at all.
    """
    require_closed(rows.churned, "training churn")
    if not len(rows):
        raise NotEnoughHistory(
            "there is no customer to learn churn from",
            remedy="Bring a longer log, or lower churn.horizon_days.",
        )
    reason = _too_few(rows, settings.min_rows_logistic)
    if reason:
        return one_rate(rows, reason)
    logistic = fit_logistic(rows.frame, rows.churned, settings.logistic_ridge, rhythm_terms(rows.frame))
    logistic_only = replace(
        one_rate(rows, ""),
        logistic=logistic,
        model_used=logistic.name,
        reason=_too_few(rows, settings.min_rows_boosted) or unjudged,
    )
    if logistic_only.reason:
        return logistic_only
    offset_feature, no_offset = _offset(rows, settings.offset)
    return replace(
        logistic_only,
        boosters=_boosters(rows, settings, seeds, offset_feature),
        offset_feature=offset_feature,
        boosted_weight=settings.boosted_weight,
        model_used=ModelUsed.BLEND,
        reason=f"{len(rows)} rows, {seeds} booster(s){no_offset}",
    )


def asked_further(model: ChurnModel, rhythm: Rhythm | None, label_days: int, horizon_days: int) -> ChurnModel:
    """The model of labels over `label_days`, asked about a longer horizon by the newest model of rhythm.

    Without one there is nothing to reach further by: a model that says nothing.
    """
    so = f"labels of {label_days} days asked about {horizon_days}"
    if rhythm is None or rhythm.buying is None:
        return unfitted(model.feature_names, f"{so}, and there is no model of rhythm to reach so far")
    return replace(
        model,
        further=Further(rhythm.buying, label_days, horizon_days),
        reason=f"{model.reason}; {so}: rhythm carries the odds there, and no label has seen it",
    )


def unfitted(feature_names: tuple[str, ...], reason: str) -> ChurnModel:
    """A model that says nothing of anybody: there was nothing to learn from, because of `reason`."""
    return ChurnModel(
        feature_names=feature_names,
        boosters=(),
        logistic=None,
        boosted_weight=0.0,
        calibration=Calibration(),
        cold_start_rate=float("nan"),
        model_used=ModelUsed.NONE,
        reason=reason,
    )


def training_sample(rows: LabelledRows, settings: ChurnSettings) -> LabelledRows:
    """The rows that one fit sees: all, or `max_training_rows` of them drawn with a fixed seed."""
    return sample(rows, settings.max_training_rows, SAMPLE_SEED)


def with_choices(model: ChurnModel, choices: Choices) -> ChurnModel:
    """The same model with what closed backtests chose: its weight, where it has boosters, and its curve."""
    weight = choices.weight.value if model.boosters else model.boosted_weight
    return replace(model, boosted_weight=weight, calibration=choices.calibration.calibration)


def fit_default_peer(rows: LabelledRows, settings: ChurnSettings) -> Booster | None:
    """LightGBM with default parameters on the same rows; None where rows are too few for boosters."""
    if _too_few(rows, settings.min_rows_boosted):
        return None
    dataset = bin_rows(rows.frame.values, rows.frame.names, rows.churned)
    return boost_by_default(dataset, Objective.BINARY)


def _boosters(
    rows: LabelledRows, settings: ChurnSettings, seeds: int, offset_feature: str | None
) -> tuple[Booster, ...]:
    offset = None if offset_feature is None else rows.frame.column(offset_feature).astype(np.float64)
    dataset = bin_rows(
        rows.frame.values, rows.frame.names, rows.churned, bins=settings.booster.bins, offset=offset
    )
    return tuple(boost(dataset, Objective.BINARY, settings.booster, seed) for seed in range(seeds))


def _offset(rows: LabelledRows, wanted: Offset) -> tuple[str | None, str]:
    """The column that the boosters start from; None, and what to add to the reason, where there is none."""
    if wanted is Offset.NONE:
        return None, ""
    if not rows.frame.has(SILENCE):
        return None, "; no offset: there is no model of rhythm"
    mute = int(np.isnan(rows.frame.column(SILENCE)).sum())
    if mute:
        return None, f"; no offset: {mute:,} rows are older than the first model of rhythm"
    return SILENCE, ""


def _too_few(rows: LabelledRows, least: int) -> str:
    """Why the rows do not carry a model; empty when they do."""
    churned = int(rows.churned.sum())
    if len(rows) < least:
        return f"{len(rows):,} rows, fewer than {least:,}"
    if min(churned, len(rows) - churned) < MIN_EACH_OUTCOME:
        need = f"at least {MIN_EACH_OUTCOME} of each outcome are needed"
        return f"{churned:,} of {len(rows):,} rows churned, {need}"
    return ""


def one_rate(rows: LabelledRows, reason: str) -> ChurnModel:
    """One rate for everybody, because of `reason`: the share who left of the closed rows, at least one."""
    # One customer of each outcome is added, so that the rate is never a certainty.
    rate = (float(rows.churned.sum()) + 1.0) / (len(rows) + 2.0)
    return ChurnModel(
        feature_names=rows.frame.names,
        boosters=(),
        logistic=None,
        boosted_weight=0.0,
        calibration=Calibration(),
        cold_start_rate=rate,
        model_used=ModelUsed.COLD_START,
        reason=reason,
    )
