"""Consent by example: what may be done with each answer under each `policy.unknown_consent`."""

import numpy as np
import pytest

from models.domain.vocabulary import UnknownConsent
from models.policy.assess import assess
from models.policy.consent import NO, UNKNOWN, YES
from tests.policy_examples import MEAN_ORDER, customer, policy

EXAMPLES = [
    # consent for e-mail, consent for phone, unknown_consent, action, reason
    (YES, YES, "list_only", "coupon", ""),
    (NO, YES, "list_only", "call", ""),
    (YES, NO, "list_only", "coupon", ""),
    (NO, NO, "list_only", "leave_alone", "no_consent"),
    (UNKNOWN, UNKNOWN, "list_only", "leave_alone", "consent_unknown"),
    (UNKNOWN, NO, "list_only", "leave_alone", "consent_unknown"),
    (UNKNOWN, YES, "list_only", "call", ""),
    (UNKNOWN, UNKNOWN, "allow", "coupon", ""),
    (NO, UNKNOWN, "allow", "call", ""),
    (NO, NO, "allow", "leave_alone", "no_consent"),
    (UNKNOWN, UNKNOWN, "refuse", "leave_alone", "no_consent"),
    (YES, UNKNOWN, "refuse", "coupon", ""),
]


def assessed(email, phone, unknown):
    settings = policy(unknown_consent=UnknownConsent(unknown))
    return assess(customer(consents={"email": email, "phone": phone}), settings, MEAN_ORDER)


@pytest.mark.parametrize(("email", "phone", "unknown", "action", "reason"), EXAMPLES)
def test_the_action_uses_only_a_channel_that_may_be_used(email, phone, unknown, action, reason):
    assert assessed(email, phone, unknown).choice.recommended_action.tolist() == [action]


@pytest.mark.parametrize(("email", "phone", "unknown", "action", "reason"), EXAMPLES)
def test_the_reason_tells_a_refusal_from_an_unasked_question(email, phone, unknown, action, reason):
    assert assessed(email, phone, unknown).do_not_contact_reason.tolist() == [reason]


@pytest.mark.parametrize(("email", "phone", "unknown", "action", "reason"), EXAMPLES)
def test_who_may_not_be_contacted_has_no_cap(email, phone, unknown, action, reason):
    assert np.all((assessed(email, phone, unknown).greatest_cap_minor == 0) == bool(reason))


def test_a_channel_that_the_source_never_recorded_is_unknown():
    assert assess(customer(consents={}), policy(), MEAN_ORDER).do_not_contact_reason.tolist() == [
        "consent_unknown"
    ]
