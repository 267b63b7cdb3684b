"""The one place where errors become problem documents (RFC 9457)."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Scope

from models.domain.errors import BadEvent, DamagedRelease, HoldfastError, MissingRelease, UnknownCustomer
from models.domain.ledger import refusals as money
from serving.operation.asked import Asked
from serving.problem_schemas import FieldProblem, Problem
from serving.refusals import (
    AuditUnavailable,
    BadPath,
    BodyTooLarge,
    BodyTooSlow,
    Forbidden,
    ForeignCursor,
    ForeignHost,
    ForeignOrigin,
    HeadersTooLarge,
    KeysUnavailable,
    MayNotOwe,
    NotAcceptable,
    NotJson,
    NotReady,
    OtherAsOf,
    Overloaded,
    PathTooLong,
    TooManyRequests,
    Unauthenticated,
    UnknownKey,
    UnreadableBody,
    Unsettled,
)
from serving.store.refusals import ErasedCustomer, EventReused, StoreUnavailable

MEDIA_TYPE = "application/problem+json"
LONGEST_ECHO = 200
MOST_ERRORS = 20

STATUS: Mapping[type[HoldfastError], HTTPStatus] = {
    UnknownCustomer: HTTPStatus.NOT_FOUND,
    MissingRelease: HTTPStatus.SERVICE_UNAVAILABLE,
    DamagedRelease: HTTPStatus.SERVICE_UNAVAILABLE,
    ForeignCursor: HTTPStatus.BAD_REQUEST,
    OtherAsOf: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    ForeignHost: HTTPStatus.FORBIDDEN,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotJson: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    money.MissingKey: HTTPStatus.BAD_REQUEST,
    money.UnknownReservation: HTTPStatus.NOT_FOUND,
    money.KeyInFlight: HTTPStatus.CONFLICT,
    money.WrongState: HTTPStatus.CONFLICT,
    money.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    money.OtherCurrency: HTTPStatus.UNPROCESSABLE_ENTITY,
    money.TooMuch: HTTPStatus.UNPROCESSABLE_ENTITY,
    money.BadCommand: HTTPStatus.UNPROCESSABLE_ENTITY,
    money.LedgerUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    MayNotOwe: HTTPStatus.FORBIDDEN,
    ForeignOrigin: HTTPStatus.FORBIDDEN,
    KeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    AuditUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    BadPath: HTTPStatus.NOT_FOUND,
    PathTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    HeadersTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    UnknownKey: HTTPStatus.NOT_FOUND,
    UnreadableBody: HTTPStatus.BAD_REQUEST,
    BadEvent: HTTPStatus.UNPROCESSABLE_ENTITY,
    EventReused: HTTPStatus.CONFLICT,
    ErasedCustomer: HTTPStatus.CONFLICT,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Unsettled: HTTPStatus.SERVICE_UNAVAILABLE,
}

REMEDY: Mapping[int, str] = {
    400: "Send a body that is valid JSON, encoded in UTF-8.",
    404: "See /openapi.json for the paths that exist.",
    405: "See the Allow header for the methods that this path has.",
}

# Seconds after which a refused request is worth sending again.
RETRY_AFTER: Mapping[type[HoldfastError], int] = {
    TooManyRequests: 1,
    Overloaded: 1,
    KeysUnavailable: 5,
    AuditUnavailable: 30,
    MissingRelease: 30,
    DamagedRelease: 30,
    NotReady: 5,
    money.KeyInFlight: 1,
    money.LedgerUnavailable: 2,
    StoreUnavailable: 5,
    Unsettled: 5,
}

# What a request may end in by the caller's doing or by what is missing; anything else is a mistake of ours.
EXPECTED = (HoldfastError, RequestValidationError, HTTPException)

log = logging.getLogger("holdfast")


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    for kind, handler in _HANDLERS.items():
        app.exception_handler(kind)(handler)


async def problem_response(request: Request, error: Exception) -> Response:
    """What a request is answered that ended in an error: the problem document that is right for it."""
    handler = next(_HANDLERS[kind] for kind in type(error).__mro__ if kind in _HANDLERS)
    return await handler(request, error)


def problem_of(error: HoldfastError, path: str) -> Problem:
    """The problem document of a Holdfast error; 500 for one that no request should cause."""
    status = STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    return Problem(
        type=problem_type(type(error).__name__),
        title=words(type(error).__name__).capitalize(),
        status=status,
        detail=error.message,
        instance=printable(path),
        allowed=error.allowed or None,
        given=None if error.given is None else printable(str(error.given)),
        remedy=error.remedy or None,
    )


def response_of(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP response that carries a problem document."""
    return Response(
        problem.model_dump_json(exclude_none=True), problem.status, headers, media_type=MEDIA_TYPE
    )


