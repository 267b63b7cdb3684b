"""Where each customer stands before an action is picked: what comes first, and what forbids an approach.

Who fell silent is asked why before anything is promised; what then is known to be wrong is mended; only then
an incentive is given, one that answers the reason. A problem that the books tell of, or a reason that the
customer stated, need not be asked for.
"""

from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import Inquiry, LifecycleStage, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.consent import consent_for, may_contact
from models.policy.customers import CustomerInputs, Flags, Words
from models.policy.main_reason import PROBLEMS, main_reasons
from models.policy.rules import first_that_holds, is_one_of
from models.policy.settings import PolicySettings


@dataclass(frozen=True)
class Standing:
    """Of n customers: stage, reason and inquiry are values of their enums, the rest flags.

    told: the customer said why of late. asks_first: the question why comes before all else, where it may be
    asked. mends_first: the main reason is a problem that an action may mend, so nothing else is done.
    resting: contacted too recently. sleeping: assumed to be reminded of leaving by an approach. reached:
    approached as often as the policy allows.
    """

    stage: Words
    reason: Words
    inquiry: Words
    told: Flags
    asks_first: Flags
    mends_first: Flags
    resting: Flags
    sleeping: Flags
    reached: Flags


def standing(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> Standing:
    """Where these customers of known stages stand."""
    found = main_reasons(customers, stage, settings)
    asked = inquiry(customers, settings)
    unasked, silent = asked == Inquiry.NOT_ASKED.value, stage == LifecycleStage.SILENT.value
    told = customers.facts_or_none.stated != ""
    mendable = is_one_of(found.reason, [problem.value for problem in PROBLEMS])
    mendable &= found.by_fact | ~silent | ~unasked
    mends = mendable & _mended(customers, stage, found.reason, settings)
    return Standing(
        stage=stage,
        reason=found.reason,
        inquiry=asked,
        told=told,
        asks_first=silent & unasked & ~told & ~mends & _asked(customers, stage, found.reason, settings),
        mends_first=mends,
        resting=contacted_recently(customers, settings) | (asked == Inquiry.WAITING.value),
        sleeping=sleeping_dog(customers, stage, settings),
        reached=reached(customers, settings),
    )


def inquiry(customers: CustomerInputs, settings: PolicySettings) -> Words:
    """How far asking why has come since the last order: values of `Inquiry` [n].

    Answered is who made contact, answered a survey or complained after having been asked.
    """
    facts = customers.facts_or_none
    asked = facts.days_since_asked
    since = ~np.isnan(asked) & ~(asked > facts.recency_days)
    spoke = np.fmin(np.fmin(facts.days_since_contact_in, facts.days_since_survey), facts.days_since_complaint)
    rules = [
        (~since, Inquiry.NOT_ASKED),
        (spoke < asked, Inquiry.ANSWERED),
        (asked < settings.playbook.answer_days, Inquiry.WAITING),
    ]
    conditions, words = zip(*rules, strict=True)
    return first_that_holds(conditions, [word.value for word in words], otherwise=Inquiry.UNANSWERED.value)


def contacted_recently(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    """Whether the last outbound contact or assignment is less than `contact_rest_days` days old [n]."""
    resting: Flags = customers.days_since_approach < settings.contact_rest_days
    return resting


def sleeping_dog(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> Flags:
    """Whom an approach is assumed to remind of leaving [n]. Assumed, not learned."""
    calm = is_one_of(stage, [LifecycleStage.IDEAL.value, LifecycleStage.CONSIDERING.value])
    found: Flags = calm & (idle(customers, settings) | tired(customers, settings))
    return found


def idle(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    """Who pays for a contract that they no longer use [n]."""
    facts, most = customers.facts_or_none, settings.playbook.sleeping_idle_days
    found: Flags = (facts.contracts_running > 0) & (facts.days_since_use > most)
    return found & (most > 0)


def tired(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    """Who stays anyway and left their last offers unused; only money can be used [n]."""
    facts, most = customers.facts_or_none, settings.playbook.sleeping_offers
    stays = customers.churn_probability < settings.lifecycle.considering_probability
    found: Flags = (facts.given_unused_90 >= most) & stays
    return found & (most > 0)


def reached(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    """Who had as many offers or contacts, assignments among them, in 90 days as the policy allows [n]."""
    facts, limits = customers.facts_or_none, settings.playbook
    full = np.zeros(len(customers), np.bool_)
    if limits.most_offers_90 is not None:
        full |= facts.given_90 >= limits.most_offers_90
    if limits.most_contacts_90 is not None:
        contacts = np.nan_to_num(facts.contacts_out_90) + np.nan_to_num(facts.assigned_90)
        full |= contacts >= limits.most_contacts_90
    return full


def _mended(customers: CustomerInputs, stage: Words, reason: Words, settings: PolicySettings) -> Flags:
    """For whom an action that is switched on names the reason, and may be taken [n]."""
    actions = [action for action in settings.enabled_actions if action.reasons]
    return _one_may(actions, customers, stage, reason, settings)


def _asked(customers: CustomerInputs, stage: Words, reason: Words, settings: PolicySettings) -> Flags:
    """For whom an action that is switched on asks why, and may be taken [n]."""
    actions = [action for action in settings.enabled_actions if action.asks]
    return _one_may(actions, customers, stage, reason, settings)


def _one_may(
    actions: list[ActionSettings],
    customers: CustomerInputs,
    stage: Words,
    reason: Words,
    settings: PolicySettings,
) -> Flags:
    """Whether one of the actions fits the stage and the reason and may use its channel [n]."""
    found = np.zeros(len(stage), np.bool_)
    for action in actions:
        fits = _at(action, stage) & (_names(action, reason) | (not action.reasons))
        fits &= customers.has_open_complaint == (action.purpose is Purpose.RECOVERY)
        found |= fits & may_contact(consent_for(customers, action.channel), settings.unknown_consent)
    return found


def _at(action: ActionSettings, stage: Words) -> Flags:
    return is_one_of(stage, [named.value for named in action.stages])


def _names(action: ActionSettings, reason: Words) -> Flags:
    return is_one_of(reason, [named.value for named in action.reasons])
