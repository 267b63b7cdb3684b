"""Routes whose answers are written by hand: documented like all others, but nothing reads or checks for them.

FastAPI solves dependencies and validates what a route returns, at twice the cost of a looked-up answer. A
route of this class gets the request as it is, and returns the response; what it takes and gives is declared
beside it, and a test holds the answers to their models.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

JSON = "application/json"


class PlainRoute(APIRoute):
    """A route that hands the request to its function and does nothing else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The function, undisturbed."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            response: Response = await endpoint(request)
            return response

        return handle


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8 without blanks; what is no text of any encoding becomes '?'."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def json_answer(value: Any, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(json_bytes(value), headers=headers, media_type=JSON)


def parameter(name: str, where: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    """A parameter as OpenAPI describes it; those of the path are required."""
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "schema": schema,
        **({"description": description} if description else {}),
    }
