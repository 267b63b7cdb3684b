"""For Prometheus: what was counted, and what the scores in use look like."""

import time
from typing import Any

from fastapi import APIRouter, Request, Response

from serving.operation.gauges import gauges_of
from serving.operation.metrics import MEDIA_TYPE, lines
from serving.releases import Serving

router = APIRouter(tags=["operators"])

TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/metrics", summary="Counts and gauges for Prometheus", response_class=Response, responses=TEXT)
def metrics(request: Request) -> Response:
    """Latency by route and status, problems, reloads, events, and the deciles of scores and caps."""
    current = request.app.state.releases.current
    snapshot = current.snapshot if isinstance(current, Serving) else None
    told = lines(request.app.state.metrics, gauges_of(snapshot, time.time()))
    return Response("\n".join(told) + "\n", media_type=MEDIA_TYPE)
