"""What a request answers from: one snapshot, the same from its first question to its last."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.domain.errors import HoldfastError
from serving.releases import Releases, Serving
from serving.snapshot import Snapshot
from serving.store.telling import Telling

HEADER = "holdfast-release"
PINNED = "serving"


def load_into(app: FastAPI, releases: Releases) -> None:
    """Answer from these releases from now on."""
    app.state.releases = releases


def current_serving(request: Request) -> Serving:
    """What this request answers from. Raises why there is nothing."""
    pinned: Serving | HoldfastError | None = request.scope["state"].get(PINNED)
    if pinned is None:
        pinned = request.app.state.releases.current
        request.scope["state"][PINNED] = pinned
    if isinstance(pinned, HoldfastError):
        raise pinned
    return pinned


def current_snapshot(request: Request) -> Snapshot:
    """The run that this request answers from. Raises what loading raised."""
    return current_serving(request).snapshot


def told_since(request: Request) -> Telling:
    """What was told since the run that this request answers from. Raises what loading raised."""
    return current_serving(request).told


Current = Annotated[Snapshot, Depends(current_snapshot)]


def naming_release(app: ASGIApp) -> ASGIApp:
    """Say in a header of every answer which release it came from."""

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                serving = scope.get("state", {}).get(PINNED)
                if isinstance(serving, Serving):
                    MutableHeaders(scope=message)[HEADER] = serving.snapshot.release_id
            await send(message)

        await app(scope, receive, adding if scope["type"] == "http" else send)

    return named
