"""What a request for scores asks for: a JSON object, a customer a line, or an Arrow stream of customers."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from serving.arrow_bodies import ARROW, customers_of
from serving.json_bodies import SAY_JSON, checked, invalid, is_json, whole_body
from serving.plain_routes import JSON
from serving.refusals import NotJson, UnreadableBody
from serving.score_requests import ResultFields, ScoreRequest

LINES = "application/x-ndjson"


class Options(BaseModel):
    """What stands beside the customers: in a JSON body, else in the query."""

    model_config = ConfigDict(extra="forbid")

    as_of: AwareDatetime | None = None
    dry_run: bool = False
    fields: ResultFields = None


async def score_request(request: Request) -> ScoreRequest:
    """The request, checked. Raises `RequestValidationError`, `NotJson`, `UnreadableBody`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await whole_body(request)
    options = _options(request)
    if is_json(kind):
        asked = checked(ScoreRequest, body)
        return asked.model_copy(
            update={name: value for name, value in options.items() if name not in asked.model_fields_set}
        )
    if kind not in (LINES, ARROW):
        raise NotJson(
            "the body does not say that it is JSON, JSON lines or an Arrow stream",
            allowed=f"{JSON}, {LINES} or {ARROW}",
            given=kind or "none",
            remedy=SAY_JSON,
        )
    customers = list(_lines(body) if kind == LINES else customers_of(body))
    told = {**options, "customers": customers}
    return checked(ScoreRequest, json.dumps(told, default=str).encode())


def _options(request: Request) -> dict[str, Any]:
    if not request.url.query:
        return {}
    given: dict[str, Any] = dict(request.query_params)
    if "fields" in given:
        given["fields"] = given["fields"].split(",")
    try:
        return Options.model_validate(given).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise invalid(error, "query") from None


def _lines(body: bytes) -> Iterator[Any]:
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                raise UnreadableBody(
                    "a line is not JSON", given=f"line {number}", remedy="Send one JSON object a line."
                ) from None


def moment(text: str | None) -> datetime | None:
    """An instant of a query; None for none. Raises `RequestValidationError`."""
    if text is None:
        return None
    try:
        return Options.model_validate({"as_of": text}).as_of
    except ValidationError as error:
        raise invalid(error, "query") from None
