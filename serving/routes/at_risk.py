"""The ranked list: whom to act on first, as JSON, CSV or a page."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from numpy.typing import NDArray

from serving.current import Current, Since, Spoken
from serving.cursors import cursor_after, rank_before
from serving.exports import csv_chunks, json_lines
from serving.filters import AtRiskQuery, matching
from serving.formats import Format, preferred_format
from serving.layout import PLAN
from serving.lists_since import plan_since
from serving.orders import after, in_order
from serving.page import list_page
from serving.schemas import USUAL_ROWS, AtRisk, AtRiskRow
from serving.snapshot import Snapshot
from serving.workbook import MOST_ROWS, XLSX, workbook

router = APIRouter()

STREAMED = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.NDJSON: "application/x-ndjson",
    Format.XLSX: XLSX,
}
FORMATS = {
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "text/html": {"schema": {"type": "string"}},
        "application/x-ndjson": {"schema": {"type": "string"}},
        XLSX: {"schema": {"type": "string", "format": "binary"}},
    }
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
def at_risk(
    request: Request, query: Annotated[AtRiskQuery, Query()], run: Current, told: Since, at: Spoken
) -> Response:
    """The list by expected gain of acting, filtered; the format follows `format`, else Accept."""
    snapshot = replace(run, plan=plan_since(run, told, at))
    chosen = query.format or preferred_format(request.headers.get("accept", ""))
    rows = matching(snapshot.plan, query)
    rest = in_order(snapshot.plan, rows, query.sort)
    listed = f"{snapshot.run_id}-{query.sort}"
    if query.cursor is not None:
        rest = after(rows, snapshot.plan, query.sort, rank_before(query.cursor, listed))
    if chosen in STREAMED:
        return _streamed(snapshot, rest[: query.limit], chosen)
    limit = query.limit or USUAL_ROWS
    answer = _page_of(snapshot, rest[: limit + 1], limit, listed, total=len(rows))
    if chosen is Format.HTML:
        page = list_page(request.app.state.templates, snapshot, answer, rows, query)
        return HTMLResponse(page, headers={"vary": "accept"})
    return Response(answer.model_dump_json(), media_type="application/json", headers={"vary": "accept"})


def _page_of(snapshot: Snapshot, rest: NDArray[np.int64], limit: int, listed: str, *, total: int) -> AtRisk:
    """A page; listed: names the list that a cursor goes on with."""
    shown = rest[:limit]
    more = len(rest) > len(shown)
    last = int(snapshot.plan["rank"][shown[-1]]) if more else 0
    return AtRisk(
        model_version=snapshot.release_id,
        data_as_of=snapshot.as_of,
        currency=snapshot.currency,
        total=total,
        items=[AtRiskRow.model_validate(row) for row in snapshot.plan.rows(shown)],
        next_cursor=cursor_after(listed, last) if more else None,
    )


def _streamed(snapshot: Snapshot, rows: NDArray[np.int64], chosen: Format) -> StreamingResponse:
    """The rows as a file, written while it is sent."""
    named = snapshot.plan.rows(rows[:MOST_ROWS] if chosen is Format.XLSX else rows)
    chunks: Iterator[str | bytes]
    match chosen:
        case Format.XLSX:
            chunks = workbook(tuple(PLAN), named)
        case Format.NDJSON:
            chunks = json_lines(named)
        case _:
            chunks = csv_chunks(named)
    name = f"at_risk_{snapshot.last_day}.{chosen}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "vary": "accept"}
    return StreamingResponse(chunks, media_type=STREAMED[chosen], headers=headers)
