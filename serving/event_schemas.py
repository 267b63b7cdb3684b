"""Events as OpenAPI describes them, from the same declarations that check them."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from models.contract.columns import Column, Kind
from models.contract.conform import STARTS_DAY
from models.contract.parse_numbers import LARGEST_MINOR
from models.contract.told_event_types import COMMON, LINES, TYPE, EventType, event_types
from models.contract.told_events import MOST_LINES
from models.contract.told_values import LONGEST_TEXT

MOST_EVENTS = 10_000
JSON, NDJSON = "application/json", "application/x-ndjson"

Schema = dict[str, Any]


class EventProblem(BaseModel):
    """Why an event was refused."""

    type: str = Field(examples=["urn:holdfast:problem:bad-event"])
    detail: str
    allowed: str | None = None
    given: Any = None
    remedy: str | None = None


class EventResult(BaseModel):
    """What became of one event."""

    index: int = Field(description="Its place in the request, from 0.")
    event_id: str | None = Field(description="Its name; null where it had none that could be read.")
    status: Literal["accepted", "known", "refused"] = Field(
        description="`accepted`: new, and on the disk; `known`: told before; `refused`: see `problem`."
    )
    known_at: AwareDatetime | None = Field(description="When it became known, UTC; null for a refused one.")
    problem: EventProblem | None = None


class EventsAnswer(BaseModel):
    """What became of the events of a request, in its order."""

    accepted: int
    known: int
    refused: int
    results: list[EventResult]


class ErasedAnswer(BaseModel):
    """What the erasure of a customer removed."""

    customer_id: str
    events: int = Field(description="Told events that were removed.")
    scored: bool = Field(description="Whether there was a score to remove.")
    amounts: int = Field(description="Amounts that stay, under a pseudonym and without what was bought.")
    pseudonym: str = Field(description="What these amounts are filed under; told here and never again.")


def request_body() -> Schema:
    """The body of POST /v1/events. Items of a list are checked one by one: one bad event spoils no other."""
    types = event_types()
    one: Schema = {"oneOf": [event_schema(each) for each in types.values()]}
    several: Schema = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_EVENTS,
        "items": {"description": "An event; each is answered for by itself."},
    }
    return {
        "required": True,
        "content": {
            JSON: {"schema": {"oneOf": [one, several]}, "examples": {"order": {"value": EXAMPLE}}},
            NDJSON: {"schema": {"type": "string", "description": "One event a line."}},
        },
    }


def event_schema(declared: EventType) -> Schema:
    """The JSON schema of one type of event."""
    properties = {each.name: column_schema(each) for each in (*COMMON, *declared.fields)}
    properties[TYPE.name] = {"const": declared.name, "type": "string"}
    needed = [each.name for each in (*COMMON, *declared.fields) if each.required]
    if declared.lines:
        properties[LINES] = {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_LINES,
            "items": _object(declared.lines),
        }
        needed.append(LINES)
    says_something = {} if declared.happened else {"anyOf": [_said(each) for each in declared.fields]}
    return {
        "title": declared.name,
        "description": declared.meaning,
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
        **says_something,
    }


def _said(column: Column) -> Schema:
    """An object that has a value for this field."""
    return {"properties": {column.name: _kind(column)}, "required": [column.name]}


def column_schema(column: Column) -> Schema:
    """The JSON schema of one field; null says nothing, where nothing need be said."""
    schema = _kind(column) | ({"enum": list(column.values)} if column.values else {})
    if not column.required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {"description": column.meaning, **schema}


def _object(columns: Sequence[Column]) -> Schema:
    return {
        "type": "object",
        "properties": {each.name: column_schema(each) for each in columns},
        "required": [each.name for each in columns if each.required],
        "additionalProperties": False,
    }


def _kind(column: Column) -> Schema:
    match column.kind:
        case Kind.ID | Kind.CATEGORY:
            return {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
        case Kind.INSTANT:
            return {"type": "string", "format": "date" if column.name in STARTS_DAY else "date-time"}
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.MONEY | Kind.INTEGER:
            return {"type": "integer", **_range(column, LARGEST_MINOR)}
        case Kind.NUMBER:
            return {"type": "number", **_range(column, None)}


def _range(column: Column, greatest: float | None) -> Schema:
    low = column.low if column.low is not None or greatest is None else -greatest
    high = column.high if column.high is not None else greatest
    whole = column.kind is not Kind.NUMBER
    limits = {"minimum": low, "maximum": high}
    return {name: int(each) if whole else each for name, each in limits.items() if each is not None}


EXAMPLE: Schema = {
    "event_id": "shop-order-1001",
    "type": "order",
    "customer_id": "C000001",
    "order_id": "1001",
    "ordered_at": "2026-03-01T14:05:00+01:00",
    "lines": [{"item_id": "A-12", "units": 2, "amount_minor": 2500}],
}
