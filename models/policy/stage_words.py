"""Why a customer stands where they stand, in words: the rule that put them there, with their own figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import StageRule
from models.domain.words import ENGLISH, Words
from models.policy.customers import CustomerInputs
from models.policy.customers import Words as Texts


@dataclass(frozen=True)
class StageFigures:
    """What the sentences tell of one customer: whole days, percent and a rating; None where unknown."""

    recency: int | None
    gap: int | None
    tenure: int | None
    leaving: int | None
    complaint: int | None
    rating: int | None


def stage_reasons(customers: CustomerInputs, rule: Texts, stage: Texts, words: Words = ENGLISH) -> list[str]:
    """Of each customer a sentence such as 'no order for 74 days; usually every 21: silent' [n]."""
    features = customers.features
    settled = np.isnan(features.unresolved_age_days) & ~customers.has_open_complaint
    columns = (
        features.recency_days,
        np.maximum(features.gap_mean_days, 1),
        features.tenure_days,
        100 * customers.churn_probability,
        features.days_since_complaint,
        np.where(settled, features.satisfaction_last, np.nan),
    )
    figures = zip(*(_whole(column) for column in columns), strict=True)
    # A handful of words stand for all customers: each is looked up once.
    names = {name: words.coded("lifecycle_stage", name) for name in np.unique(stage).tolist()}
    rows = zip(rule.tolist(), stage.tolist(), figures, strict=True)
    return [
        words.gettext(
            "{reason}: {stage}",
            reason=SENTENCES[StageRule(which)](StageFigures(*row), words),
            stage=names[where],
        )
        for which, where, row in rows
    ]


def _whole(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int | None]:
    return [None if value != value else round(value) for value in column.tolist()]  # noqa: PLR0124  # NaN


def _unscored(figures: StageFigures, words: Words) -> str:
    if figures.recency is None:
        return words.gettext("no order on record")
    return words.gettext("too little is known to score")


def _left(_: StageFigures, words: Words) -> str:
    return words.gettext("known to have left")


def _evidence(_: StageFigures, words: Words) -> str:
    return words.gettext("there is proof of leaving, such as notice given")


def _grievance(figures: StageFigures, words: Words) -> str:
    days = figures.complaint or 0
    if figures.rating is not None:
        return words.ngettext(
            "rated a complaint of {days} day ago {rating} of 5",
            "rated a complaint of {days} days ago {rating} of 5",
            days,
            days=days,
            rating=figures.rating,
        )
    return words.ngettext(
        "a complaint of {days} day ago is not settled",
        "a complaint of {days} days ago is not settled",
        days,
        days=days,
    )


def _open_complaint(_: StageFigures, words: Words) -> str:
    return words.gettext("a complaint is still open")


def _first_days(figures: StageFigures, words: Words) -> str:
    days = figures.tenure or 0
    return words.ngettext("customer for {days} day", "customer for {days} days", days, days=days)


def _silence(figures: StageFigures, words: Words) -> str:
    days = figures.recency
    if days is None:
        return words.gettext("no order on record")
    silence = words.ngettext("no order for {days} day", "no order for {days} days", days, days=days)
    if figures.gap is None:
        return silence
    rhythm = words.ngettext("usually every {days}", "usually every {days}", figures.gap, days=figures.gap)
    return words.gettext("{silence}; {rhythm}", silence=silence, rhythm=rhythm)


def _long_silence(figures: StageFigures, words: Words) -> str:
    return words.gettext(
        "{silence}; {share}% likely to leave", silence=_silence(figures, words), share=figures.leaving or 0
    )


def _likely(figures: StageFigures, words: Words) -> str:
    return words.gettext("still a customer, but {share}% likely to leave", share=figures.leaving or 0)


def _in_rhythm(figures: StageFigures, words: Words) -> str:
    if figures.recency is None:
        return words.gettext("nothing speaks of leaving")
    ordered = words.ngettext(
        "ordered {days} day ago", "ordered {days} days ago", figures.recency, days=figures.recency
    )
    if figures.gap is None:
        return ordered
    rhythm = words.ngettext("usually every {days}", "usually every {days}", figures.gap, days=figures.gap)
    return words.gettext("{silence}; {rhythm}", silence=ordered, rhythm=rhythm)


SENTENCES: Mapping[StageRule, Callable[[StageFigures, Words], str]] = {
    StageRule.UNSCORED: _unscored,
    StageRule.LEFT: _left,
    StageRule.EVIDENCE: _evidence,
    StageRule.GRIEVANCE: _grievance,
    StageRule.LONG_SILENCE: _long_silence,
    StageRule.OPEN_COMPLAINT: _open_complaint,
    StageRule.FIRST_DAYS: _first_days,
    StageRule.SILENCE: _silence,
    StageRule.LIKELY_TO_LEAVE: _likely,
    StageRule.IN_RHYTHM: _in_rhythm,
}
