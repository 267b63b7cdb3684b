"""For every customer the one action worth most, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import Payment
from models.policy.caps import Terms, cost_of
from models.policy.customers import Flags, Floats, Integers, Words
from models.policy.economics import expected_gain, liability
from models.policy.response import mean_uplift
from models.policy.settings import LEAVE_ALONE, ActionSettings

OFFER_WORD = {Payment.ON_PURCHASE: "coupon", Payment.IMMEDIATE: "gift"}


@dataclass(frozen=True)
class Choice:
    """The chosen action of n customers; `leave_alone`, '' and zeros where none was worth taking.

    Amounts in minor units. recommended_offer: 'coupon:500' or 'gift:500', '' where nothing is given.
    incentive_cap_minor: the cap of the recommended action. Always liability_minor ≤ incentive_cap_minor, and
    expected_gain_minor ≥ 1 where an action is recommended.
    """

    recommended_action: Words
    recommended_offer: Words
    purpose: Words
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


@dataclass(frozen=True)
class _Option:
    """One action at one face value: its gain [n] (−inf where it may not be taken), cost [n] and cap [n]."""

    action: ActionSettings
    face_value: int
    gain: Floats
    cost: Floats
    cap: Integers


def best_choice(
    value_at_stake: Integers, caps: Mapping[str, Integers], given: Terms, actions: Sequence[ActionSettings]
) -> Choice:
    """The best action by IM among those with L ≤ cap and IM of at least one minor unit.

    value_at_stake: S in minor units [n]. caps: cap(a) by action id [n], 0 where the action is not allowed.
    Ties go to the action listed first, then to the lower face value.
    """
    options = [
        _option(action, face_value, value_at_stake, caps[action.id], given)
        for action in actions
        for face_value in action.face_values_minor
    ]
    if not options:
        return _nothing(len(value_at_stake))
    gains = np.stack([option.gain for option in options])
    best = gains.argmax(axis=0)
    return _gather(options, best, acts=gains.max(axis=0) >= 1.0)


def _option(
    action: ActionSettings,
    face_value: int,
    value_at_stake: Integers,
    cap: Integers,
    given: Terms,
) -> _Option:
    uplift = mean_uplift(action, face_value, given.curve)
    cost = cost_of(action, face_value, given.curve, uplift, given.redemption)
    gain = expected_gain(uplift, value_at_stake, cost)
    # A cap of 0 forbids the action, even one that would cost nothing.
    fits = (cap > 0) & (liability(action.contact_cost_minor, face_value) <= cap)
    fits &= face_value <= given.greatest_face_value
    return _Option(action, face_value, np.where(fits, gain, -np.inf), cost, cap)


def _gather(options: list[_Option], best: NDArray[np.intp], acts: Flags) -> Choice:
    rows = np.arange(len(best))
    actions = [option.action for option in options]
    faces = [option.face_value for option in options]
    costs = [action.contact_cost_minor for action in actions]

    def amounts(values: list[int]) -> Integers:
        return np.where(acts, np.array(values, dtype=np.int64)[best], 0)

    def words(values: list[str], otherwise: str) -> Words:
        return np.where(acts, np.array(values)[best], otherwise)

    def floored(values: list[Floats] | list[Integers]) -> Integers:
        return np.where(acts, np.floor(np.stack(values)[best, rows]), 0).astype(np.int64)

    return Choice(
        recommended_action=words([action.id for action in actions], LEAVE_ALONE),
        recommended_offer=words([offer_word(option.action, option.face_value) for option in options], ""),
        purpose=words([action.purpose.value for action in actions], ""),
        face_value_minor=amounts(faces),
        contact_cost_minor=amounts(costs),
        liability_minor=amounts([liability(c, f) for c, f in zip(costs, faces, strict=True)]),
        incentive_cap_minor=floored([option.cap for option in options]),
        expected_gain_minor=floored([option.gain for option in options]),
        expected_cost_minor=floored([option.cost for option in options]),
    )


def offer_word(action: ActionSettings, face_value: int) -> str:
    """'coupon:500' for what is paid on the next purchase, 'gift:500' for what is paid at once, '' for 0."""
    return f"{OFFER_WORD[action.payment]}:{face_value}" if face_value else ""


def _nothing(rows: int) -> Choice:
    zeros = np.zeros(rows, dtype=np.int64)
    nothing = np.full(rows, "")
    alone = np.full(rows, LEAVE_ALONE)
    return Choice(alone, nothing, nothing, zeros, zeros, zeros, zeros, zeros, zeros)
