"""Complaints that wait for an answer, those of the most value at risk first.

They are read once from the histories of a run; what was told since of one of its customers stands in their
place. An answer is due when it was promised, else so many hours after the complaint.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from models.domain.instants import HOUR
from models.features.said import RowSaid
from models.features.scratch import NEVER
from models.features.states import announced_from, visible_from
from serving.rows import told_instant

Row: TypeAlias = Mapping[str, Any]

TABLE = "complaints"
TOLD = ("complaint_id", "channel", "reason", "severity")


@dataclass(frozen=True)
class OpenComplaint:
    """A complaint that is open as of an instant; microseconds, `NEVER` for what has not come.

    answered_at: the first answer by a person; answer_by: when it is due.
    """

    customer_id: str
    row: Row
    answered_at: int
    promised_at: int
    answer_by: int


def open_complaints(rows: Iterable[Row], as_of: int, answer_within_hours: int) -> Iterator[OpenComplaint]:
    """Those of some complaints that are open, as was known at an instant (microseconds)."""
    for row in rows:
        said = RowSaid(row)
        if visible_from(TABLE, said, "opened_at") <= as_of and not _settled(said, as_of):
            promised = announced_from(TABLE, said, "promised_at")
            due = said.whole("promised_at", NEVER) if promised <= as_of else NEVER
            answered = visible_from(TABLE, said, "first_response_at")
            opened = said.whole("opened_at", NEVER)
            by = due if due != NEVER else opened + answer_within_hours * HOUR
            yield OpenComplaint(row["customer_id"], row, answered if answered <= as_of else NEVER, due, by)


def _settled(said: RowSaid, as_of: int) -> bool:
    """Whether it is known to be resolved, and not to have been reopened since."""
    if visible_from(TABLE, said, "resolved_at") > as_of:
        return False
    again = said.whole("reopened_at", NEVER) >= said.whole("resolved_at", NEVER)
    return not (again and visible_from(TABLE, said, "reopened_at") <= as_of)


def told_complaint(found: OpenComplaint, as_of: int) -> dict[str, Any]:
    """One of them as it is answered."""
    answered = found.answered_at != NEVER
    return {
        "customer_id": found.customer_id,
        **{name: found.row.get(name) for name in TOLD},
        "opened_at": told_instant(found.row["opened_at"]),
        "promised_at": None if found.promised_at == NEVER else told_instant(found.promised_at),
        "first_response_at": told_instant(found.answered_at) if answered else None,
        "answered": answered,
        "answer_by": None if answered else told_instant(found.answer_by),
        "overdue": not answered and found.answer_by < as_of,
    }
