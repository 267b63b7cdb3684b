"""For operators: is the process up, and does it have something to answer from."""

from fastapi import APIRouter, Request

from models.domain.errors import HoldfastError
from serving.current import current_snapshot
from serving.health_schemas import Alive, Ready, Status
from serving.operation.asked import asked_of
from serving.refusals import NotReady

router = APIRouter(tags=["operators"])


@router.get("/healthz", summary="Is the process up?")
async def healthz() -> Alive:
    """Answers as long as the process does, with or without a release."""
    return Alive()


@router.get("/readyz", summary="Is there a release to answer from?")
async def readyz(request: Request) -> Ready | Status:
    """The release in use; 503 with what is missing and what to do when there is none.

    Whoever has no key is told whether, and nothing of what.
    """
    known = asked_of(request.scope).caller.known
    try:
        snapshot = current_snapshot(request)
    except HoldfastError as error:
        if known:
            raise
        raise NotReady("there is nothing to answer from", remedy="Ask whoever runs this server.") from error
    if not known:
        return Status(status="ready")
    refused = request.app.state.releases.refused
    return Ready(
        release_id=snapshot.release_id,
        as_of=snapshot.as_of,
        customers=len(snapshot.scores),
        refused=None if refused is None else refused.message,
    )