def refusal_response(scope: Scope, error: HoldfastError) -> Response:
    """The response to a refused request: the problem document, and how to ask again."""
    _note(scope, type(error).__name__)
    headers = {}
    if type(error) in RETRY_AFTER:
        headers["retry-after"] = str(RETRY_AFTER[type(error)])
    if isinstance(error, Unauthenticated):
        headers["www-authenticate"] = _challenge(scope)
    return response_of(problem_of(error, scope["path"]), headers)


def problem_type(name: str) -> str:
    """'urn:holdfast:problem:unknown-customer' of 'UnknownCustomer'."""
    return f"urn:holdfast:problem:{words(name).replace(' ', '-')}"


def words(name: str) -> str:
    """'unknown customer' of 'UnknownCustomer' or 'Unknown Customer'."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def printable(text: str) -> str:
    """What a caller sent, shortened, and without half characters that no encoding can carry."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= LONGEST_ECHO else whole[:LONGEST_ECHO] + "…"


async def _refused(request: Request, error: HoldfastError) -> Response:
    return refusal_response(request.scope, error)


def _challenge(scope: Scope) -> str:
    """A browser that shows a page asks its person for the key; a program is told of Bearer."""
    page = any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
    return 'Basic realm="Holdfast", charset="UTF-8"' if page else 'Bearer realm="Holdfast"'


def _note(scope: Scope, name: str) -> None:
    """Keep what the problem is called, for logs and counts."""
    asked = scope.get("state", {}).get("asked")
    if isinstance(asked, Asked):
        asked.problem = words(name).replace(" ", "-")


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    if _body_is_not_json(error):
        given = request.headers.get("content-type", "none")
        refusal = NotJson(
            "the body does not say that it is JSON",
            allowed="application/json",
            given=given,
            remedy="Send the header `Content-Type: application/json`.",
        )
        return refusal_response(request.scope, refusal)
    _note(request.scope, "InvalidRequest")
    found = error.errors()
    errors = [
        FieldProblem(where=printable(".".join(str(part) for part in item["loc"])), message=item["msg"])
        for item in found[:MOST_ERRORS]
    ]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    problem = Problem(
        type=problem_type("InvalidRequest"),
        title="Invalid request",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        detail=f"{errors[0].where}: {printable(errors[0].message)}{more}.",
        instance=printable(request.url.path),
        remedy="Correct what `errors` lists; /openapi.json describes every field.",
        errors=errors,
    )
    return response_of(problem)


def _body_is_not_json(error: RequestValidationError) -> bool:
    """FastAPI hands a body of another content type over as bytes, which then fail as a whole."""
    return isinstance(error.body, bytes)


async def _http(request: Request, error: HTTPException) -> Response:
    # FastAPI turns whatever happens while it reads a body into a 400; ours stands behind it as the cause.
    if isinstance(error.__cause__, HoldfastError):
        return await _refused(request, error.__cause__)
    phrase = HTTPStatus(error.status_code).phrase
    _note(request.scope, phrase)
    detail = error.detail if error.detail != phrase else f"{request.method} {request.url.path}: {phrase}"
    problem = Problem(
        type=problem_type(phrase),
        title=phrase,
        status=error.status_code,
        detail=printable(detail),
        instance=printable(request.url.path),
        remedy=REMEDY.get(error.status_code),
    )
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(_methods(request))}
    return response_of(problem, headers)


def _methods(request: Request) -> list[str]:
    """The methods that a path has, whichever of its routes has them.

    A customer's path fits what stands below it too, since ids may hold slashes; the longer template counts.
    """
    routes = [each for each in request.app.router.routes if isinstance(each, Route)]
    found = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    path = max((each.path for each in found), key=len, default="")
    methods = {method for each in found if each.path == path for method in each.methods or ()}
    return sorted(methods - {"HEAD"})


async def _unexpected(request: Request, error: Exception) -> Response:
    _note(request.scope, "InternalServerError")
    asked = request.scope.get("state", {}).get("asked")
    facts = {"request_id": asked.request_id, "route": asked.route} if isinstance(asked, Asked) else {}
    log.error("failed", exc_info=error, extra={"facts": facts})
    problem = Problem(
        type=problem_type("InternalServerError"),
        title="Internal server error",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="Something went wrong that is not the caller's fault.",
        instance=printable(request.url.path),
        remedy="The server's log says what; report it if it happens again.",
    )
    return response_of(problem)


_HANDLERS: Mapping[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
    HoldfastError: _refused,
    RequestValidationError: _invalid,
    HTTPException: _http,
    Exception: _unexpected,
}
