"""Requests and answers. Fields carry the names of the list's columns; amounts are whole minor units."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from models.domain.vocabulary import (
    DoNotContactReason,
    IdentityKind,
    LifecycleStage,
    MainReason,
    ModelUsed,
    ResponseState,
)
from serving.plain_routes import schema_of

MOST_CUSTOMERS = 10_000
LONGEST_ID = 200
MOST_EVENTS = 5_000
MOST_ROWS = 1_000
USUAL_ROWS = 100

CustomerId = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, description="An opaque string.")]


_NULL = {"type": "null"}
_KEYED = ("system", "external_id")


def _name_ways(schema: dict[str, Any]) -> None:
    """Say in the schema that a customer is named in exactly one way."""
    no_key = dict.fromkeys(_KEYED, _NULL)
    given = {name: {"not": _NULL} for name in (*_KEYED, "customer_id", "events")}
    schema["anyOf"] = [
        {"properties": {**no_key, "customer_id": given["customer_id"]}, "required": ["customer_id"]},
        {"properties": {**no_key, "events": given["events"]}, "required": ["events"]},
        {
            "properties": {**{name: given[name] for name in _KEYED}, "customer_id": _NULL},
            "required": [*_KEYED],
        },
    ]


class CustomerRef(BaseModel):
    """One customer to score: by id, by a key of another system, or by events that tell everything of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_name_ways)

    system: IdentityKind | None = Field(default=None, description="What kind of key `external_id` is.")
    external_id: Annotated[str, Field(min_length=1, max_length=LONGEST_ID)] | None = Field(
        default=None, description="A key by which another system knows the customer, as it is written there."
    )
    events: list[dict[str, Any]] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_EVENTS,
        description="All that is known of the customer, as events of POST /v1/events; nothing stored is "
        "read, nothing is kept. `event_id`, `customer_id` and `known_at` may be left out.",
    )
    customer_id: CustomerId | None = Field(
        default=None, validate_default=True, examples=["C000001"], description="The customer's id here."
    )

    @field_validator("customer_id", mode="after")
    @classmethod
    def _one_way(cls, customer_id: str | None, info: ValidationInfo) -> str | None:
        """Named in exactly one way."""
        keyed = [info.data.get(name) is not None for name in ("system", "external_id")]
        if any(keyed) and not all(keyed):
            raise ValueError("system and external_id go together")
        if any(keyed) and customer_id is not None:
            raise ValueError("name the customer by customer_id, or by system and external_id, not by both")
        if not any(keyed) and customer_id is None and info.data.get("events") is None:
            raise ValueError("name the customer by customer_id, by system and external_id, or by events")
        return customer_id


def _known_fields(fields: list[str] | None) -> list[str] | None:
    """Fields of a result."""
    unknown = sorted({*(fields or ())} - {*Score.model_fields})
    if unknown:
        raise ValueError(f"results have no field {unknown[0]!r}")
    return fields


def _name_fields(schema: dict[str, Any]) -> None:
    """Say in the schema which fields there are."""
    schema["items"] = {"type": "string", "enum": [*Score.model_fields]}


ResultFields = Annotated[
    Annotated[list[str], Field(min_length=1, max_length=100, json_schema_extra=_name_fields)] | None,
    AfterValidator(_known_fields),
]


class ScoreRequest(BaseModel):
    """Which customers to score. Fields that this version does not know are refused."""

    model_config = ConfigDict(extra="forbid")

    customers: list[CustomerRef] = Field(min_length=1, max_length=MOST_CUSTOMERS)
    as_of: AwareDatetime | None = Field(
        default=None,
        description="The instant to score at; the end of what is known when not given. A later one tells "
        "what would be if nothing happened until then (`hypothetical`); an earlier one is refused.",
    )
    dry_run: bool = Field(
        default=False,
        strict=True,
        description="Do not count the request among scores; the audit trail has it all the same.",
    )
    fields: ResultFields = Field(default=None, description="Only these fields of each result.")


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
    error: "Problem"


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


class Ready(BaseModel):
    """The server has a release and answers from it."""

    status: str = "ready"
    release_id: str
    as_of: AwareDatetime
    customers: int = Field(description="How many customers have a score.")
    refused: str | None = Field(description="Why a newer folder is not in use; null where none was refused.")


class Alive(BaseModel):
    """The process is up."""

    status: str = "up"


class Status(BaseModel):
    """What whoever has no key is told."""

    status: str


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(examples=["body.customers.0.customer_id"])
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457) with what is allowed, what was given and what to do."""

    type: str = Field(examples=["urn:holdfast:problem:unknown-customer"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked.")
    allowed: str | None = None
    given: Any = None
    remedy: str | None = None
    errors: list[FieldProblem] | None = None
