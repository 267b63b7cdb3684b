"""What the running application holds: a snapshot, or the reason why there is none."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request

from models.domain.errors import DamagedRelease, MissingRelease
from serving.settings import Settings
from serving.snapshot import Snapshot, load_snapshot


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
