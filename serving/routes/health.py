"""For operators: is the process up, and does it have something to answer from."""

from fastapi import APIRouter

from serving.current import Current
from serving.schemas import Alive, Ready

router = APIRouter(tags=["operators"])


@router.get("/healthz", summary="Is the process up?")
async def healthz() -> Alive:
    """Answers as long as the process does, with or without a release."""
    return Alive()


@router.get("/readyz", summary="Is there a release to answer from?")
async def readyz(snapshot: Current) -> Ready:
    """The release in use; 503 with what is missing and what to do when there is none."""
    return Ready(release_id=snapshot.release_id, as_of=snapshot.as_of, customers=len(snapshot.scores))
