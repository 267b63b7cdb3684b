"""Who may be contacted by which channel, and what silence on the question means."""

import numpy as np

from models.domain.vocabulary import UnknownConsent
from models.policy.customers import Consents, CustomerInputs, Flags

NO, YES, UNKNOWN = 0, 1, -1


def consent_for(customers: CustomerInputs, channel: str) -> Consents:
    """The consent codes for one channel [n]; `UNKNOWN` for all where the source never recorded it."""
    unasked = np.full(len(customers), UNKNOWN, dtype=np.int8)
    return customers.consents.get(channel, unasked)


def may_contact(consent: Consents, unknown_consent: UnknownConsent) -> Flags:
    """Whether the channel may be used [n]: a yes always, a no never, unknown only under `allow`."""
    allowed: Flags = consent != NO if unknown_consent is UnknownConsent.ALLOW else consent == YES
    return allowed


def awaits_consent(consent: Consents, unknown_consent: UnknownConsent) -> Flags:
    """Whether only an unasked question stands in the way [n].

    Under `list_only` such a customer is listed with the reason `consent_unknown`, without a cap; under
    `refuse` silence is a no, under `allow` a yes.
    """
    waits: Flags = (consent == UNKNOWN) & (unknown_consent is UnknownConsent.LIST_ONLY)
    return waits
