"""Freshdesk's export of tickets (Tickets, Export, as CSV or Excel) as complaints.

It stands on the headings that such an export has when all fields of tickets and contacts are chosen: Ticket
ID, Subject, Status, Priority, Source, Type, Agent, Group, Created time, Due by Time, Resolved time, Closed
time, Last update time, Initial response time, Time tracked, First response time (in hrs), Resolution time (in
hrs), Agent interactions, Customer interactions, Resolution status, First response status, Tags, Survey
results, Association type, Product, Full name, Title, Email, Work phone. Freshdesk publishes no list of them;
they are those of exports that its users show. Fields of one's own come behind. Times are in the account's
time zone (declare it: `timezone` of this file, unless it is that of `source`).

- `Initial response time` is the instant of an agent's first reply to the customer; private notes and e-mail
  notifications that the desk sends by itself are no reply.
- `First response time (in hrs)` and `Resolution time (in hrs)` count business or calendar hours, as the
  service-level policy of each ticket says, so neither is read unless `clock` says which.
- `Due by Time` moves when the priority does, so it is not what was promised at the opening, and is not read.
- Type, priority, group and the survey's result are as they were when the file was exported: undated, and so
  known at the resolution and never at the opening.
- `Survey results` holds the label of the customer's rating. The labels that Freshdesk ships are read; a desk
  that words its own maps them in `columns.satisfaction.values`.

The export has no mark for merged tickets and leaves out what lies in the views Spam and Trash. What bears
the tag merged or spam, or such a status, is out of scope. Taken for a complaint is a ticket of type Incident,
Problem or Complaint, or with a tag complaint or complaints. Who marks them otherwise sets `where`.
"""

from models.domain.vocabulary import IdentityKind
from pipelines.sources.mapping import ColumnSource, Condition
from pipelines.sources.presets.export import HelpDeskExport

_RATINGS = {
    "extremely happy": 5,
    "very happy": 5,
    "happy": 4,
    "neutral": 3,
    "unhappy": 2,
    "very unhappy": 1,
    "extremely unhappy": 1,
    "awesome": 5,
    "just okay": 3,
    "not good": 1,
}

FRESHDESK = HelpDeskExport(
    columns={
        "complaint_id": ColumnSource("Ticket ID"),
        "customer_id": ColumnSource("Email", identity=IdentityKind.EMAIL),
        "opened_at": ColumnSource("Created time"),
        "first_response_at": ColumnSource("Initial response time"),
        "resolved_at": ColumnSource("Resolved time"),
        "channel": ColumnSource("Source"),
        "reason": ColumnSource("Type"),
        "severity": ColumnSource("Priority", values={"low": 2, "medium": 3, "high": 4, "urgent": 5}),
        "satisfaction": ColumnSource("Survey results", values=_RATINGS),
        "handled_by": ColumnSource("Group"),
    },
    where=(
        Condition(
            any_of=(
                Condition("Type", among=("Incident", "Problem", "Complaint")),
                Condition("Tags", has=("complaint", "complaints")),
            )
        ),
        Condition("Tags", has_none=("merged", "spam")),
        Condition("Status", not_among=("merged", "deleted", "spam")),
    ),
    business=frozenset({"First response time (in hrs)", "Resolution time (in hrs)"}),
    note="a ticket of type Incident, Problem or Complaint, or with a tag complaint, is taken for a complaint",
)
