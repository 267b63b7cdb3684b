"""The ranked list: whom to act on first, as JSON, CSV or a page."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from numpy.typing import NDArray

from serving.current import Current
from serving.cursors import cursor_after, rank_before
from serving.exports import csv_chunks
from serving.filters import AtRiskQuery, after_rank, matching
from serving.formats import Format, preferred_format
from serving.page import list_page
from serving.schemas import USUAL_ROWS, AtRisk, AtRiskRow
from serving.snapshot import Snapshot

router = APIRouter()

FORMATS = {
    "content": {"text/csv": {"schema": {"type": "string"}}, "text/html": {"schema": {"type": "string"}}}
}


@router.get("/", include_in_schema=False)
async def home() -> RedirectResponse:
    """A person at the server's address wants to know whom to contact."""
    return RedirectResponse("/v1/at-risk?format=html&contactable=true")


@router.get(
    "/v1/at-risk",
    summary="Customers worth acting on, best first",
    response_model=AtRisk,
    responses={200: FORMATS},
    tags=["list"],
)
def at_risk(request: Request, query: Annotated[AtRiskQuery, Query()], snapshot: Current) -> Response:
    """The list by expected gain of acting, filtered; the format follows `format`, else Accept."""
    chosen = query.format or preferred_format(request.headers.get("accept", ""))
    rows = matching(snapshot.plan, query)
    rest = rows
    if query.cursor is not None:
        rest = after_rank(snapshot.plan, rows, rank_before(query.cursor, snapshot.run_id))
    if chosen is Format.CSV:
        return _csv(snapshot, rest[: query.limit])
    limit = query.limit or USUAL_ROWS
    answer = _page_of(snapshot, rest, limit, total=len(rows))
    if chosen is Format.HTML:
        page = list_page(request.app.state.templates, snapshot, answer, rows, query)
        return HTMLResponse(page, headers={"vary": "accept"})
    return Response(answer.model_dump_json(), media_type="application/json", headers={"vary": "accept"})


def _page_of(snapshot: Snapshot, rest: NDArray[np.int64], limit: int, *, total: int) -> AtRisk:
    shown = rest[:limit]
    more = len(rest) > len(shown)
    last = int(snapshot.plan["rank"][shown[-1]]) if more else 0
    return AtRisk(
        model_version=snapshot.release_id,
        data_as_of=snapshot.as_of,
        currency=snapshot.currency,
        total=total,
        items=[AtRiskRow.model_validate(row) for row in snapshot.plan.rows(shown)],
        next_cursor=cursor_after(snapshot.run_id, last) if more else None,
    )


def _csv(snapshot: Snapshot, rows: NDArray[np.int64]) -> StreamingResponse:
    name = f"at_risk_{snapshot.last_day}.csv"
    return StreamingResponse(
        csv_chunks(snapshot.plan.rows(rows)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "vary": "accept"},
    )
