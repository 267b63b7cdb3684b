"""Zendesk's CSV export of tickets (Admin Center, Reports, Export) as complaints.

It stands on the columns of "Full CSV export" in Zendesk's article "Exporting data to a JSON, CSV, or XML
file" (support.zendesk.com, 4408886165402), which says of them:

- times are in the account's time zone (declare it: `timezone` of this file, unless it is that of `source`);
- everything but `Created at` is as it was when the file was exported. So type, channel, group, priority and
  satisfaction are undated here, and the contract lets an undated column be known at the resolution, never at
  the opening;
- `Solved at` is the last change to solved; a ticket that was opened again is solved when it was last solved;
- `First reply time in minutes` runs from the opening to the first public comment of an agent ("Understanding
  first reply time", 4408821871642: what bots, triggers and automations send does not count). Less than a
  whole minute is no person's answer either, so 0 minutes is read as none;
- the columns `… within business hours` count open hours alone, so they are not read as calendar time;
- `Satisfaction Score` is Good, Bad, Offered or Not Offered, in newer accounts 1 to 5, and has no date.

Merged tickets carry the tag `closed_by_merge` and are out of scope, like deleted, suspended and spam ones.
Zendesk has no mark for complaints: taken for one is a ticket of type Incident or Problem, or with a tag
complaint or complaints. Who marks them otherwise sets `where`.
"""

from models.domain.vocabulary import DurationUnit, IdentityKind
from pipelines.sources.mapping import Clock, ColumnSource, Condition, Others
from pipelines.sources.presets.export import HelpDeskExport

_SCORES = {
    "good": 5,
    "good with comment": 5,
    "bad": 1,
    "bad with comment": 1,
    **{str(score): score for score in range(1, 6)},
    **dict.fromkeys(("offered", "not offered", "unoffered")),
}

ZENDESK = HelpDeskExport(
    columns={
        "complaint_id": ColumnSource("Id"),
        "customer_id": ColumnSource("Requester email", identity=IdentityKind.EMAIL),
        "opened_at": ColumnSource("Created at"),
        "first_response_at": ColumnSource(
            "First reply time in minutes",
            after="opened_at",
            unit=DurationUnit.MINUTES,
            clock=Clock.CALENDAR,
            values={"0": None},
            others=Others.KEEP,
        ),
        "resolved_at": ColumnSource("Solved at"),
        "channel": ColumnSource("Via"),
        "reason": ColumnSource("Ticket type"),
        "severity": ColumnSource("Priority", values={"low": 2, "normal": 3, "high": 4, "urgent": 5}),
        "satisfaction": ColumnSource("Satisfaction Score", values=_SCORES),
        "handled_by": ColumnSource("Group"),
    },
    where=(
        Condition(
            any_of=(
                Condition("Ticket type", among=("Incident", "Problem")),
                Condition("Tags", has=("complaint", "complaints")),
            )
        ),
        Condition("Tags", has_none=("closed_by_merge", "spam")),
        Condition("Status", not_among=("deleted", "suspended", "spam")),
    ),
    business=frozenset(
        {
            "First reply time in minutes within business hours",
            "First resolution time in minutes within business hours",
            "Full resolution time in minutes within business hours",
        }
    ),
    note="a ticket of type Incident or Problem, or with a tag complaint, is taken for a complaint",
)
