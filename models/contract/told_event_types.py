"""Every type of event that may be told, declared once from the columns of the contract.

Validation, the rows that an event becomes, OpenAPI and the documentation all follow from these declarations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.contract.attributes import Attribute, with_attributes
from models.contract.columns import Column, Kind, Table
from models.contract.tables import (
    ACTIVITY,
    CHANNELS,
    COMPLAINTS,
    CONTACTS,
    CUSTOMERS,
    OFFERS,
    ORDERS,
    SURVEYS,
)

LINES = "lines"
RATED_AT = "rated_at"

EVENT_ID = Column("event_id", Kind.ID, "your name of the event; told twice, it counts once", required=True)
TYPE = Column("type", Kind.CATEGORY, "what happened", required=True)
CUSTOMER_ID = Column("customer_id", Kind.ID, "whose event it is; an opaque string", required=True)
KNOWN_AT = Column("known_at", Kind.INSTANT, "when the business came to know it; when it is told, if absent")


@dataclass(frozen=True)
class EventType:
    """One type: what of which contract table it tells.

    happened: the field that says when, None where an event holds from when it is known. fields: what it may
    say beside `COMMON`; lines: what each of its lines may say, for a type that has lines.
    """

    name: str
    meaning: str
    table: Table
    happened: str | None
    fields: tuple[Column, ...]
    lines: tuple[Column, ...] = ()


COMMON = (EVENT_ID, TYPE, CUSTOMER_ID, KNOWN_AT)


def event_types(attributes: Sequence[Attribute] = ()) -> Mapping[str, EventType]:
    """The types by name; `attributes` are those that this business keeps of its customers."""
    found = (*_dealings(), *_complaints(), *_people(attributes))
    return {each.name: each for each in found}


def _dealings() -> tuple[EventType, ...]:
    line = ("item_id", "category", "units", "margin_minor")
    amount = ORDERS.column("amount_minor")
    return (
        EventType(
            "order",
            "A purchase, or further lines of one.",
            ORDERS,
            "ordered_at",
            _fields(ORDERS, needed=("order_id", "ordered_at")),
            (
                replace(ORDERS.column("line_id"), required=False, meaning="the line; its place if absent"),
                replace(amount, low=0, meaning="what the customer paid for the line"),
                *_fields(ORDERS, may=line),
            ),
        ),
        EventType(
            "return",
            "Lines that came back: amounts below 0, as in the contract.",
            ORDERS,
            "ordered_at",
            _fields(ORDERS, needed=("order_id", "ordered_at")),
            (
                replace(ORDERS.column("line_id"), meaning="a line of its own, not the line that was bought"),
                replace(amount, high=-1, meaning="what the customer got back, below 0"),
                *_fields(ORDERS, may=line),
            ),
        ),
        _type("contact", "A contact, whoever began.", CONTACTS, needed=("contact_id",), but=("known_at",)),
        _type("survey.answered", "An answer to a survey.", SURVEYS, but=("known_at",)),
        _type("activity", "A visit, a use, a cart or a failure.", ACTIVITY, but=("known_at",)),
        EventType(
            "offer.redeemed",
            "An offer of a campaign was used.",
            OFFERS,
            "redeemed_at",
            _fields(OFFERS, needed=("campaign_id", "redeemed_at")),
        ),
    )


def _complaints() -> tuple[EventType, ...]:
    return (
        _of_complaint(
            "opened", "A customer complained.", "opened_at",
            ("promised_at", "channel", "reason", "severity", "handled_by"),
        ),
        _of_complaint("responded", "A person answered.", "first_response_at", ("handled_by",)),
        _of_complaint(
            "resolved", "It was settled.", "resolved_at",
            ("reason", "root_cause", "severity", "handled_by", "handling_cost_minor"),
        ),
        _of_complaint("followed_up", "Somebody asked whether all is well now.", "followed_up_at", ()),
        _of_complaint("reopened", "The customer came back with it.", "reopened_at", ()),
        EventType(
            "complaint.rated",
            "The customer said how satisfied they are with it.",
            COMPLAINTS,
            RATED_AT,
            (
                *_fields(COMPLAINTS, needed=("complaint_id", "satisfaction")),
                Column(RATED_AT, Kind.INSTANT, "when the customer said so", required=True),
            ),
        ),
    )  # fmt: skip


def _people(attributes: Sequence[Attribute]) -> tuple[EventType, ...]:
    consents = tuple(f"may_contact_{channel}" for channel in CHANNELS)
    declared = with_attributes(CUSTOMERS, attributes)
    return (
        _type(
            "customer.upserted",
            "What is known of a customer, new or changed; what is absent stays as it was.",
            declared,
            but=("known_at", *consents),
        ),
        EventType(
            "consent.changed",
            "A customer allowed a channel or forbade it; from the next answer on it binds.",
            CUSTOMERS,
            None,
            _fields(CUSTOMERS, may=consents),
        ),
    )


def _type(
    name: str, meaning: str, declared: Table, *, needed: Sequence[str] = (), but: Sequence[str] = ()
) -> EventType:
    """A type that may say whatever its table holds."""
    happened = None if declared.event == KNOWN_AT.name else declared.event
    others = [each for each in declared.names if each not in (CUSTOMER_ID.name, *needed, *but)]
    return EventType(name, meaning, declared, happened, _fields(declared, needed, others))


def _of_complaint(verb: str, meaning: str, fact: str, further: Sequence[str]) -> EventType:
    fields = _fields(COMPLAINTS, needed=("complaint_id", fact), may=further)
    return EventType(f"complaint.{verb}", meaning, COMPLAINTS, fact, fields)


def _fields(declared: Table, needed: Sequence[str] = (), may: Sequence[str] = ()) -> tuple[Column, ...]:
    """Columns of a table: those an event needs, and those it may have."""
    return (
        *(replace(declared.column(name), required=True) for name in needed),
        *(declared.column(name) for name in may),
    )
