"""Contacts of both directions: complaints and questions come in; letters, answers and offers go out."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import CONTACTS
from models.domain.instants import MINUTE
from pipelines.sources.simulator.arrow_columns import (
    NEVER,
    contract_table,
    identifiers,
    instants,
    numbered_by_time,
    words,
)
from pipelines.sources.simulator.complaints import CHANNELS as COMPLAINT_CHANNELS
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.settings import DAYS_PER_YEAR
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

Integers = NDArray[np.int64]

CHANNELS = ("email", "sms", "phone", "post", "app")
PURPOSES = ("complaint", "question", "newsletter", "service", "follow_up", "retention", "onboarding")
EMAIL, PHONE, APP = (CHANNELS.index(name) for name in ("email", "phone", "app"))
FROM_COMPLAINT = np.array([CHANNELS.index(name) for name in COMPLAINT_CHANNELS])

QUESTION_SHARE = 0.06  # of orders
QUESTION_WITHIN_DAYS = 2.0


@dataclass(frozen=True)
class _Contacts:
    """Contacts of one kind: who, when (NEVER: not at all), inbound or not, channel and purpose codes."""

    customer: Integers
    at: Integers
    inbound: bool
    channel: Integers
    purpose: str


def contacts_table(wishes: Wishes, history: History) -> pa.Table:
    """The `contacts` table up to the end, sorted by customer and time."""
    kinds = (
        *_about_complaints(wishes, history),
        _questions(wishes, history),
        _letters(wishes),
        _welcomes(wishes),
        *_offers(history),
    )
    customer, at = _joined([kind.customer for kind in kinds]), _joined([kind.at for kind in kinds])
    inbound = _joined([np.full(len(kind.at), int(not kind.inbound)) for kind in kinds])
    channel = _joined([kind.channel for kind in kinds])
    purpose = _joined([np.full(len(kind.at), PURPOSES.index(kind.purpose)) for kind in kinds])
    order = np.lexsort((purpose, at, customer))
    order = order[(at[order] != NEVER) & (at[order] <= wishes.time.end)]
    moments = instants(at[order])
    return contract_table(
        CONTACTS,
        {
            "contact_id": identifiers("K", numbered_by_time(at[order]), 7),
            "customer_id": wishes.customers.id_of(customer[order]),
            "contacted_at": moments,
            "direction": words(("inbound", "outbound"), inbound[order]),
            "channel": words(CHANNELS, channel[order]),
            "purpose": words(PURPOSES, purpose[order]),
            "known_at": moments,
        },
    )


def _about_complaints(wishes: Wishes, history: History) -> tuple[_Contacts, ...]:
    made, complaints = history.made, wishes.complaints
    who, channel = complaints.customer[made], FROM_COMPLAINT[complaints.channel[made]]
    calls = np.full(len(who), PHONE)
    return (
        _Contacts(who, complaints.opened_at[made], True, channel, "complaint"),
        _Contacts(who, complaints.first_response_at[made], False, channel, "service"),
        _Contacts(who, complaints.followed_up_at[made], False, calls, "follow_up"),
    )


def _questions(wishes: Wishes, history: History) -> _Contacts:
    rng = stream(wishes.settings.seed, "questions")
    n = len(wishes.orders)
    asks, after = rng.random(n) < QUESTION_SHARE, lasting(rng.random(n) * QUESTION_WITHIN_DAYS)
    channel = np.array([EMAIL, PHONE, APP])[rng.integers(3, size=n)]
    asked = asks & history.placed
    return _Contacts(
        wishes.orders.customer[asked], (wishes.orders.at + after)[asked], True, channel[asked], "question"
    )


def _letters(wishes: Wishes) -> _Contacts:
    """As many as the customer's list gets, gone or not: the shop cannot tell."""
    rng = stream(wishes.settings.seed, "letters")
    customers, time = wishes.customers, wishes.time
    years = (time.longest - customers.first_day) / DAYS_PER_YEAR
    count = rng.poisson(customers.letters_per_year * years)
    who = np.repeat(np.arange(len(customers)), count)
    first = customers.first_day[who]
    at = time.instants(first + rng.random(len(who)) * (time.longest - first))
    return _Contacts(who, at, False, np.full(len(who), EMAIL), "newsletter")


def _welcomes(wishes: Wishes) -> _Contacts:
    who, at = np.arange(len(wishes.customers)), wishes.onboarding.called_at
    return _Contacts(who, at, False, np.full(len(who), PHONE), "onboarding")


def _offers(history: History) -> tuple[_Contacts, ...]:
    sent = [(a.customer[a.arm > 0], a.at + 5 * MINUTE) for a in history.assignments]
    return tuple(
        _Contacts(who, np.full(len(who), at), False, np.full(len(who), EMAIL), "retention")
        for who, at in sent
    )


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate(parts)
