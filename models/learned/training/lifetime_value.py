"""Fitting M₁ on customers who stayed and M₀ on those who did not."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import NotEnoughHistory
from models.learned.amounts_to_expect import Start, log_amount, start_for
from models.learned.lifetime_value import MEAN_ALONE, MarginModel, ValueModel
from models.learned.logistic import LogisticModel
from models.learned.rows import LabelledRows, require_closed, sample
from models.learned.settings import ValueSettings
from models.learned.training.boosting import Objective, bin_rows, boost
from models.learned.training.logistic import fit_logistic, tenure_terms

SAMPLE_SEED = 11
BOOSTING_SEED = 0
MIN_EACH_OUTCOME = 10
LEAVES_TO_FILL = 3


def fit_value(rows: LabelledRows, settings: ValueSettings) -> ValueModel:
    """Fit on rows whose horizon and value window have closed.

    Raises `Leakage` when one has not, `NotEnoughHistory` for no rows.
    """
    require_closed(rows.margin, "training lifetime value")
    require_closed(rows.churned, "training lifetime value")
    if not len(rows):
        raise NotEnoughHistory(
            "there is no closed value window to learn from",
            remedy="Bring a longer log, or shorten snapshots.windows_days.",
        )
    retained, lost = rows.rows(rows.churned == 0), rows.rows(rows.churned == 1)
    return ValueModel(fit_margin(retained, settings, staying=True), fit_margin(lost, settings, staying=False))


def fit_margin(rows: LabelledRows, settings: ValueSettings, *, staying: bool) -> MarginModel:
    """Two stages on one group: any margin at all, and how much; the group's total comes out exact.

    staying: whether these are the retained, of whom a purchase within the horizon is given.

    The stages see at most `max_training_rows` rows; mean and ratio are taken over all.
    """
    mean = float(rows.margin.mean()) if len(rows) else 0.0
    drawn = sample(rows, settings.max_training_rows, SAMPLE_SEED)
    paying = drawn.rows(drawn.margin > 0)
    least = LEAVES_TO_FILL * settings.booster.min_rows_leaf
    alone = _mean_alone(rows, mean, f"{MEAN_ALONE}: {len(paying):,} rows with a margin, fewer than {least}")
    if len(paying) < least or mean <= 0:
        return alone
    start = start_for(paying.frame, staying=staying)
    begun, log_margin = log_amount(start, paying.frame), np.log(paying.margin)
    slope = _slope(start, begun, log_margin)
    level = float(np.mean(log_margin - slope * begun))
    dataset = bin_rows(
        paying.frame.values,
        paying.frame.names,
        log_margin,
        bins=settings.booster.bins,
        offset=slope * begun + level,
    )
    modelled = replace(
        alone,
        weight=len(paying) / (len(paying) + settings.shrink_rows),
        any_margin=_any_margin(drawn, settings),
        trees=boost(dataset, Objective.MEAN, settings.booster, BOOSTING_SEED),
        slope=slope,
        level=level,
        start=start,
        reason=f"{len(paying)} rows with a margin",
    )
    # Of all rows, or the totals of those who bring anything would be those of the draw.
    modelled = replace(modelled, any_share=float(modelled.chance(rows.frame).mean()))
    return replace(modelled, ratio=float(rows.margin.sum() / modelled.unsmeared(rows.frame).sum()))


def _slope(start: Start, begun: NDArray[np.float64], log_margin: NDArray[np.float64]) -> float:
    """How much of a difference in what margins start from comes again, by least squares; between 0 and 1.

    Of what was spent it is below 1 nearly always: whoever spent much was lucky too, and comes nearer to the
    others. An expectation has come nearer already, so it counts as it stands.
    """
    if start is not Start.SPENT:
        return 1.0
    apart = begun - begun.mean()
    spread = float((apart * apart).sum())
    return 0.0 if spread == 0.0 else min(1.0, max(0.0, float((apart * log_margin).sum()) / spread))


def _any_margin(rows: LabelledRows, settings: ValueSettings) -> LogisticModel | None:
    outcome: NDArray[np.float64] = (rows.margin > 0).astype(np.float64)
    if min(outcome.sum(), len(outcome) - outcome.sum()) < MIN_EACH_OUTCOME:
        return None
    return fit_logistic(rows.frame, outcome, settings.logistic_ridge, tenure_terms(rows.frame))


def _mean_alone(rows: LabelledRows, mean: float, reason: str) -> MarginModel:
    return MarginModel(
        feature_names=rows.frame.names,
        rows=len(rows),
        mean_minor=mean,
        weight=0.0,
        any_share=float((rows.margin > 0).mean()) if len(rows) else 0.0,
        any_margin=None,
        trees=None,
        slope=0.0,
        level=0.0,
        ratio=1.0,
        reason=reason,
    )
