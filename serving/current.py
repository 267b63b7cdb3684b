"""What the running application holds: a snapshot, or the reason why there is none."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from models.domain.errors import DamagedRelease, MissingRelease
from serving.as_of import AsOf, as_of_asked
from serving.settings import Settings
from serving.snapshot import Snapshot, load_snapshot
from serving.telling import NothingTold, Told

NOTHING_TOLD = NothingTold()


def load_into(app: FastAPI, settings: Settings) -> None:
    """Load the snapshot. A missing or damaged one is kept as the answer to give until the next start."""
    try:
        app.state.loaded = load_snapshot(settings.serving_dir)
    except (MissingRelease, DamagedRelease) as error:
        app.state.loaded = error


def current_snapshot(request: Request) -> Snapshot:
    """The snapshot that this request answers from. Raises what loading raised."""
    loaded: Snapshot | MissingRelease | DamagedRelease = request.app.state.loaded
    if isinstance(loaded, Snapshot):
        return loaded
    raise loaded


Current = Annotated[Snapshot, Depends(current_snapshot)]


def told_since(request: Request) -> Told:
    """Whoever keeps what was told since the batch."""
    told: Told = getattr(request.app.state, "told", NOTHING_TOLD)
    return told


def as_of_of(request: Request, asked: datetime | None = None) -> AsOf:
    """The instant that a request asks about. Raises `OtherAsOf`."""
    settings: Settings = request.app.state.settings
    return as_of_asked(asked, current_snapshot(request), told_since(request), settings.stale_after_hours)


def _spoken(request: Request) -> AsOf:
    return as_of_of(request)


Spoken = Annotated[AsOf, Depends(_spoken)]
