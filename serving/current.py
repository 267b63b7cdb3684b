"""What a request answers from: one snapshot, the same from its first question to its last."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.domain.errors import HoldfastError
from serving.as_of import AsOf, as_of_asked
from serving.releases import Releases, Serving, open_releases
from serving.settings import Settings
from serving.snapshot import Snapshot
from serving.store.opening import open_store
from serving.store.telling import Telling

HEADER = b"holdfast-release"
PINNED = "serving"


def load_into(app: FastAPI, settings: Settings) -> Releases:
    """Open the store of told events, load what there is to serve, and answer from it from now on.

    Raises what opening the store raises; a missing or damaged run is an answer until there is another.
    """
    releases = open_releases(settings.serving_dir, open_store(settings.store_url))
    app.state.releases = releases
    return releases


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
Since = Annotated[Telling, Depends(told_since)]


def as_of_of(request: Request, asked: datetime | None = None) -> AsOf:
    """The instant that a request asks about. Raises `OtherAsOf`."""
    serving, patience = current_serving(request), request.app.state.patience
    return as_of_asked(asked, serving.snapshot, serving.told, patience)


def _spoken(request: Request) -> AsOf:
    return as_of_of(request)


Spoken = Annotated[AsOf, Depends(_spoken)]


def naming_release(app: ASGIApp) -> ASGIApp:
    """Say in a header of every answer which release it came from."""

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                serving = scope.get("state", {}).get(PINNED)
                if isinstance(serving, Serving):
                    named = (HEADER, serving.snapshot.release_id.encode())
                    message["headers"] = [*message.get("headers", ()), named]
            await send(message)

        await app(scope, receive, adding if scope["type"] == "http" else send)

    return named
