"""Which customers somebody wants scored, and how."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from models.domain.vocabulary import IdentityKind
from serving.schemas import LONGEST_ID, MOST_CUSTOMERS, MOST_EVENTS, CustomerId, Score

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
