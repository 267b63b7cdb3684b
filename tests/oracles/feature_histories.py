"""Random histories of a few customers: ties, returns, late knowledge, empty values, edges of windows.

They end in March 2018, so that they hold a leap day, and clock changes at midnight in Tehran and São Paulo.
"""

from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import strategies as st

from models.contract.tables import table as contract_table

HOUR = 3_600_000_000
DAY = 24 * HOUR
FIRST_SNAPSHOT = 1_522_000_000 * 1_000_000
SNAPSHOTS = (FIRST_SNAPSHOT - 200 * DAY, FIRST_SNAPSHOT - 30 * DAY, FIRST_SNAPSHOT)
CUSTOMERS = ("A", "b", "é")
# Zones with clock changes, an odd offset, no midnight on some days, and midnight twice on some.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Tehran",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "Asia/Kathmandu",
)
EDGES = tuple(days * DAY for days in (0, 5, 30, 90, 180, 365, 730))

# Each fact of a table with the column that says when it became known; first the row itself.
FACTS = {
    "orders": (("ordered_at", "known_at"),),
    "customers": (("known_at", "known_at"),),
    "complaints": tuple(
        (f"{fact}_at", f"{fact}_known_at")
        for fact in ("opened", "promised", "first_response", "resolved", "followed_up", "reopened")
    ),
    "contacts": (("contacted_at", "known_at"),),
    "offers": (("assigned_at", "known_at"), ("redeemed_at", "redeemed_known_at")),
    "contracts": (("started_at", "known_at"), ("ended_at", "ended_known_at")),
    "surveys": (("answered_at", "known_at"),),
    "activity": (("at", "known_at"),),
}
TABLES = tuple(FACTS)


def _instant(*moment):
    return round(datetime(*moment, tzinfo=UTC).timestamp()) * 1_000_000


# The leap day begins and ends; clocks change in Tehran, in São Paulo.
MOMENTS = (
    _instant(2016, 2, 29),
    _instant(2016, 3, 1),
    _instant(2017, 9, 21, 19, 30),
    _instant(2018, 3, 21, 20, 30),
    _instant(2017, 10, 15, 3),
    _instant(2018, 2, 18, 2),
)

_EDGES = tuple(snapshot - edge for snapshot in SNAPSHOTS for edge in EDGES)
_DELAYS = (0, 0, 1, HOUR, DAY, DAY + 1, 3 * DAY, 5 * DAY, 5 * DAY + 1, 9 * DAY, 200 * DAY)
_LATER = (None, None, *_DELAYS)
_HEARD = (None, None, -40 * DAY, -DAY, 1, 9 * DAY)  # of a promise, of an end: even ahead of it


def _time(chance):
    """Any hour, one of the last hundred days, the edge of a window or day, or when much happened at once."""
    kind = chance.randrange(4)
    if kind == 3:
        return FIRST_SNAPSHOT - chance.choice((3, 40, 400)) * DAY
    if kind == 2:
        return chance.choice(_EDGES + MOMENTS) + chance.choice((0, 0, -1, 1))
    return FIRST_SNAPSHOT + chance.randrange(-24 * (100 if kind else 800), 24 * 20) * HOUR


def _after(at, delay):
    return None if at is None or delay is None else at + delay


def _known(chance, at):
    """A known_at column leaves out what was known at once."""
    return _after(at, chance.choice(_DELAYS) or None)


def _order_line(chance, customer):
    at = _time(chance)
    return {
        "order_id": chance.choice(("o1", "o2", "o3", "o4", "o5")),
        "line_id": "1",
        "customer_id": customer,
        "ordered_at": at,
        "item_id": chance.choice((None, "i1", "i2", "i3")),
        "category": chance.choice((None, "k1", "k2")),
        "units": chance.choice((None, 0, 1, 3, -2)),
        "amount_minor": chance.choice((700, 0, -500, -1200, 1999, 2_000_000_001)),
        "margin_minor": chance.choice((None, 0, 33, -7)),
        "known_at": _known(chance, at),
    }


def _version(chance, customer):
    at = _time(chance)
    signed_up = _after(at, chance.choice((None, -300 * DAY, 0, 9 * DAY)))
    return {"customer_id": customer, "signed_up_at": signed_up, "known_at": at}


