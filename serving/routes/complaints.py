"""Complaints that wait for an answer, for whoever answers them."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from models.domain.instants import to_micros
from serving.answering import Answer, run_of
from serving.as_of import AsOf
from serving.current import as_of_of, current_snapshot, told_since
from serving.cursors import cursor_after, rank_before
from serving.list_schemas import Complaints
from serving.lists_since import waiting_since
from serving.open_complaints import told_complaint
from serving.plain_routes import PlainRoute, json_answer, parameter
from serving.schemas import MOST_ROWS, USUAL_ROWS
from serving.snapshot import Snapshot
from serving.telling import Told

router = APIRouter(prefix="/v1", tags=["complaints"], route_class=PlainRoute)

OPEN = parameter(
    "open",
    "query",
    {"type": "string", "enum": ["", "true"]},
    "Only open ones are listed; it may be left out.",
)
LIMIT = parameter(
    "limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}, "On a page; 100."
)
CURSOR = parameter("cursor", "query", {"type": "string"}, "`next_cursor` of the page before.")


@router.get(
    "/complaints",
    summary="Open complaints, those of the most value at risk first",
    response_model=Complaints,
    openapi_extra={"parameters": [OPEN, LIMIT, CURSOR]},
)
async def complaints(request: Request) -> Response:
    """Who waits for an answer, until when (`answer_by`), and what is at risk.

    By value at risk, then by when the answer is due; with what was told since.
    """
    snapshot, told, at = current_snapshot(request), told_since(request), as_of_of(request)
    asked = _asked(request)
    return json_answer({**run_of(snapshot, at), **await run_in_threadpool(_page, snapshot, told, at, *asked)})


def _asked(request: Request) -> tuple[int, str | None]:
    """The limit and the cursor. Raises `RequestValidationError`."""
    given = request.query_params
    if given.get("open", "true") not in ("", "true"):
        raise _invalid("open", "Only open complaints are listed")
    limit = given.get("limit", str(USUAL_ROWS))
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= MOST_ROWS):
        raise _invalid("limit", f"Input should be a whole number from 1 to {MOST_ROWS}")
    return int(limit), given.get("cursor")


def _invalid(name: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("query", name), "msg": message}])


def _page(snapshot: Snapshot, told: Told, at: AsOf, limit: int, cursor: str | None) -> Answer:
    snapshot.judging_or_refuse()
    listed = f"{snapshot.run_id}-complaints"
    begin = 0 if cursor is None else rank_before(cursor, listed)
    waiting, as_of = waiting_since(snapshot, told, at), to_micros(snapshot.as_of)
    shown = waiting[begin : begin + limit]
    more = begin + limit < len(waiting)
    items: list[dict[str, Any]] = [
        {**told_complaint(each, as_of), **_at_risk(snapshot, each.customer_id)} for each in shown
    ]
    return {
        "total": len(waiting),
        "items": items,
        "next_cursor": cursor_after(listed, begin + limit) if more else None,
    }


def _at_risk(snapshot: Snapshot, customer_id: str) -> dict[str, Any]:
    row = snapshot.score_rows.get(customer_id)
    names = ("value_at_risk_minor", "churn_probability", "lifecycle_stage")
    return {name: None if row is None else snapshot.read_scores[name](row) for name in names}
