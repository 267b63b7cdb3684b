"""What the playbook answers for each customer: a fact of the books, else what raises the risk most.

A fact comes first because somebody can check it; an explanation tells what goes with leaving, not why.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import LifecycleStage, MainReason
from models.policy.action_settings import ActionSettings
from models.policy.customers import CustomerInputs, Flags, Floats, Words
from models.policy.lifecycle import has_recent_grievance
from models.policy.rules import first_that_holds, is_one_of
from models.policy.settings import PolicySettings

# What a family of features says when it raises the risk. Families not named here call for nothing.
CAUSES: Mapping[str, MainReason] = {
    "complaints": MainReason.DISSATISFIED,
    "satisfaction": MainReason.DISSATISFIED,
    "surveys": MainReason.DISSATISFIED,
    "response_times": MainReason.SLOW_ANSWER,
    "items": MainReason.ARTICLES,
    "monetary": MainReason.SPENDING,
    "returns": MainReason.RETURNS,
    "activity": MainReason.USE_FELL,
    "recency": MainReason.SILENCE,
    "frequency": MainReason.SILENCE,
    "regularity": MainReason.SILENCE,
    "rhythm": MainReason.SILENCE,
}
# What leaving looks like rather than why somebody leaves.
SYMPTOMS = (MainReason.USE_FELL, MainReason.SILENCE)
TELLING = 0.1  # log-odds: a tenth more likely to leave
PROMOTER, DETRACTOR, DELIGHTED = 9, 6, 5

# What is mended before anything is promised.
PROBLEMS = (
    MainReason.COMPLAINT_UNANSWERED,
    MainReason.COMPLAINT_OPEN,
    MainReason.PAYMENT_FAILED,
    MainReason.SLOW_ANSWER,
    MainReason.DISSATISFIED,
)

# Which features tell of a reason at all; an action for reasons of which the source tells nothing is off.
TOLD_BY: Mapping[MainReason, tuple[str, ...]] = {
    MainReason.COMPLAINT_UNANSWERED: ("unanswered_age_days",),
    MainReason.COMPLAINT_OPEN: ("complaints_open",),
    MainReason.PAYMENT_FAILED: ("days_since_payment_failed",),
    MainReason.SLOW_ANSWER: ("response_hours_last",),
    MainReason.DISSATISFIED: ("complaints_all", "csat_last", "nps_last"),
    MainReason.CONTRACT_EXPIRING: ("days_until_renewal",),
    MainReason.PRICES: ("unit_price_trend_365",),
    MainReason.ARTICLES: ("items_365",),
    MainReason.RETURNS: ("refunds_365",),
    MainReason.USE_FELL: ("uses_90", "visits_90"),
    MainReason.SPENDING: ("spend_365",),
    MainReason.SATISFIED: ("csat_last", "nps_last"),
}


def untold_words(
    actions: Sequence[ActionSettings], features: Sequence[str], stated: Collection[MainReason] = ()
) -> list[str]:
    """The actions whose reasons these features, by their names, tell nothing of, in words.

    stated: the reasons that customers may state themselves, whatever features there are.
    """
    known = set(features)
    told = {reason for reason in MainReason if not TOLD_BY.get(reason) or known & {*TOLD_BY[reason]}}
    told |= {*stated}
    return [
        f"action {action.id} is off: the source tells nothing of "
        + ", ".join(reason.value.replace("_", " ") for reason in action.reasons)
        for action in actions
        if action.reasons and not told & {*action.reasons}
    ]


@dataclass(frozen=True)
class MainReasons:
    """Of n customers: reason, values of `MainReason`; by_fact, whether the books say so themselves."""

    reason: Words
    by_fact: Flags


def main_reasons(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> MainReasons:
    """The main reason of each customer: the first that holds of the facts, then of what raises the risk."""
    facts = _facts(customers, settings)
    conditions, reasons = zip(*facts, strict=True)
    by_fact = np.logical_or.reduce(conditions)
    found = first_that_holds(conditions, reasons, otherwise="")
    return MainReasons(np.where(by_fact, found, _otherwise(customers, stage, settings)), by_fact)


def leading_cause(raised: Mapping[str, Floats], rows: int) -> Words:
    """What raises the risk of each customer most, '' where nothing is telling [n].

    raised: log-odds by family of features [n]. Symptoms are named only where no other cause is telling.
    """
    causes = [cause for cause in dict.fromkeys(CAUSES.values()) if cause not in SYMPTOMS]
    symptom = _strongest(SYMPTOMS, raised, rows)
    cause = _strongest(causes, raised, rows)
    return np.where(cause == "", symptom, cause)


def _strongest(causes: Sequence[MainReason], raised: Mapping[str, Floats], rows: int) -> Words:
    """Which of these raises the risk most, '' where none is telling [n]."""
    by_cause = np.stack([_sum(cause, raised, rows) for cause in causes])
    named = np.array([cause.value for cause in causes])[by_cause.argmax(axis=0)]
    return np.where(by_cause.max(axis=0) >= TELLING, named, "")


def _sum(cause: MainReason, raised: Mapping[str, Floats], rows: int) -> Floats:
    parts = [raised[family] for family, named in CAUSES.items() if named is cause and family in raised]
    total: Floats = np.sum([np.zeros(rows), *parts], axis=0)
    return total


def _facts(customers: CustomerInputs, settings: PolicySettings) -> list[tuple[Flags, str | Words]]:
    """What the books say, the most pressing first; what customers said themselves among it."""
    facts, limits = customers.facts_or_none, settings.playbook
    is_open = customers.has_open_complaint
    grievance = has_recent_grievance(customers.features, settings.lifecycle)
    failed = facts.days_since_payment_failed
    late = (facts.response_hours_last > limits.slow_answer_hours) | (facts.promise_overdue_days > 0)
    renewal = facts.days_until_renewal
    bad = (facts.csat_last <= settings.lifecycle.bad_rating) | (facts.nps_last <= DETRACTOR)
    return [
        (is_open & ~np.isnan(facts.unanswered_age_days), MainReason.COMPLAINT_UNANSWERED.value),
        (is_open, MainReason.COMPLAINT_OPEN.value),
        (customers.features.evidence > 0, MainReason.NOTICE_GIVEN.value),
        ((failed <= limits.payment_days) & ~(facts.recency_days < failed), MainReason.PAYMENT_FAILED.value),
        (facts.stated != "", facts.stated),
        (grievance & late, MainReason.SLOW_ANSWER.value),
        (grievance | (_surveyed(customers, settings) & bad), MainReason.DISSATISFIED.value),
        ((renewal >= 0) & (renewal <= limits.renewal_days), MainReason.CONTRACT_EXPIRING.value),
    ]


def _otherwise(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> Words:
    """What the explanation says, but that who is content is told so, and dearer articles from fewer ones.

    Nobody is told to mend what never happened: without a complaint or a survey service is no reason.
    """
    facts = customers.facts_or_none
    served = ~(np.isnan(facts.days_since_complaint) & np.isnan(facts.days_since_survey))
    service = is_one_of(facts.cause, [MainReason.DISSATISFIED.value, MainReason.SLOW_ANSWER.value])
    good = (facts.csat_last >= DELIGHTED) | (facts.nps_last >= PROMOTER)
    dearer = is_one_of(facts.cause, [MainReason.ARTICLES.value, MainReason.SPENDING.value])
    dearer &= facts.unit_price_trend_365 >= settings.playbook.price_rise
    content = (stage == LifecycleStage.IDEAL.value) & _surveyed(customers, settings) & good
    rules = [
        (content, MainReason.SATISFIED.value),
        (dearer, MainReason.PRICES.value),
        ((facts.cause == "") | (service & ~served), MainReason.NONE_KNOWN.value),
    ]
    conditions, words = zip(*rules, strict=True)
    return first_that_holds(conditions, words, otherwise=facts.cause)


def _surveyed(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    recent: Flags = customers.facts_or_none.days_since_survey <= settings.playbook.survey_days
    return recent
