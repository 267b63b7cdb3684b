"""Answers about caps. Amounts are whole minor units."""

from pydantic import BaseModel, Field

from models.domain.vocabulary import Purpose
from serving.schemas import Answered


class CapInput(BaseModel):
    """One input of the formula of a cap, and where it comes from."""

    symbol: str
    name: str
    value: float | int | bool | str | None
    unit: str
    source: str


class CapFaceValue(BaseModel):
    """One face value on an action's menu, and whether it fits within the cap."""

    face_value_minor: int
    liability_minor: int = Field(description="Contact cost and face value: what is promised.")
    redemption: float = Field(description="Which share q of those who stay uses it.")
    redemption_high: float = Field(description="The upper 90 % bound of q.")
    uplift: float
    uplift_low: float
    expected_cost_minor: int
    expected_cost_high_minor: int
    expected_gain_minor: int
    break_even_uplift: float | None
    within_limit: bool
    within_tier: bool
    pays: bool
    fits: bool


class CapAction(BaseModel):
    """One action: its cap, 0 where something forbids it."""

    action: str
    response_state: str = Field(description="How its effect is known; `assumed` where nobody tried it.")
    purpose: str
    payment: str
    contact_cost_minor: int
    limit_minor: int
    cap_minor: int
    lot_cap_minor: int = Field(
        description="The most that a plan's lot may promise: more than the cap where the action is tried by "
        "lot alone, since it was not shown to work."
    )
    obstacles: list[str]
    face_values: list[CapFaceValue]


class IncentiveCap(Answered):
    """The most that may be spent on one customer, and every input of the formula."""

    customer_id: str
    known: bool
    purpose: Purpose | None = Field(description="As asked; null for the recommended action, as in lists.")
    cap_minor: int = Field(ge=0)
    action: str | None = Field(
        description="Whose cap it is; null for none, or where a recovery is asked for."
    )
    limiting_constraint: str = Field(
        description="Why it is no greater: limit, tier, does_not_pay, menu, no_action_allowed, "
        "no_open_complaint, unscored or unknown_customer."
    )
    spent_minor: int | None
    reserved_minor: int | None
    available_minor: int | None
    available_reason: str | None = Field(
        description="Why they are null: `no_ledger` until the ledger is open."
    )
    inputs: list[CapInput]
    actions: list[CapAction]