def _complaint(chance, customer):
    opened = _time(chance)
    promised = _after(opened, chance.choice((None, 0, HOUR, DAY, 5 * DAY, 40 * DAY)))
    row = {
        "complaint_id": "p",
        "customer_id": customer,
        "opened_at": opened,
        "opened_known_at": _known(chance, opened),
        "promised_at": promised,
        "promised_known_at": _after(promised, chance.choice(_HEARD)),
        "reason": chance.choice((None, "r1", "r2")),
        "severity": chance.choice((None, 1, 2, 4)),
        "satisfaction": chance.choice((None, 1, 3, 5)),
        "satisfaction_known_at": _after(opened, chance.choice((None, None, DAY, 9 * DAY, 60 * DAY))),
    }
    for fact in ("first_response", "resolved", "followed_up", "reopened"):
        at = _after(opened, chance.choice(_LATER))
        row |= {f"{fact}_at": at, f"{fact}_known_at": _known(chance, at)}
    return row


def _contact(chance, customer):
    at = _time(chance)
    return {
        "contact_id": "k",
        "customer_id": customer,
        "contacted_at": at,
        "direction": chance.choice(("inbound", "outbound")),
        "channel": chance.choice((None, "phone", "email")),
        "known_at": _known(chance, at),
    }


def _offer(chance, customer):
    at = _time(chance)
    redeemed = _after(at, chance.choice(_LATER))
    return {
        "campaign_id": "m",
        "customer_id": customer,
        "assigned_at": at,
        "arm": chance.choice(("none", "coupon", "call")),
        "face_value_minor": chance.choice((0, 300, 500)),
        "redeemed_at": redeemed,
        "redeemed_known_at": _known(chance, redeemed),
        "known_at": _known(chance, at),
    }


def _contract(chance, customer):
    at = _time(chance)
    ended = _after(at, chance.choice((None, 0, 30 * DAY, 60 * DAY, 200 * DAY)))
    return {
        "contract_id": "v",
        "customer_id": customer,
        "started_at": at,
        "renews_at": _after(at, chance.choice((None, 0, 30 * DAY, 365 * DAY))),
        "ended_at": ended,
        "ended_known_at": _after(ended, chance.choice(_HEARD)),
        "known_at": _known(chance, at),
    }


def _survey(chance, customer):
    at = _time(chance)
    return {
        "survey_id": "s",
        "customer_id": customer,
        "answered_at": at,
        "kind": chance.choice(("csat", "nps")),
        "score": chance.choice((0, 2, 5)),
        "known_at": _known(chance, at),
    }


def _event(chance, customer):
    at = _time(chance)
    kind = chance.choice(("visit", "use", "use", "cart", "checkout_failed", "payment_failed"))
    return {"customer_id": customer, "at": at, "kind": kind, "known_at": _known(chance, at)}


# How to make a row of each table, and how many of them are many.
_MAKERS = {
    "orders": (_order_line, 12),
    "customers": (_version, 3),
    "complaints": (_complaint, 5),
    "contacts": (_contact, 4),
    "offers": (_offer, 4),
    "contracts": (_contract, 4),
    "surveys": (_survey, 4),
    "activity": (_event, 8),
}


def histories():
    """Rows by table, as dictionaries with instants in microseconds, for up to three customers."""
    return st.randoms(use_true_random=False).map(_of_few)


def _of_few(chance):
    return {
        name: [make(chance, chance.choice(CUSTOMERS)) for _ in range(chance.randrange(most + 1))]
        for name, (make, most) in _MAKERS.items()
    }


def crowd(chance, customers):
    """Rows by table of many customers, each with no, one, many or very many rows of a table."""
    rows = {name: [] for name in TABLES}
    for number in range(customers):
        for name, (make, most) in _MAKERS.items():
            count = chance.choice((0, 1, most, 3 * most))
            rows[name] += [make(chance, f"c{number:03d}") for _ in range(count)]
    return rows


def of_customer(rows, customer):
    """The rows of one customer, by table."""
    return {
        name: [row for row in of_table if row["customer_id"] == customer] for name, of_table in rows.items()
    }


def by_customer(rows):
    """Customer → the customer's rows by table; a table without any is left out."""
    own = {}
    for name, of_table in rows.items():
        for row in of_table:
            own.setdefault(row["customer_id"], {}).setdefault(name, []).append(row)
    return own


def rows_of(table):
    """The rows of a contract table, instants in microseconds."""
    fields = [(field.name, _stored(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields)).to_pylist()


def as_tables(rows):
    """The rows as contract tables; a table that is left out is empty."""
    return {name: _table(name, rows.get(name, ())) for name in TABLES}


def _table(name, rows):
    schema = contract_table(name).schema()
    columns = {
        field.name: pa.array([row.get(field.name) for row in rows], _stored(field.type)).cast(field.type)
        for field in schema
    }
    return pa.table(columns, schema=schema)


def _stored(kind):
    return pa.int64() if pa.types.is_timestamp(kind) else kind
