"""Which actions suit whom, and why some people are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import DoNotContactReason, Inquiry, LifecycleStage, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.consent import awaits_consent, consent_for, may_contact
from models.policy.customers import CustomerInputs, Flags, Integers, Words
from models.policy.rules import first_that_holds, is_one_of
from models.policy.settings import PolicySettings
from models.policy.standing import Standing


@dataclass(frozen=True)
class Suitability:
    """Whether one action may be taken, and what stands in its way; flags [n].

    suits: the playbook names it for the customer's stage, reason and state. waits: only an unasked consent is
    missing. reachable: it suits and its channel may be used. rested: and long enough after the last contact.
    allowed: nothing at all stands in its way.
    """

    suits: Flags
    waits: Flags
    reachable: Flags
    rested: Flags
    allowed: Flags


def suitability(
    action: ActionSettings, customers: CustomerInputs, standing: Standing, settings: PolicySettings
) -> Suitability:
    """Judge one action for every customer.

    An open complaint leaves only recovery, and recovery needs an open complaint. Recovery answers the
    customer, so neither a rest after the last contact nor a lost cause forbids it, nor being held out from
    campaigns, a sleeping dog, or having been approached often.
    """
    suits = customers.scored & answers(action, standing)
    recovers = action.purpose is Purpose.RECOVERY
    suits &= customers.has_open_complaint == recovers
    consent = consent_for(customers, action.channel)
    reachable = suits & may_contact(consent, settings.unknown_consent)
    rested = reachable & ~standing.resting & ~(customers.days_since_approach < action.rest_days)
    undisturbed: Flags = ~(
        customers.held_out
        | lost_cause(customers, standing.stage, settings)
        | standing.sleeping
        | standing.reached
    )
    return Suitability(
        suits=suits,
        waits=suits & awaits_consent(consent, settings.unknown_consent),
        reachable=reachable,
        rested=rested,
        allowed=reachable if recovers else rested & undisturbed,
    )


def answers(action: ActionSettings, standing: Standing) -> Flags:
    """Whether the action answers the customer's stage and main reason, and its turn has come [n].

    Who fell silent is asked once, before all else; a problem that can be mended is mended before anything is
    promised.
    """
    at = is_one_of(standing.stage, [named.value for named in action.stages])
    names = is_one_of(standing.reason, [named.value for named in action.reasons])
    if action.asks:
        turn = (standing.inquiry == Inquiry.NOT_ASKED.value) & ~standing.told & ~standing.mends_first
    else:
        turn = ~standing.asks_first & (names | ~standing.mends_first)
    found: Flags = at & turn & (names | (not action.reasons))
    return found


def lost_cause(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> Flags:
    """Lost for good, or so sure to stay away that an attempt would only cost [n]."""
    hopeless = customers.churn_probability >= settings.lost_cause_probability
    lost: Flags = (stage == LifecycleStage.LOST.value) & (hopeless | customers.has_gone)
    return lost


def do_not_contact_reason(
    customers: CustomerInputs,
    standing: Standing,
    judged: Mapping[str, Suitability],
    greatest_cap: Integers,
    settings: PolicySettings,
) -> Words:
    """Why each customer would be left alone, given that no action was chosen [n].

    The first that holds: unscored; consent unknown, or none; an open complaint for which no recovery pays;
    held out from campaigns; contacted recently; a lost cause; a sleeping dog; approached as often as allowed;
    nobody's worth known; no cap; no action that suits; no gain. `judged` has the suitability of every action
    by id.
    """
    nobody = np.zeros(len(customers), dtype=np.bool_)
    reachable = _any(judged, "reachable", nobody)
    unreachable = _any(judged, "suits", nobody) & ~reachable
    resting = standing.resting | (reachable & ~_any(judged, "rested", nobody))
    rules = [
        (~customers.scored, DoNotContactReason.UNSCORED),
        (unreachable & _any(judged, "waits", nobody), DoNotContactReason.CONSENT_UNKNOWN),
        (unreachable, DoNotContactReason.NO_CONSENT),
        (customers.has_open_complaint, DoNotContactReason.OPEN_COMPLAINT),
        (customers.held_out, DoNotContactReason.IN_HOLDOUT),
        (resting, DoNotContactReason.CONTACTED_RECENTLY),
        (lost_cause(customers, standing.stage, settings), DoNotContactReason.LOST_CAUSE),
        (standing.sleeping, DoNotContactReason.SLEEPING_DOG),
        (standing.reached, DoNotContactReason.CAP_REACHED),
        (~nobody & (not customers.worth_known), DoNotContactReason.VALUE_UNKNOWN),
        (_any(judged, "allowed", nobody) & (greatest_cap == 0), DoNotContactReason.CAP_TOO_LOW),
        (~_any(judged, "suits", nobody), DoNotContactReason.NO_ACTION),
    ]
    conditions, reasons = zip(*rules, strict=True)
    return first_that_holds(
        conditions, [str(reason) for reason in reasons], otherwise=DoNotContactReason.NO_GAIN.value
    )


def _any(judged: Mapping[str, Suitability], name: str, nobody: Flags) -> Flags:
    found: Flags = np.logical_or.reduce([nobody, *(getattr(each, name) for each in judged.values())])
    return found
