"""What may be done for each customer: every action at every face value, what it gains, costs and may cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import Purpose
from models.policy.action_settings import ActionSettings
from models.policy.allocation.problem import FORBIDDEN, NOTHING
from models.policy.caps import Terms, by_lot_alone, cost_of
from models.policy.customers import Integers
from models.policy.economics import expected_gain, liability
from models.policy.response import mean_uplift


@dataclass(frozen=True)
class Offer:
    """One action at one face value, minor units."""

    action: ActionSettings
    face_value: int

    @property
    def liability(self) -> int:
        """L = c + f, minor units."""
        return liability(self.action.contact_cost_minor, self.face_value)


@dataclass(frozen=True)
class Offered:
    """Every offer [k] to every customer [n], minor units floored to whole ones.

    gain: IM [k, n], `FORBIDDEN` where the offer may not be made or exceeds its cap, or is for lots alone
    and another face value is tried. cost: E [k, n]. cap: of
    the offer's action [k, n].
    """

    offers: tuple[Offer, ...]
    gain: Integers
    cost: Integers
    cap: Integers

    @property
    def liability(self) -> Integers:
        """L of each offer [k]."""
        return np.array([offer.liability for offer in self.offers], np.int64)

    def best(self) -> Integers:
        """Each customer's best offer by gain, `NOTHING` where none gains a minor unit [n].

        Ties go to the action listed first, then to the lower face value.
        """
        if not self.offers:
            return np.full(self.gain.shape[1], NOTHING)
        best = self.gain.argmax(axis=0)
        return np.where(self.gain.max(axis=0) >= 1, best, NOTHING)


def offered(
    value_at_stake: Integers, caps: Mapping[str, Integers], given: Terms, actions: Sequence[ActionSettings]
) -> Offered:
    """All offers. value_at_stake: S in minor units [n]. caps: cap(a) by action [n], 0 where not allowed."""
    offers = tuple(Offer(action, face) for action in actions for face in action.face_values_minor)
    rows = [row for action in actions for row in _rows(action, value_at_stake, caps[action.id], given)]
    empty = np.zeros((0, len(value_at_stake)), np.int64)
    return Offered(
        offers,
        np.stack([gain for gain, _ in rows]) if rows else empty,
        np.stack([cost for _, cost in rows]) if rows else empty,
        np.stack([caps[offer.action.id] for offer in offers]) if rows else empty,
    )


def _rows(
    action: ActionSettings, value_at_stake: Integers, cap: Integers, given: Terms
) -> list[tuple[Integers, Integers]]:
    """Gain and cost of an action at each face value [n].

    What was not shown to work is for lots alone, and each customer has the face value that would gain most
    by the assumption: by effects of nothing it would always be the cheapest, and teach nothing of others.
    """
    offers = [Offer(action, face) for face in action.face_values_minor]
    rows = [_row(offer, value_at_stake, cap, given) for offer in offers]
    if not by_lot_alone(action, given):
        return rows
    assumed = np.stack([_row(offer, value_at_stake, cap, given.untaught)[0] for offer in offers])
    liked = assumed.argmax(axis=0)
    return [(np.where(liked == place, gain, FORBIDDEN), cost) for place, (gain, cost) in enumerate(rows)]


def _row(offer: Offer, value_at_stake: Integers, cap: Integers, given: Terms) -> tuple[Integers, Integers]:
    uplift = mean_uplift(offer.action, offer.face_value, given.curve)
    used, _ = given.used(offer.action, offer.face_value)
    cost = cost_of(offer.action, offer.face_value, given.curve, uplift, used)
    gain = np.floor(expected_gain(uplift, value_at_stake, cost)).astype(np.int64)
    # A cap of 0 forbids the action, even one that would cost nothing.
    fits = (cap > 0) & (offer.liability <= cap)
    if offer.action.purpose is not Purpose.RECOVERY:  # what is owed does not hang on somebody's worth
        fits &= offer.face_value <= given.greatest_face_value[offer.action.offer_kind]
    return np.where(fits, gain, FORBIDDEN), np.floor(cost).astype(np.int64)
