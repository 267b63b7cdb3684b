"""The door, before a route is looked for: sizes, who asks, how often, and how many at once."""

from dataclasses import dataclass
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from models.domain.errors import HoldfastError
from serving.access.buckets import Buckets, take
from serving.access.callers import WithoutKey, caller_of
from serving.access.hosts import check_origin
from serving.access.key_ring import KeyRing
from serving.access.limits import check_size, has_body, limited
from serving.operation.asked import Asked, asked_of
from serving.problems import refusal_response
from serving.refusals import Overloaded

ALIVE = "/healthz"


@dataclass(frozen=True)
class Door:
    """What the door goes by. largest_body: bytes; body_seconds: for a whole body to arrive."""

    ring: KeyRing
    without_key: WithoutKey
    buckets: Buckets
    most_at_once: int
    largest_body: int
    body_seconds: float


@dataclass
class Crowd:
    """How many requests are being answered."""

    inside: int = 0


def gated(app: ASGIApp, door: Door, crowd: Crowd) -> ASGIApp:
    """The application behind the door: a request that may not enter is answered with a problem."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        crowd.inside += 1
        try:
            asked = asked_of(scope)
            refused = refusal_of(scope, asked, door, crowd)
            if refused is not None:
                await refusal_response(scope, refused)(scope, receive, send)
            elif has_body(scope["headers"]):
                await app(scope, limited(receive, door.largest_body, door.body_seconds), send)
            else:
                await app(scope, receive, send)
        finally:
            crowd.inside -= 1

    return enter


def refusal_of(scope: Scope, asked: Asked, door: Door, crowd: Crowd) -> HoldfastError | None:
    """Why a request may not enter; None where it may, and then `asked.caller` says who sent it."""
    try:
        check_size(scope, door.largest_body)
        if crowd.inside > door.most_at_once and scope["path"] != ALIVE:
            raise Overloaded(
                "the server answers as many requests as it can",
                allowed=f"{door.most_at_once} at once",
                remedy="Send it again in a second.",
            )
        asked.caller = caller_of(scope, door.ring, door.without_key)
        check_origin(scope["method"], scope["headers"])
        key = asked.caller.key
        if key is not None:
            take(door.buckets, key.key_id, key.requests_per_second, monotonic())
    except HoldfastError as refused:
        return refused
    return None
