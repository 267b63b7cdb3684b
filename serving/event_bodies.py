"""The events of a request body: one JSON object, a list of them, or one a line."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from models.domain.errors import BadEvent
from serving.event_schemas import JSON, MOST_EVENTS, NDJSON
from serving.refusals import NotJson, UnreadableBody


@dataclass(frozen=True)
class Told:
    """What a body holds: JSON values, or why a line could not be read; single: one object and no list."""

    events: Sequence[object | BadEvent]
    single: bool


def events_of(body: bytes, content_type: str) -> Told:
    """The events of a body. Raises `NotJson`, `UnreadableBody` and, for too many or none, `BadEvent`."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == NDJSON:
        return Told(_counted([_line(line) for line in body.splitlines() if line.strip()]), single=False)
    if kind != JSON:
        raise NotJson(
            "the body does not say that it is JSON",
            allowed=f"{JSON} or {NDJSON}",
            given=content_type or "none",
            remedy=f"Send the header `Content-Type: {JSON}`.",
        )
    try:
        value = parsed(body)
    except ValueError as error:
        remedy = "Send a body that is valid JSON, encoded in UTF-8."
        raise UnreadableBody("the body is not JSON", given=str(error), remedy=remedy) from None
    return Told(_counted(value), single=False) if isinstance(value, list) else Told([value], single=True)


def parsed(text: bytes) -> Any:
    """A JSON value in UTF-8. Raises `ValueError`, also for what is nested too deeply or no number."""
    try:
        return json.loads(text.decode(), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")


def _line(line: bytes) -> object | BadEvent:
    try:
        value: object = parsed(line)
    except ValueError as error:
        return BadEvent("the line is not JSON", given=str(error), remedy="Send one JSON object a line.")
    return value


def _counted(events: Iterable[object]) -> Sequence[object]:
    found = list(events)
    if not 0 < len(found) <= MOST_EVENTS:
        raise BadEvent(
            "the body has too many events or none",
            allowed=f"1 to {MOST_EVENTS:,}",
            given=len(found),
            remedy="Send them in several requests.",
        )
    return found
