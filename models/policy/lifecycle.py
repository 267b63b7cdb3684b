"""Where a customer stands. The first rule that holds wins: stages exclude each other, nobody is left out."""

from collections.abc import Mapping

import numpy as np

from models.domain.vocabulary import LifecycleStage, StageRule
from models.policy.customers import Flags, Floats, LifecycleFeatures, Words
from models.policy.lifecycle_settings import LifecycleSettings
from models.policy.rules import first_that_holds

STAGE_OF: Mapping[StageRule, LifecycleStage] = {
    StageRule.UNSCORED: LifecycleStage.NEW,
    StageRule.LEFT: LifecycleStage.LOST,
    StageRule.EVIDENCE: LifecycleStage.DEFECTING,
    StageRule.GRIEVANCE: LifecycleStage.UNHAPPY,
    StageRule.LONG_SILENCE: LifecycleStage.LOST,
    StageRule.OPEN_COMPLAINT: LifecycleStage.UNHAPPY,
    StageRule.FIRST_DAYS: LifecycleStage.NEW,
    StageRule.SILENCE: LifecycleStage.SILENT,
    StageRule.LIKELY_TO_LEAVE: LifecycleStage.CONSIDERING,
    StageRule.IN_RHYTHM: LifecycleStage.IDEAL,
}


def lifecycle_stage(
    features: LifecycleFeatures, churn_probability: Floats, settings: LifecycleSettings
) -> Words:
    """The `LifecycleStage` value of each customer [n]: that of the first rule that holds."""
    return stages_of(stage_rule(features, churn_probability, settings))


def stages_of(rule: Words) -> Words:
    """The stage that each rule leads to [n]."""
    conditions = [rule == each.value for each in STAGE_OF]
    return first_that_holds(conditions, [stage.value for stage in STAGE_OF.values()], otherwise="")


def stage_rule(features: LifecycleFeatures, churn_probability: Floats, settings: LifecycleSettings) -> Words:
    """The `StageRule` value of each customer [n]: the first that holds.

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
        (features.evidence > 0, StageRule.EVIDENCE),
        (has_recent_grievance(features, settings), StageRule.GRIEVANCE),
        (lost & (churn_probability >= settings.lost_probability), StageRule.LONG_SILENCE),
        (features.complaints_open > 0, StageRule.OPEN_COMPLAINT),
        (features.tenure_days <= settings.new_days, StageRule.FIRST_DAYS),
        (silence > settings.silent_gaps, StageRule.SILENCE),
        (considers, StageRule.LIKELY_TO_LEAVE),
    ]
    conditions, found = zip(*rules, strict=True)
    return first_that_holds(conditions, [rule.value for rule in found], otherwise=StageRule.IN_RHYTHM.value)


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
