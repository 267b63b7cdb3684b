"""The shortest way to the routes that are asked most.

The framework's layers around a route (exit stacks, limits, telemetry, a search through every route) take as
long as a looked-up answer does, and a plain route uses none of them.
"""

from collections.abc import Iterable, Iterator

from fastapi import FastAPI, Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.operation.asked import asked_of
from serving.plain_routes import PlainRoute
from serving.problems import EXPECTED, problem_response


def straight(app: FastAPI, around: ASGIApp) -> ASGIApp:
    """The application, whose first routes are reached directly as long as they are plain.

    around: the application behind the framework's layers, for every other request. Only the first: a route
    further down must not be asked before those above it.
    """
    first = tuple(_plain_ones(app.router.routes))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        for route in first:
            if route.path_regex.match(path) is None:
                continue
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                try:
                    await route.app(scope, receive, send)
                except Exception as error:
                    if asked_of(scope).status:  # the answer has begun: nothing else can be said
                        raise
                    response = await problem_response(Request(scope), error)
                    await response(scope, receive, send)
                    if not isinstance(error, EXPECTED):
                        raise
                return
        await around(scope, receive, send)

    return answer


def _plain_ones(routes: Iterable[BaseRoute]) -> Iterator[PlainRoute]:
    """The routes as long as they are plain."""
    for route in routes:
        if not isinstance(route, PlainRoute):
            return
        yield route
