"""What the calls about money are asked. Amounts are whole minor units; unknown fields are refused."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.domain.ledger.commands import LONGEST_TEXT, LONGEST_WORD, MOST_MINOR
from models.domain.vocabulary import Purpose

STORABLE = r"^[^\x00]*$"  # PostgreSQL holds no NUL
WITHOUT_ACTION = (Purpose.RECOVERY, Purpose.OWED)


def _whole(value: Any) -> Any:
    """1050 of 1050.0, which is the same number in JSON; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Amount = Annotated[int, Field(ge=1, le=MOST_MINOR, strict=True, examples=[1_050]), BeforeValidator(_whole)]
AmountOrZero = Annotated[int, Field(ge=0, le=MOST_MINOR, strict=True), BeforeValidator(_whole)]
Seconds = Annotated[int, Field(ge=1, strict=True), BeforeValidator(_whole)]
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=STORABLE)]
Actor = Annotated[
    str,
    Field(
        max_length=LONGEST_WORD,
        pattern=STORABLE,
        description="Whom your application acts for; kept with the entry.",
    ),
]
Reason = Annotated[
    str,
    Field(
        max_length=LONGEST_TEXT,
        pattern=STORABLE,
        description="Why, in your words; kept with the entry.",
    ),
]
DryRun = Annotated[
    bool,
    Field(
        strict=True,
        description="Say what would be answered now, and write nothing. Needs no Idempotency-Key.",
    ),
]


class Asked(BaseModel):
    """What every write may say."""

    model_config = ConfigDict(extra="forbid")

    actor: Actor = ""
    reason: Reason = ""
    dry_run: DryRun = False


def _name_what_for(schema: dict[str, Any]) -> None:
    """Say in the schema that only some purposes need no action."""
    schema["anyOf"] = [
        {"properties": {"action": {"type": "string"}}, "required": ["action"]},
        {"properties": {"purpose": {"enum": [*WITHOUT_ACTION]}}, "required": ["purpose"]},
    ]


class ReservationRequest(Asked):
    """Set money aside for one customer."""

    model_config = ConfigDict(json_schema_extra=_name_what_for)

    customer_id: Word = Field(examples=["C000001"])
    requested_minor: Amount = Field(
        description="What falls due at most: contact cost and face value together."
    )
    currency: str = Field(min_length=3, max_length=3, examples=["EUR"])
    purpose: Purpose | None = Field(default=None, description="The action's own where it is left out.")
    action: Word | None = Field(
        default=None,
        description="An action of the policy; may be left out for recovery and for what is owed.",
    )
    campaign: Word | None = Field(
        default=None, description="Whose budget it takes; the action's own where it is left out."
    )
    partial: bool = Field(default=False, strict=True, description="Take what is left where all of it is not.")
    least_minor: Amount = Field(default=1, description="With `partial`: less than this is of no use.")
    ttl_seconds: Seconds | None = Field(
        default=None, description="How long it is kept; the policy's hours if left out."
    )


class CommitRequest(Asked):
    """Spend what was reserved, or less; the rest is free again at once."""

    amount_minor: AmountOrZero


class ReverseRequest(Asked):
    """Take back part of what was committed; again and again up to all of it."""

    amount_minor: Amount


class EndRequest(Asked):
    """Give a reservation back unspent, or approve one."""


class LimitRequest(BaseModel):
    """Give a campaign's budget another limit."""

    model_config = ConfigDict(extra="forbid")

    limit_minor: AmountOrZero | None = Field(description="null: no limit.")
    reason: Reason = ""
