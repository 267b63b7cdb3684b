"""Answers about customers. Fields carry the names of the list's columns; amounts are whole minor units."""

from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from models.domain.vocabulary import (
    DoNotContactReason,
    LifecycleStage,
    MainReason,
    ModelUsed,
    ResponseState,
)
from serving.plain_routes import schema_of
from serving.problem_schemas import Problem

MOST_CUSTOMERS = 10_000
LONGEST_ID = 200
MOST_EVENTS = 5_000
MOST_ROWS = 1_000
USUAL_ROWS = 100

CustomerId = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, description="An opaque string.")]


class Judgement(BaseModel):
    """What Holdfast thinks of one customer. All of it is null for a customer that nobody scored."""

    # Not bounded in length: what was ingested is answered, however long its id.
    customer_id: str = Field(description="An opaque string.")
    lifecycle_stage: LifecycleStage | None = Field(description="Where the customer stands.")
    stage_reason: str | None = Field(description="Why they stand there, in words.")
    churn_probability: float | None = Field(
        ge=0, le=1, description="Probability of no purchase within the horizon, calibrated."
    )
    lifetime_value_minor: int | None = Field(
        description="Expected discounted contribution margin over `value_window_days`, minor units."
    )
    value_at_stake_minor: int | None = Field(description="What keeping the customer is worth, minor units.")
    value_at_stake_low_minor: int | None = Field(
        description="A lower bound of the mean value at stake, minor units; no cap exceeds it."
    )
    value_at_risk_minor: int | None = Field(
        description="Churn probability times value at stake, minor units."
    )
    incentive_cap_minor: int = Field(
        ge=0, description="The most that may be spent on the customer, minor units; 0 is common."
    )
    value_window_days: int | None = Field(description="Days over which values are counted.")
    response_state: ResponseState | None = Field(description="How the effect of acting is known.")
    main_reason: MainReason | None = Field(description="What an action has to answer.")
    reason_1: str | None = Field(description="The strongest reason for the probability, in words.")
    reason_2: str | None = Field(description="The second reason.")
    reason_3: str | None = Field(description="The third reason.")
    do_not_contact_reason: DoNotContactReason | None = Field(
        description="Why to leave the customer alone; null when there is no such reason."
    )
    last_order_at: AwareDatetime | None = Field(description="The newest purchase, UTC.")
    next_order_expected_by: AwareDatetime | None = Field(
        description="When the next order was due by the customer's own rhythm, UTC."
    )
    open_complaints: int | None = Field(description="Complaints not yet resolved.")
    model_used: ModelUsed = Field(description="Which model made the prediction.")


class Run(BaseModel):
    """Which scoring run an answer comes from."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str = Field(description="The id of the release that made the scores.")
    data_as_of: AwareDatetime = Field(description="The newest instant that the data speak for, UTC.")
    currency: str = Field(description="ISO 4217 code of every amount.", examples=["EUR"])


class Answered(Run):
    """Which scoring run an answer comes from, and which instant it speaks for."""

    as_of: AwareDatetime = Field(description="The instant that the answer speaks for, UTC.")
    hypothetical: bool = Field(
        description="Whether that lies beyond all that is known: what would be if nothing happened till then."
    )
    stale: bool = Field(description="Whether the data end longer ago than the server was told to accept.")


class Action(BaseModel):
    """What to do about one customer."""

    recommended_action: str | None = Field(
        description="What to do, `leave_alone` for nothing; null for a customer outside the plan."
    )
    recommended_offer: str | None = Field(
        description="What to offer: kind and face value in minor units (`coupon:500`); null for nothing."
    )
    owner: str | None = Field(description="Which team is to do it; null for nothing.")
    channel: str | None = Field(description="By which channel; null for nothing.")
    act_by: AwareDatetime | None = Field(description="By when it is to be done, UTC; null for nothing.")
    expected_gain_minor: int | None = Field(
        description="Expected gain of acting after its costs, minor units."
    )
    rank: int | None = Field(description="Place in the list of customers worth acting on, from 1.")


class Score(Action, Judgement):
    """One customer's score and what to do, or a cold-start answer with `known` false."""

    churn_probability_low: float | None = Field(
        ge=0,
        le=1,
        description="Of customers of such a probability at least this share is to be expected to leave, by "
        "the last closed backtest (90 %); null before one has closed.",
    )
    churn_probability_high: float | None = Field(ge=0, le=1, description="And at most this share.")
    known: bool = Field(description="False for a customer of whom the data know nothing.")
    decided_by: Literal["plan", "policy"] | None = Field(
        description="Who decided on the action: the day's `plan` within its budgets, or the `policy` for "
        "this customer alone, where they were judged anew."
    )


class RefusedScore(BaseModel):
    """Why one customer of a batch has no score; the others have theirs."""

    customer_id: str | None
    error: Problem


_SOME = {
    "title": "SomeFields",
    "description": "With `fields`: only these of a score.",
    "type": "object",
    "properties": schema_of(Score)["properties"],
    "additionalProperties": False,
    "minProperties": 1,
}


class Scores(Answered):
    """Scores in the order of the request, one for each customer asked about."""

    results: list[Score | RefusedScore | Annotated[dict[str, Any], WithJsonSchema(_SOME)]]


class Customer(Answered, Score):
    """Everything about one customer: score, reasons, stage, action, cap."""

    remaining_cap_minor: int | None = Field(
        description="What is left of the cap in the current window, minor units; null without a ledger."
    )
    remaining_cap_reason: str | None = Field(
        description="Why there is no remaining cap: `no_ledger` until the ledger is open."
    )


class AtRiskRow(Action, Judgement):
    """One line of the ranked list."""


class AtRisk(Run):
    """A page of the ranked list, best first."""

    total: int = Field(description="How many customers match the filters, on all pages.")
    items: list[AtRiskRow]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null on the last.")
