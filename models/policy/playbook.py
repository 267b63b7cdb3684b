"""Which actions suit whom, and why some people are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import DoNotContactReason, LifecycleStage, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.consent import awaits_consent, consent_for, may_contact
from models.policy.customers import CustomerInputs, Flags, Integers, Words
from models.policy.settings import PolicySettings


@dataclass(frozen=True)
class Suitability:
    """Whether one action may be taken, and what stands in its way; flags [n].

    suits: the playbook names it for the customer's stage and state. waits: only an unasked consent is
    missing. reachable: it suits and its channel may be used. allowed: nothing at all stands in its way.
    """

    suits: Flags
    waits: Flags
    reachable: Flags
    allowed: Flags


def suitability(
    action: ActionSettings, customers: CustomerInputs, stage: Words, settings: PolicySettings
) -> Suitability:
    """Judge one action for every customer.

    An open complaint leaves only recovery, and recovery needs an open complaint. Recovery answers the
    customer, so neither a rest after the last contact nor a lost cause forbids it, nor being held out from
    campaigns.
    """
    suits = customers.scored & np.isin(stage, [named.value for named in action.stages])
    recovers = action.purpose is Purpose.RECOVERY
    suits &= customers.has_open_complaint == recovers
    consent = consent_for(customers, action.channel)
    reachable = suits & may_contact(consent, settings.unknown_consent)
    undisturbed: Flags = ~(
        customers.held_out | contacted_recently(customers, settings) | lost_cause(customers, stage, settings)
    )
    return Suitability(
        suits=suits,
        waits=suits & awaits_consent(consent, settings.unknown_consent),
        reachable=reachable,
        allowed=reachable if recovers else reachable & undisturbed,
    )


def contacted_recently(customers: CustomerInputs, settings: PolicySettings) -> Flags:
    """Whether the last outbound contact is less than `contact_rest_days` days old [n]."""
    resting: Flags = customers.days_since_contact_out < settings.contact_rest_days
    return resting


def lost_cause(customers: CustomerInputs, stage: Words, settings: PolicySettings) -> Flags:
    """Lost for good, or so sure to stay away that an attempt would only cost [n]."""
    hopeless = customers.churn_probability >= settings.lost_cause_probability
    lost: Flags = (stage == LifecycleStage.LOST.value) & (hopeless | customers.has_gone)
    return lost


def do_not_contact_reason(
    customers: CustomerInputs,
    stage: Words,
    judged: Mapping[str, Suitability],
    greatest_cap: Integers,
    settings: PolicySettings,
) -> Words:
    """Why each customer would be left alone, given that no action was chosen [n].

    The first that holds: unscored; consent unknown, or none; an open complaint for which no recovery pays;
    held out from campaigns; contacted recently; a lost cause; nobody's worth known; no cap; no gain. `judged`
    has the suitability of every action by id.
    """
    nobody = np.zeros(len(customers), dtype=np.bool_)
    unreachable = _any(judged, "suits", nobody) & ~_any(judged, "reachable", nobody)
    rules = [
        (~customers.scored, DoNotContactReason.UNSCORED),
        (unreachable & _any(judged, "waits", nobody), DoNotContactReason.CONSENT_UNKNOWN),
        (unreachable, DoNotContactReason.NO_CONSENT),
        (customers.has_open_complaint, DoNotContactReason.OPEN_COMPLAINT),
        (customers.held_out, DoNotContactReason.IN_HOLDOUT),
        (contacted_recently(customers, settings), DoNotContactReason.CONTACTED_RECENTLY),
        (lost_cause(customers, stage, settings), DoNotContactReason.LOST_CAUSE),
        (~nobody & (not customers.worth_known), DoNotContactReason.VALUE_UNKNOWN),
        (_any(judged, "allowed", nobody) & (greatest_cap == 0), DoNotContactReason.CAP_TOO_LOW),
    ]
    conditions, reasons = zip(*rules, strict=True)
    return np.select(
        conditions, [str(reason) for reason in reasons], default=DoNotContactReason.NO_GAIN.value
    )


def _any(judged: Mapping[str, Suitability], name: str, nobody: Flags) -> Flags:
    found: Flags = np.logical_or.reduce([nobody, *(getattr(each, name) for each in judged.values())])
    return found
