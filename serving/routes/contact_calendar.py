"""Whom to think of in the days to come."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.answering import run_of
from serving.columns import Columns
from serving.contact_calendar import Days, Entry, Occasion, by_date, by_rhythm, in_order
from serving.current import Current, Since, Spoken
from serving.cursors import cursor_after, rank_before
from serving.list_schemas import Calendar
from serving.lists_since import scores_since
from serving.rows import Read, readers
from serving.schemas import MOST_ROWS, USUAL_ROWS
from serving.snapshot import Snapshot

TOLD = (
    "customer_id",
    "lifecycle_stage",
    "last_order_at",
    "next_order_expected_by",
    "churn_probability",
    "value_at_risk_minor",
    "do_not_contact_reason",
)

router = APIRouter(prefix="/v1", tags=["list"])


class CalendarQuery(BaseModel):
    """The calendar's query parameters; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=14, ge=1, le=92, description="How many days from the data's end on.")
    occasion: list[Occasion] = Field(default=[], description="Only these; repeat it for several.")
    contactable: bool | None = Field(
        default=None, description="True: only customers without a reason to leave them alone."
    )
    limit: int = Field(default=USUAL_ROWS, ge=1, le=MOST_ROWS, description="Entries on a page.")
    cursor: str | None = Field(default=None, max_length=200, description="`next_cursor` of the page before.")


@router.get(
    "/contact-calendar", summary="Who fell silent, who is due, whose day it is", response_model=Calendar
)
def contact_calendar(
    query: Annotated[CalendarQuery, Query()], snapshot: Current, told: Since, at: Spoken
) -> dict[str, object]:
    """By day, and on one day those of the most value at risk first; as of the data's own end.

    Silent is who waits far beyond their own rhythm, due whose next order is expected on the day. An entry
    says why to leave a customer alone; a birthday changes nothing of that.
    """
    listed = f"{snapshot.run_id}-{query.days}-{'.'.join(sorted(query.occasion))}-{query.contactable}"
    begin = 0 if query.cursor is None else rank_before(query.cursor, listed)
    scores = scores_since(snapshot, told, at)
    entries = [each for each in _entries(snapshot, query.days) if _wanted(scores, query, each)]
    more = begin + query.limit < len(entries)
    read = readers({name: scores[name] for name in TOLD})
    return {
        **run_of(snapshot, at),
        "total": len(entries),
        "items": [_told(read, each) for each in entries[begin : begin + query.limit]],
        "next_cursor": cursor_after(listed, begin + query.limit) if more else None,
    }


def _entries(snapshot: Snapshot, many: int) -> list[Entry]:
    days = Days(snapshot.last_day + timedelta(days=1), many, snapshot.timezone)
    found = [*by_rhythm(snapshot.scores, days), *by_date(snapshot.special_dates, days)]
    return in_order(found, snapshot.scores)


def _wanted(scores: Columns, query: CalendarQuery, entry: Entry) -> bool:
    free = scores["do_not_contact_reason"][entry.row] is None
    return (not query.occasion or entry.occasion in query.occasion) and query.contactable in (None, free)


def _told(read: Mapping[str, Read], entry: Entry) -> dict[str, object]:
    told = {name: read[name](entry.row) for name in TOLD}
    return {"day": entry.day.isoformat(), "occasion": entry.occasion, "years": entry.years, **told}
