"""Where a customer stands. The first rule that holds wins: stages exclude each other, nobody is left out."""

import numpy as np

from models.domain.vocabulary import LifecycleStage
from models.policy.customers import Flags, Floats, LifecycleFeatures, Words
from models.policy.lifecycle_settings import LifecycleSettings


def lifecycle_stage(
    features: LifecycleFeatures, churn_probability: Floats, settings: LifecycleSettings
) -> Words:
    """The `LifecycleStage` value of each customer [n].

    In order: `defecting` on evidence; `unhappy` with a recent grievance; `lost` when silent far beyond their
    rhythm and beyond a floor of days, with p high; `unhappy` with a complaint still open, however old; `new`;
    `silent` beyond the own rhythm; `considering` when still active with p high and part of their gap gone;
    else `ideal`. A feature or p that is NaN triggers nothing.
    """
    silence = gaps_of_silence(features, settings)
    lost = (silence > settings.lost_gaps) & (features.recency_days > settings.lost_days)
    # Who buys once a year is likely to buy nothing in a season, and says nothing by it.
    considers = churn_probability >= settings.considering_probability
    considers &= ~(silence < settings.considering_gaps)  # where no rhythm is known, none says no
    rules = [
        (features.evidence > 0, LifecycleStage.DEFECTING),
        (has_recent_grievance(features, settings), LifecycleStage.UNHAPPY),
        (lost & (churn_probability >= settings.lost_probability), LifecycleStage.LOST),
        (features.complaints_open > 0, LifecycleStage.UNHAPPY),
        (features.tenure_days <= settings.new_days, LifecycleStage.NEW),
        (silence > settings.silent_gaps, LifecycleStage.SILENT),
        (considers, LifecycleStage.CONSIDERING),
    ]
    conditions, stages = zip(*rules, strict=True)
    return np.select(conditions, [stage.value for stage in stages], default=LifecycleStage.IDEAL.value)


def gaps_of_silence(features: LifecycleFeatures, settings: LifecycleSettings) -> Floats:
    """Days since the last purchase ÷ the customer's own mean gap between orders [n], in gaps.

    One order has no gap: `first_gap_days` stands in. Orders hours apart are no rhythm either: a gap counts
    as at least `shortest_gap_days`.
    """
    own = np.where(np.isnan(features.gap_mean_days), settings.first_gap_days, features.gap_mean_days)
    return features.recency_days / np.maximum(own, settings.shortest_gap_days)


def has_recent_grievance(features: LifecycleFeatures, settings: LifecycleSettings) -> Flags:
    """A complaint in the last `unhappy_days` days that is open, unresolved or was rated badly [n]."""
    recent = features.days_since_complaint <= settings.unhappy_days
    waiting = (features.complaints_open > 0) | ~np.isnan(features.unresolved_age_days)
    return recent & (waiting | (features.satisfaction_last <= settings.bad_rating))
