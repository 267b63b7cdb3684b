"""For every customer the one action that was chosen, or none: what lists, plans and answers say of it."""

from dataclasses import dataclass

import numpy as np

from models.policy.action_settings import LEAVE_ALONE
from models.policy.allocation.problem import NOTHING
from models.policy.customers import Flags, Integers, Words
from models.policy.offered import Offer, Offered


@dataclass(frozen=True)
class Choice:
    """The chosen action of n customers; `leave_alone`, '' and zeros where none was worth taking.

    Amounts in minor units. recommended_offer: 'coupon:500', '' where nothing is given. owner, channel: who is
    to do it, and how; deadline_days: within how many days.
    incentive_cap_minor: the cap of the recommended action. Always liability_minor ≤ incentive_cap_minor, and
    expected_gain_minor ≥ 1 where an action is recommended.
    """

    recommended_action: Words
    recommended_offer: Words
    purpose: Words
    owner: Words
    channel: Words
    deadline_days: Integers
    face_value_minor: Integers
    contact_cost_minor: Integers
    liability_minor: Integers
    incentive_cap_minor: Integers
    expected_gain_minor: Integers
    expected_cost_minor: Integers

    @property
    def acts(self) -> Flags:
        """For whom something is recommended [n]."""
        acts: Flags = self.recommended_action != LEAVE_ALONE
        return acts


def chosen(offered: Offered, choice: Integers) -> Choice:
    """What `choice` [n], the numbers of offers or `NOTHING`, means for each customer."""
    taken, rows = choice != NOTHING, np.arange(len(choice))
    offers = offered.offers

    def words(values: list[str], otherwise: str) -> Words:
        return np.array([*values, otherwise])[choice]

    def amounts(values: list[int]) -> Integers:
        return np.array([*values, 0], np.int64)[choice]

    def of_each(values: Integers) -> Integers:
        return np.where(taken, values[choice, rows], 0) if len(values) else np.zeros(len(rows), np.int64)

    return Choice(
        recommended_action=words([offer.action.id for offer in offers], LEAVE_ALONE),
        recommended_offer=words([offer_word(offer) for offer in offers], ""),
        purpose=words([offer.action.purpose.value for offer in offers], ""),
        owner=words([offer.action.owner for offer in offers], ""),
        channel=words([offer.action.channel for offer in offers], ""),
        deadline_days=amounts([offer.action.deadline_days for offer in offers]),
        face_value_minor=amounts([offer.face_value for offer in offers]),
        contact_cost_minor=amounts([offer.action.contact_cost_minor for offer in offers]),
        liability_minor=amounts([offer.liability for offer in offers]),
        incentive_cap_minor=of_each(offered.cap),
        expected_gain_minor=of_each(offered.gain),
        expected_cost_minor=of_each(offered.cost),
    )


def offer_word(offer: Offer) -> str:
    """What is given and its face value in minor units, such as 'coupon:500'; '' for nothing."""
    return f"{offer.action.offer_kind.value}:{offer.face_value}" if offer.face_value else ""
