"""Each route asks for a scope, and what it tells about customers leaves a line: here, for all of them."""

from copy import copy
from functools import lru_cache
from typing import Any

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.domain.errors import InvalidSetting
from serving.access.api_keys import unauthenticated
from serving.access.audit import AuditTrail, write_line
from serving.access.callers import Caller
from serving.access.scopes import OF_CUSTOMERS, Need, call_name, need_of
from serving.operation.asked import asked_of
from serving.operation.metrics import Metrics, count
from serving.problems import refusal_response
from serving.refusals import AuditUnavailable, Forbidden

MOST_METHODS = 64  # a mount takes any word for a method


def guard(route: BaseRoute, trail: AuditTrail, metrics: Metrics) -> BaseRoute:
    """A copy of a route that checks before it answers. Raises `InvalidSetting` for a kind it cannot guard."""
    if not isinstance(route, Route | Mount):
        raise InvalidSetting("a route of this kind cannot be guarded", given=type(route).__name__)
    behind = copy(route)
    behind.app = guarded(route.app, route.path_format, trail, metrics)
    return behind


def guarded(app: ASGIApp, template: str, trail: AuditTrail, metrics: Metrics) -> ASGIApp:
    """A route's application behind its scope; a good answer about customers is written down first."""

    @lru_cache(maxsize=MOST_METHODS)
    def told(method: str) -> tuple[str, Need]:
        return call_name(method, template), need_of(method, template)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = asked_of(scope)
        asked.route, need = told(scope["method"])
        check(asked.caller, need)
        if need in OF_CUSTOMERS:
            send = _auditing(scope, send, trail, metrics)
        await app(scope, receive, send)

    return answer


def check(caller: Caller, need: Need) -> None:
    """Raise `Unauthenticated` or `Forbidden` unless the caller may do what a call asks for."""
    if caller.may(need):
        return
    if not caller.known:
        raise unauthenticated("this call needs a key")
    held = caller.key.scopes if caller.key else frozenset()
    raise Forbidden(
        "the key may not do this",
        allowed=f"a key with the scope {need}",
        given=" ".join(sorted(held)),
        remedy="Ask whoever runs this server for a key that may.",
    )


def _auditing(scope: Scope, send: Send, trail: AuditTrail, metrics: Metrics) -> Send:
    """Write down a good answer before it begins; where that fails, a problem goes out in its place."""
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] < 300:
            try:
                _write_down(scope, trail)
            except AuditUnavailable as error:
                replaced = True
                await refusal_response(scope, error)(scope, _no_more, send)
            else:
                count(metrics, "holdfast_audit_lines_total")
        if not replaced:
            await send(message)

    return sending


def _write_down(scope: Scope, trail: AuditTrail) -> None:
    asked = asked_of(scope)
    facts: dict[str, Any] = {"request_id": asked.request_id, "key": asked.caller.name, "call": asked.route}
    for name, value in scope.get("path_params", {}).items():
        facts["customer" if name == "customer_id" else name] = value
    if asked.customers:
        facts["customers"] = list(asked.customers)
    if asked.more_customers:
        facts["more_customers"] = asked.more_customers
    if scope["query_string"]:
        facts["query"] = scope["query_string"].decode("latin-1")
    write_line(trail, facts)


async def _no_more() -> Message:
    return {"type": "http.disconnect"}
