"""Routes whose answers are written by hand: documented like all others, but nothing reads or checks for them.

FastAPI solves dependencies and validates what a route returns, at twice the cost of a looked-up answer. A
route of this class gets the request as it is, and returns the response; what it takes and gives is declared
beside it, and a test holds the answers to their models.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

JSON = "application/json"


class PlainRoute(APIRoute):
    """A route that hands the request to its function and does nothing else."""

    def __init__(self, *declared: Any, **more: Any) -> None:
        super().__init__(*declared, **more)
        self.app = _plainly(self.endpoint)


def _plainly(endpoint: Endpoint) -> ASGIApp:
    """The function as an application; what it raises the application's own handlers answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return answer


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8 without blanks; what is no text of any encoding becomes '?'."""
    return _ENCODE(value).encode("utf-8", "replace")


def json_answer(value: Any, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(json_bytes(value), headers=headers, media_type=JSON)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema, whole in itself: what it refers to stands where it is referred to."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})
    whole: dict[str, Any] = _written_out(schema, parts)
    return whole


def _written_out(value: Any, parts: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_written_out(each, parts) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _written_out(parts[value["$ref"].rpartition("/")[2]], parts)
    return {name: _written_out(each, parts) for name, each in value.items()}


def check_length(where: str, name: str, text: str, longest: int, least: int = 1) -> None:
    """Raise `RequestValidationError` for a parameter with too few or too many characters."""
    if not least <= len(text) <= longest:
        message = f"String should have {least} to {longest} characters"
        raise RequestValidationError([{"loc": (where, name), "msg": message, "type": "string_length"}])


def parameter(name: str, where: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    """A parameter as OpenAPI describes it; those of the path are required."""
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "schema": schema,
        **({"description": description} if description else {}),
    }
