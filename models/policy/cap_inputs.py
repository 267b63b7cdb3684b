"""The inputs of caps and what may be promised by each action, for one customer or for all of them at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage
from models.policy.caps import Terms, action_cap, by_lot_alone, lot_cap
from models.policy.customers import CustomerInputs, Integers, Words
from models.policy.economics import phi_of
from models.policy.playbook import suitability
from models.policy.settings import PolicySettings
from models.policy.standing import standing

RECOVERY = "recovery"  # the symbol of what an agent may spend on an open complaint
LEARNED, BACKTESTS, ASSUMED, BOOKS = "learned", "learned from backtests", "assumed", "books"


@dataclass(frozen=True)
class InputColumn:
    """One input of the formula: its symbol, what it is called, its unit and source.

    value: one for each customer [n], or one that is the same for all. source: `{stage}` stands for the stage.
    """

    symbol: str
    name: str
    value: NDArray[Any] | float | int | str
    unit: str
    source: str


@dataclass(frozen=True)
class CapsOfAction:
    """What may be promised by an action, minor units [n]: in general, and to whom it was drawn for by lot."""

    cap: Integers
    lot: Integers

    def of(self, row: int, *, drawn: bool) -> int:
        """What may be promised one customer; drawn: whether a plan's lot gave them the action."""
        return int((self.lot if drawn else self.cap)[row])


def caps_of_actions(
    customers: CustomerInputs, settings: PolicySettings, stage: Words, given: Terms, only: str | None = None
) -> Mapping[str, CapsOfAction]:
    """What may be promised by each action, by the action's id; only: this one."""
    place = standing(customers, stage, settings)
    found = {}
    for each in settings.enabled_actions:
        if only in (None, each.id):
            allowed = suitability(each, customers, place, settings).allowed
            cap = action_cap(each, allowed, given)
            lot = lot_cap(each, allowed, given) if by_lot_alone(each, given) else cap
            found[each.id] = CapsOfAction(cap, lot)
    return found


def input_columns(
    customers: CustomerInputs, settings: PolicySettings, stage: Words, given: Terms, mean_order: float
) -> Iterator[InputColumn]:
    """Everything that the caps of these customers follow from."""
    curve, money, share = given.curve, "minor units", "probability"
    yield InputColumn("stage", "lifecycle stage", stage, "", "policy.lifecycle")
    chance = np.where(customers.scored, customers.churn_probability, np.nan)
    yield InputColumn("p", "chance of leaving", chance, share, LEARNED)
    yield InputColumn("R₀", "chance of staying when left alone", curve.retention, share, LEARNED)
    yield InputColumn("S", "value at stake", customers.value_at_stake_minor, money, LEARNED)
    yield InputColumn("S_lo", "its lower bound", customers.value_at_stake_low_minor, money, BACKTESTS)
    yield InputColumn("V", "lifetime value", customers.lifetime_value_minor, money, LEARNED)
    yield InputColumn(
        "φ", "share of S_lo at this stage", phi_of(stage, settings.phi), "share", "policy.phi.{stage}"
    )
    yield InputColumn(
        "A", "absolute limit", settings.absolute_limit_minor, money, "policy.absolute_limit_minor"
    )
    yield InputColumn("limit", "min(φ·S_lo, A)", given.limit, money, "formula")
    yield InputColumn("κ", "1 ÷ (1 + required ROI)", given.kappa, "", "policy.required_roi")
    yield InputColumn("γ", "most that money adds at R₀ = ½", curve.gamma, share, ASSUMED)
    yield InputColumn("γ_lo", "the same at its 10 % quantile", curve.gamma_low, share, ASSUMED)
    yield InputColumn("θ", "face value that reaches 63 % of γ", float(curve.theta_minor), money, ASSUMED)
    yield InputColumn("o", "mean order of everybody", mean_order, money, LEARNED)
    yield InputColumn("q", "share of the retained who redeem", given.redemption, "share", ASSUMED)
    yield InputColumn("q_hi", "its upper 90 % bound", given.redemption_high, "share", ASSUMED)
    if curve.learned is not None:
        state = f"{curve.learned.state.value}: past campaigns"
        yield InputColumn(
            "s", "share of a learned effect that is sure", curve.learned.low_share, "share", state
        )
    yield InputColumn("open", "whether a complaint is open", customers.has_open_complaint, "", BOOKS)
    unhappy = settings.phi[LifecycleStage.UNHAPPY]
    yield InputColumn("φ_u", "share of S_lo for a recovery", unhappy, "share", "policy.phi.unhappy")
    authority = settings.recovery_authority_minor
    yield InputColumn("authority", "of an agent", authority, money, "policy.recovery_authority_minor")
    yield InputColumn(RECOVERY, "min(φ_u·S_lo, authority) while open", given.recovery_limit, money, "formula")
