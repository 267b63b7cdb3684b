"""What a request for scores asks for: a JSON object, a customer a line, or an Arrow stream of customers."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from serving.refusals import NotJson, UnreadableBody
from serving.schemas import ScoreRequest

JSON, LINES, ARROW = "application/json", "application/x-ndjson", "application/vnd.apache.arrow.stream"
NAMES = ("customer_id", "system", "external_id")


class Options(BaseModel):
    """What stands beside the customers: in a JSON body, else in the query."""

    model_config = ConfigDict(extra="forbid")

    as_of: AwareDatetime | None = None
    dry_run: bool = False
    fields: list[str] | None = Field(default=None, min_length=1, max_length=100)


async def score_request(request: Request) -> ScoreRequest:
    """The request, checked. Raises `RequestValidationError`, `NotJson`, `UnreadableBody`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == JSON or kind.endswith("+json"):
        return _checked(body)
    if kind not in (LINES, ARROW):
        raise NotJson(
            "the body does not say that it is JSON, JSON lines or an Arrow stream",
            allowed=f"{JSON}, {LINES} or {ARROW}",
            given=kind or "none",
            remedy="Send the header `Content-Type: application/json`.",
        )
    customers = list(_lines(body) if kind == LINES else _rows(body))
    return _checked(json.dumps({**_options(request), "customers": customers}).encode())


def _checked(body: bytes) -> ScoreRequest:
    try:
        return ScoreRequest.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from None


def _options(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    if "fields" in given:
        given["fields"] = given["fields"].split(",")
    try:
        return Options.model_validate(given).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in found]) from None


def _lines(body: bytes) -> Iterator[Any]:
    for number, line in enumerate(body.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                raise UnreadableBody(
                    "a line is not JSON", given=f"line {number}", remedy="Send one JSON object a line."
                ) from None


def _rows(body: bytes) -> list[Mapping[str, Any]]:
    try:
        with pa.ipc.open_stream(body) as stream:
            table = stream.read_all()
        kept = table.select([name for name in NAMES if name in table.column_names])
        columns = {name: kept[name].cast(pa.string()).to_pylist() for name in kept.column_names}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableBody(
            "the body is not an Arrow stream",
            allowed=f"columns {', '.join(NAMES)} of text",
            given=str(error),
            remedy="Write it with pyarrow.ipc.new_stream.",
        ) from None
    rows = zip(*columns.values(), strict=True)
    return [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None} for row in rows
    ]


def moment(text: str | None) -> datetime | None:
    """An instant of a query; None for none. Raises `RequestValidationError`."""
    if text is None:
        return None
    try:
        return Options.model_validate({"as_of": text}).as_of
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in found]) from None
