"""The most that may be spent on each customer by each action: settings, response and economics meet here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.domain.vocabulary import LifecycleStage, OfferKind, Purpose, ResponseState
from models.policy.action_settings import ActionSettings
from models.policy.customers import CustomerInputs, Flags, Floats, Integers, Words
from models.policy.economics import (
    affordable,
    expected_cost,
    greatest_face_value,
    menu_cap,
    phi_of,
    spending_limit,
)
from models.policy.response import AssumedCurve, assumed_curve, low_uplift, mean_uplift
from models.policy.settings import PolicySettings


@dataclass(frozen=True)
class Terms:
    """What every cap and gain of n customers rests on, computed once; amounts in minor units [n].

    limit: min(φ_stage·S_lo, absolute limit). recovery_limit: min(φ_unhappy·S_lo, authority) where a complaint
    is open, else 0. greatest_face_value: of the customer's tier, by what is given. authority: by owner of
    actions, in whole rounding steps. redemption, redemption_high: q, its mean and its upper 90 % bound, where
    it was not learned (`used`). kappa: κ.
    """

    curve: AssumedCurve
    value_at_stake_low: Integers
    limit: Integers
    recovery_limit: Integers
    greatest_face_value: Mapping[OfferKind, Integers]
    authority: Mapping[str, int]
    redemption: float
    redemption_high: float
    kappa: float

    def used(self, action: ActionSettings, face_value: float) -> tuple[float, float]:
        """The share q of those who stay that use such an offer, and its upper 90 % bound."""
        taught = self.curve.taught(action)
        return (self.redemption, self.redemption_high) if taught is None else taught.used(face_value)

    @property
    def untaught(self) -> "Terms":
        """The same as if nothing had been learned."""
        return replace(self, curve=replace(self.curve, learned=None))


def terms(
    customers: CustomerInputs, stage: Words, settings: PolicySettings, mean_order_amount_minor: float
) -> Terms:
    """The terms of these customers. Raises `ValueError` unless the mean order amount is positive."""
    low = customers.value_at_stake_low_minor
    return Terms(
        curve=assumed_curve(
            customers.retention, stage, settings.response, mean_order_amount_minor, customers.response
        ),
        value_at_stake_low=low,
        limit=spending_limit(phi_of(stage, settings.phi), low, settings.absolute_limit_minor),
        recovery_limit=recovery_limit(customers, settings),
        greatest_face_value={
            kind: greatest_face_value(customers.lifetime_value_minor, settings.tiers, kind)
            for kind in {action.offer_kind for action in settings.enabled_actions}
        },
        authority={
            owner: most // settings.rounding_step_minor * settings.rounding_step_minor
            for owner, most in settings.authority_minor.items()
        },
        redemption=settings.response.redemption,
        redemption_high=settings.response.redemption_high,
        kappa=settings.kappa,
    )


def recovery_limit(customers: CustomerInputs, settings: PolicySettings) -> Integers:
    """min(φ_unhappy·S_lo, authority) [n], floored to whole rounding steps; 0 without an open complaint."""
    limit = spending_limit(
        np.full(len(customers), settings.phi[LifecycleStage.UNHAPPY]),
        customers.value_at_stake_low_minor,
        settings.recovery_authority_minor,
        settings.rounding_step_minor,
    )
    return np.where(customers.scored & customers.has_open_complaint, limit, 0)


def action_cap(action: ActionSettings, allowed: Flags, given: Terms) -> Integers:
    """cap(a) in minor units [n]; 0 for those to whom the action is not allowed.

    A recovery is bounded by its own limit alone, whatever its assumed effect. Nobody gives more than the
    authority of the action's owner.
    """
    limit = limit_of(action, given)
    if not allowed.any():
        return np.zeros(len(allowed), np.int64)
    if action.purpose is Purpose.RECOVERY:
        return np.where(allowed, limit, 0)
    cap = menu_cap(
        action.contact_cost_minor,
        action.face_values_minor,
        limit=limit,
        greatest_face_value=given.greatest_face_value[action.offer_kind],
        pays=[pays(action, face_value, given) for face_value in action.face_values_minor],
    )
    return np.where(allowed, cap, 0)


def by_lot_alone(action: ActionSettings, given: Terms) -> bool:
    """Whether an action was tried and not shown to work: then nobody gets it but by lot."""
    learned = given.curve.learned
    closed = learned is not None and learned.state is ResponseState.NO_EFFECT
    return closed and given.curve.taught(action) is not None


def lot_cap(action: ActionSettings, allowed: Flags, given: Terms) -> Integers:
    """The most that a lot may promise by an action that nobody gets otherwise, in minor units [n].

    The cap of the assumption: without lots nobody would ever learn that it works now.
    """
    return action_cap(action, allowed, given.untaught)


def promised_cap(action: ActionSettings, allowed: Flags, given: Terms) -> Integers:
    """The most that a plan may promise by an action, to whom it chose or drew, in minor units [n]."""
    return (lot_cap if by_lot_alone(action, given) else action_cap)(action, allowed, given)


def limit_of(action: ActionSettings, given: Terms) -> Integers:
    """The most that an action may promise whatever it brings, in minor units [n]."""
    limit = given.recovery_limit if action.purpose is Purpose.RECOVERY else given.limit
    if action.owner in given.authority:
        limit = np.minimum(limit, given.authority[action.owner])
    return limit


def pays(action: ActionSettings, face_value: int, given: Terms) -> Flags:
    """Whether E_hi(f) ≤ κ·τ_lo(f)·S_lo for one face value [n]."""
    uplift = mean_uplift(action, face_value, given.curve)
    cost_high = cost_of(action, face_value, given.curve, uplift, given.used(action, face_value)[1])
    low = low_uplift(action, face_value, given.curve)
    return affordable(cost_high, low, given.value_at_stake_low, given.kappa)


def cost_of(
    action: ActionSettings, face_value: int, curve: AssumedCurve, uplift: Floats, redemption: float
) -> Floats:
    """E of an action at a face value, in minor units [n], for a given q."""
    return expected_cost(
        action.contact_cost_minor,
        face_value,
        action.payment,
        redemption=redemption,
        retention=curve.retention,
        uplift=uplift,
    )
