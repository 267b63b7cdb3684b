"""How large, how slow and how strange a request may be."""

import asyncio
import re
from collections.abc import Sequence

from starlette.types import Message, Receive, Scope

from models.domain.errors import HoldfastError
from serving.refusals import BadPath, BodyTooLarge, BodyTooSlow, HeadersTooLarge, PathTooLong

LONGEST_PATH = 4_000
LONGEST_QUERY = 8_000
LARGEST_HEADERS = 16_384
LARGEST_BODY = 8 * 1024 * 1024  # unless the operator says otherwise

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check_size(scope: Scope, largest_body: int) -> None:
    """Raise `PathTooLong`, `HeadersTooLarge`, `BadPath` or `BodyTooLarge` before anything is read."""
    if len(scope.get("raw_path") or b"") > LONGEST_PATH or len(scope["query_string"]) > LONGEST_QUERY:
        raise PathTooLong(
            "the address is too long",
            allowed=f"{LONGEST_PATH} bytes of path and {LONGEST_QUERY} of query",
            remedy="Send many customers in a body: POST /v1/scores.",
        )
    headers = scope["headers"]
    if sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS:
        raise HeadersTooLarge(
            "the headers are too large", allowed=f"{LARGEST_HEADERS} bytes", remedy="Send fewer."
        )
    _check_path(scope["path"])
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > largest_body:
            raise too_large(largest_body)


def has_body(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a request announces a body."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in headers
    )


def limited(receive: Receive, largest_body: int, seconds: float) -> Receive:
    """Count what arrives and how long it takes: raises `BodyTooLarge` and `BodyTooSlow`.

    A body sent in chunks does not announce its length, and a slow one holds a place.
    """
    arrived = 0
    complete = False
    deadline: float | None = None

    async def counting() -> Message:
        nonlocal arrived, complete, deadline
        if complete:
            return await receive()
        deadline = deadline or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise _too_slow(seconds) from None
        arrived += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if arrived > largest_body:
            raise too_large(largest_body)
        return message

    return counting


def too_large(largest_body: int) -> HoldfastError:
    """The refusal of a body beyond the limit, in bytes."""
    return BodyTooLarge(
        "the body is too large", allowed=f"{largest_body} bytes", remedy="Send it in several requests."
    )


def _too_slow(seconds: float) -> HoldfastError:
    return BodyTooSlow(
        "the body did not arrive in time", allowed=f"{seconds:g} seconds", remedy="Send it again."
    )


def _check_path(path: str) -> None:
    """Raise `BadPath` for what only somebody sends who looks for files or for a way around a rule."""
    if path.startswith("//") or _CONTROL.search(path) or not {".", ".."}.isdisjoint(path.split("/")):
        raise BadPath(
            "the path is not one that this server has",
            allowed="no control characters, no `.` or `..` between slashes",
            remedy="See /openapi.json for the paths that exist.",
        )
