"""The outermost layer: every request gets an id, every answer its headers, a count and a line in the log."""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.operation.asked import Asked, begin
from serving.operation.metrics import Metrics, count, observe

Told = Callable[[Asked, str, float], None]

POLICY = (
    b"default-src 'none'; style-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)

# The page needs its own style sheet and nothing else; answers about customers are not kept.
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
# The rest of a refused body is not read, so nothing else can come over its connection.
CLOSE = (b"connection", b"close")
CLOSING = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT})


def observed(app: ASGIApp, metrics: Metrics, tell: Told) -> ASGIApp:
    """The application with an eye on it. tell: is told of each answer, its method and the seconds it took."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked = begin(scope)
        request_id = (b"request-id", asked.request_id.encode())

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                message["headers"] = [*message.get("headers", ()), *HEADERS, request_id]
                if asked.status in CLOSING:
                    message["headers"].append(CLOSE)
            await send(message)

        try:
            await app(scope, receive, sending)
        finally:
            _account(asked, scope["method"], metrics, tell)

    return answer


def _account(asked: Asked, method: str, metrics: Metrics, tell: Told) -> None:
    seconds = perf_counter() - asked.started
    observe(metrics, asked.route, asked.status, seconds)
    if asked.problem:
        count(metrics, "holdfast_problems_total", problem=asked.problem)
    tell(asked, method, seconds)
