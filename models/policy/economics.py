"""What an action costs, gains and may cost at most. Written once, on arrays; amounts in minor units.

Symbols: c contact cost, f face value, q share of the retained who redeem, R₀ = 1 − p retention without the
action, τ what the action adds to it, S the value at stake and S_lo its lower bound.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from models.domain.vocabulary import LifecycleStage, OfferKind, Payment
from models.policy.customers import Flags, Floats, Integers, Words
from models.policy.settings import Tier


def expected_cost(
    contact_cost: float,
    face_value: float,
    payment: Payment,
    *,
    redemption: float,
    retention: Floats,
    uplift: Floats,
) -> Floats:
    """E = c + q·f·(R₀ + τ) for a coupon, c + f for what is paid at once [n]."""
    if payment is Payment.ON_PURCHASE:
        return contact_cost + redemption * face_value * (retention + uplift)
    return np.full(len(retention), float(contact_cost + face_value))


def liability(contact_cost: int, face_value: int) -> int:
    """L = c + f: what a ledger reserves, and what caps and budgets bound."""
    return contact_cost + face_value


def expected_gain(uplift: Floats, value_at_stake: Floats | Integers, cost: Floats) -> Floats:
    """IM = τ·S − E [n]."""
    return uplift * value_at_stake - cost


def break_even_uplift(
    contact_cost: float,
    face_value: float,
    payment: Payment,
    *,
    redemption: float,
    retention: Floats,
    value_at_stake: Floats | Integers,
) -> Floats:
    """τ* at which IM = 0 [n]; infinite where no uplift pays.

    (c + q·f·R₀) ÷ (S − q·f) for a coupon, (c + f) ÷ S for what is paid at once; infinite when the
    denominator is not positive.
    """
    if payment is Payment.ON_PURCHASE:
        sunk = contact_cost + redemption * face_value * retention
        earned = np.asarray(value_at_stake - redemption * face_value, dtype=np.float64)
    else:
        sunk = np.full(len(retention), float(contact_cost + face_value))
        earned = np.asarray(value_at_stake, dtype=np.float64)
    needed: Floats = np.divide(sunk, earned, out=np.full(len(earned), np.inf), where=earned > 0)
    return needed


def affordable(
    cost_high: Floats, uplift_low: Floats, value_at_stake_low: Floats | Integers, kappa: float
) -> Flags:
    """Whether E_hi ≤ κ·τ_lo·S_lo [n]: the cost at its upper bound pays at the benefit's lower bound.

    cost_high is E with q at its upper 90 % bound and τ at its mean, which is dearer than at τ_lo. What surely
    changes nothing never pays, even where it would cost nothing: nobody stays to use it.
    """
    return (uplift_low > 0) & (cost_high <= kappa * uplift_low * value_at_stake_low)


def spending_limit(
    phi: Floats, value_at_stake_low: Floats | Integers, absolute_limit: int, step: int = 1
) -> Integers:
    """min(φ·S_lo, absolute limit), floored to whole steps of minor units, never below 0 [n].

    With the agent's authority as the limit and φ of `unhappy` this is the cap of a recovery.
    """
    share = np.floor(np.maximum(phi * value_at_stake_low, 0.0)).astype(np.int64)
    return np.minimum(share, absolute_limit) // step * step


def menu_cap(
    contact_cost: int,
    menu: Sequence[int],
    *,
    limit: Integers,
    greatest_face_value: Integers,
    pays: Sequence[Flags],
) -> Integers:
    """cap(a): the largest c + f on the menu that fits, 0 if none does [n].

    f fits when c + f ≤ limit (`spending_limit`), f ≤ the tier's greatest face value, and it pays
    (`affordable`); `pays` holds one array [n] for each face value of the menu.
    """
    cap = np.zeros(len(limit), dtype=np.int64)
    for face_value, affordable_here in zip(menu, pays, strict=True):
        total = liability(contact_cost, face_value)
        fits = (total <= limit) & (face_value <= greatest_face_value) & affordable_here
        cap = np.where(fits, np.maximum(cap, total), cap)
    return cap


def greatest_face_value(
    lifetime_value: Integers, tiers: Sequence[Tier], kind: OfferKind | None = None
) -> Integers:
    """The greatest face value of each customer's tier [n]; 0 for a lifetime value below the lowest tier.

    And 0 where the tier does not give what is of this kind.
    """
    starts = np.array([tier.from_lifetime_value_minor for tier in tiers], dtype=np.int64)
    given = [tier.greatest_face_value_minor if kind is None or tier.gives(kind) else 0 for tier in tiers]
    limits = np.array([0, *given], dtype=np.int64)
    return limits[np.searchsorted(starts, lifetime_value, side="right")]


def phi_of(stage: Words, phi: Mapping[LifecycleStage, float]) -> Floats:
    """φ of each customer's stage [n]."""
    return np.select([stage == name.value for name in phi], list(phi.values()), default=0.0)
