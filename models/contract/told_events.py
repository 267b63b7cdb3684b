"""Events as programs tell them, one by one: checked against their declaration, written down, read again.

`POST /v1/events`, events sent along with a request for scores, and the export that ingest reads share this.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from models.contract.attributes import Attribute
from models.contract.columns import Column, Kind
from models.contract.told_event_types import COMMON, EVENT_ID, KNOWN_AT, LINES, TYPE, EventType, event_types
from models.contract.told_values import Value, refused, understood
from models.contract.validation import MAY_LIE_AHEAD
from models.domain.errors import BadEvent, one_of
from models.domain.instants import MINUTE, iso

# So far the clock of whoever tells an event may run ahead of ours; such an event happened now.
SKEW = 5 * MINUTE
MOST_LINES = 1000
FINGERPRINT_DIGITS = 16

Line: TypeAlias = Mapping[str, Value]
Said: TypeAlias = Mapping[str, "Value | Sequence[Line]"]


@dataclass(frozen=True)
class Shop:
    """What must be known of a business to understand its events: its time zone, and its own attributes."""

    zone: str
    attributes: tuple[Attribute, ...] = ()
    types: Mapping[str, EventType] = field(init=False)

    def __post_init__(self) -> None:
        """Declare the types once."""
        object.__setattr__(self, "types", event_types(self.attributes))


@dataclass(frozen=True)
class ToldEvent:
    """One event: its name, type, customer, when it became known (µs), and what it says, in contract terms.

    said: fields by name; instants int µs, money int minor units; `lines` a sequence of such mappings. A
    `known_at` is among them only where the teller gave one.
    """

    event_id: str
    type: EventType
    customer_id: str
    known_at: int
    said: Said

    @property
    def payload(self) -> str:
        """What was told, the event's name apart, as JSON: equal for two tellings of the same."""
        told = {TYPE.name: self.type.name, "customer_id": self.customer_id, **self.said}
        return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that tell one payload from another."""
        return fingerprint(self.payload)


def fingerprint(payload: str) -> str:
    """Sixteen hexadecimal digits of a payload."""
    return sha256(payload.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def told(event: object, shop: Shop, now: int) -> ToldEvent:
    """The event that a JSON object tells; `now` (µs) is when. Raises `BadEvent` for the first thing wrong.

    Known when it is told, unless it says when it became known: never after now, never before it happened.
    """
    if not isinstance(event, Mapping):
        raise BadEvent("an event is a JSON object", allowed='{"event_id": …, "type": …}', given=event)
    type_ = _type(event, shop)
    fields = (*COMMON, *type_.fields)
    _refuse_unknown(event, fields, type_.name, [LINES] if type_.lines else [])
    values: dict[str, Value | Sequence[Line]] = dict(_values(event, fields, type_, "", shop.zone))
    if type_.lines:
        values[LINES] = _lines(event.get(LINES), type_, shop.zone)
    event_id, customer_id = str(values.pop(EVENT_ID.name)), str(values.pop("customer_id"))
    del values[TYPE.name]
    known_at = _known_at(values, type_, now)
    return ToldEvent(event_id, type_, customer_id, known_at, values)


def recalled(event_id: str, known_at: int, payload: str, types: Mapping[str, EventType]) -> ToldEvent:
    """The event whose payload was written down; it was checked then."""
    said = json.loads(payload)
    type_, customer_id = types[said.pop(TYPE.name)], said.pop("customer_id")
    return ToldEvent(event_id, type_, customer_id, known_at, said)


def _type(event: Mapping[str, object], shop: Shop) -> EventType:
    name = event.get(TYPE.name)
    found = shop.types.get(name) if isinstance(name, str) else None
    if found is None:
        raise refused(TYPE.name, "is no type of event", one_of(shop.types), name)
    return found


def _refuse_unknown(
    given: Mapping[str, object], fields: Sequence[Column], what: str, further: Collection[str]
) -> None:
    """A misspelt field would silently be lost."""
    known = {each.name for each in fields}.union(further)
    for name in given:
        if name not in known:
            raise BadEvent(
                f"there is no field of this name in {what}",
                allowed=one_of(sorted(known)),
                given=name,
                remedy="Correct the field's name, or leave it out.",
            )


def _values(
    given: Mapping[str, object], fields: Sequence[Column], type_: EventType, place: str, zone: str
) -> dict[str, Value]:
    """The fields that have a value; null is no value. Raises `BadEvent`."""
    values = {}
    for column in fields:
        value = given.get(column.name)
        if value is not None:
            values[column.name] = understood(value, column, place + column.name, zone)
        elif column.required:
            raise BadEvent(
                f"`{place}{column.name}` is missing from {type_.name}",
                allowed=f"{column.kind}: {column.meaning}",
                remedy=f"Send `{column.name}`.",
            )
    if not place and type_.happened is None and not set(values).difference(each.name for each in COMMON):
        raise BadEvent(f"{type_.name} says nothing", allowed=one_of(each.name for each in type_.fields))
    return values


def _lines(given: object, type_: EventType, zone: str) -> Sequence[Line]:
    """The lines of an order; one without an id of its own is called by its place, from 1."""
    if not isinstance(given, Sequence) or isinstance(given, str) or not 0 < len(given) <= MOST_LINES:
        raise refused(LINES, "are not lines", f"1 to {MOST_LINES} lines, each with amount_minor", given)
    lines: list[Line] = []
    for place, line in enumerate(given):
        if not isinstance(line, Mapping):
            raise refused(f"{LINES}.{place}", "is not a line", "a JSON object with amount_minor", line)
        _refuse_unknown(line, type_.lines, f"the lines of {type_.name}", [])
        values = _values(line, type_.lines, type_, f"{LINES}.{place}.", zone)
        lines.append({"line_id": str(place + 1), **values})
    if len({line["line_id"] for line in lines}) < len(lines):
        raise refused(LINES, "share a line_id", "a line_id of its own for each line", None)
    return lines


def _known_at(values: Mapping[str, object], type_: EventType, now: int) -> int:
    """When the event became known. Raises `BadEvent` for what lies ahead, or was known too early."""
    given = values.get(KNOWN_AT.name)
    known_at = now if given is None else min(_instant(given), now)
    for column in (*COMMON, *type_.fields):
        if column.kind is not Kind.INSTANT or column.name not in values:
            continue
        if (type_.table.name, column.name) in MAY_LIE_AHEAD:
            continue
        at = _instant(values[column.name])
        if at > now + SKEW:
            remedy = "Send it when it has happened; see that the clock that wrote it is right."
            raise BadEvent(
                f"`{column.name}` lies ahead", allowed=f"until {iso(now)}", given=iso(at), remedy=remedy
            )
        if given is not None and at > _instant(given):
            raise BadEvent(
                f"`{column.name}` lies after `known_at`: nobody knows what has not happened",
                allowed=f"until {iso(_instant(given))}",
                given=iso(at),
                remedy="Leave `known_at` out, or send the moment at which the business learned of it.",
            )
    return known_at


def _instant(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"not an instant: {value!r}")
    return value
