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

_edges = tuple(snapshot - edge for snapshot in SNAPSHOTS for edge in EDGES)
_times = st.one_of(
    st.integers(-24 * 800, 24 * 20).map(lambda hours: FIRST_SNAPSHOT + hours * HOUR),
    st.builds(lambda at, off: at + off, st.sampled_from(_edges + MOMENTS), st.sampled_from((0, 0, -1, 1))),
)
_delays = st.sampled_from((0, 0, 1, HOUR, DAY, DAY + 1, 3 * DAY, 5 * DAY, 5 * DAY + 1, 9 * DAY, 200 * DAY))
_later = st.one_of(st.none(), _delays)
_promises = st.sampled_from((None, 0, HOUR, DAY, 5 * DAY, 40 * DAY))
_heard = st.sampled_from((None, None, -40 * DAY, -DAY, 1, 9 * DAY))  # a promise or an end: even ahead of it
_customers = st.sampled_from(CUSTOMERS)


def _after(at, delay):
    return None if at is None or delay is None else at + delay


def _known(at, delay):
    """A known_at column leaves out what was known at once."""
    return None if not delay else _after(at, delay)


@st.composite
def _order_line(draw):
    at = draw(_times)
    return {
        "order_id": draw(st.sampled_from(("o1", "o2", "o3", "o4", "o5"))),
        "line_id": "1",
        "customer_id": draw(_customers),
        "ordered_at": at,
        "item_id": draw(st.sampled_from((None, "i1", "i2", "i3"))),
        "category": draw(st.sampled_from((None, "k1", "k2"))),
        "units": draw(st.sampled_from((None, 0, 1, 3, -2))),
        "amount_minor": draw(st.sampled_from((0, -500, 700, 1999, 2_000_000_001))),
        "margin_minor": draw(st.sampled_from((None, 0, 33, -7))),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _version(draw):
    at = draw(_times)
    signed_up = draw(st.sampled_from((None, -300 * DAY, 0, 9 * DAY)))
    return {
        "customer_id": draw(_customers),
        "signed_up_at": _after(at, signed_up),
        "known_at": at,
    }


@st.composite
def _complaint(draw):
    opened = draw(_times)
    promised = _after(opened, draw(_promises))
    row = {
        "complaint_id": "p",
        "customer_id": draw(_customers),
        "opened_at": opened,
        "opened_known_at": _known(opened, draw(_delays)),
        "promised_at": promised,
        "promised_known_at": _after(promised, draw(_heard)),
        "reason": draw(st.sampled_from((None, "r1", "r2"))),
        "severity": draw(st.sampled_from((None, 1, 4))),
        "satisfaction": draw(st.sampled_from((None, 1, 3, 5))),
    }
    for fact in ("first_response", "resolved", "followed_up", "reopened"):
        at = _after(opened, draw(_later))
        row[f"{fact}_at"] = at
        row[f"{fact}_known_at"] = _known(at, draw(_delays))
    return row


@st.composite
def _contact(draw):
    at = draw(_times)
    return {
        "contact_id": "k",
        "customer_id": draw(_customers),
        "contacted_at": at,
        "direction": draw(st.sampled_from(("inbound", "outbound"))),
        "channel": draw(st.sampled_from((None, "phone", "email"))),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _offer(draw):
    at = draw(_times)
    redeemed = _after(at, draw(_later))
    return {
        "campaign_id": "m",
        "customer_id": draw(_customers),
        "assigned_at": at,
        "arm": draw(st.sampled_from(("none", "coupon", "call"))),
        "face_value_minor": draw(st.sampled_from((0, 500))),
        "redeemed_at": redeemed,
        "redeemed_known_at": _known(redeemed, draw(_delays)),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _contract(draw):
    at = draw(_times)
    ended = _after(at, draw(st.sampled_from((None, 0, 30 * DAY, 200 * DAY))))
    return {
        "contract_id": "v",
        "customer_id": draw(_customers),
        "started_at": at,
        "renews_at": _after(at, draw(st.sampled_from((None, 0, 30 * DAY, 365 * DAY)))),
        "ended_at": ended,
        "ended_known_at": _after(ended, draw(_heard)),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _survey(draw):
    at = draw(_times)
    return {
        "survey_id": "s",
        "customer_id": draw(_customers),
        "answered_at": at,
        "kind": draw(st.sampled_from(("csat", "nps"))),
        "score": draw(st.sampled_from((0, 2, 5))),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _event(draw):
    at = draw(_times)
    return {
        "customer_id": draw(_customers),
        "at": at,
        "kind": draw(st.sampled_from(("visit", "use", "use", "cart", "checkout_failed", "payment_failed"))),
        "known_at": _known(at, draw(_delays)),
    }


def histories():
    """Rows by table, as dictionaries with instants in microseconds, for up to three customers."""
    return st.fixed_dictionaries(
        {
            "orders": st.lists(_order_line(), max_size=12),
            "customers": st.lists(_version(), max_size=3),
            "complaints": st.lists(_complaint(), max_size=5),
            "contacts": st.lists(_contact(), max_size=4),
            "offers": st.lists(_offer(), max_size=4),
            "contracts": st.lists(_contract(), max_size=4),
            "surveys": st.lists(_survey(), max_size=4),
            "activity": st.lists(_event(), max_size=8),
        }
    )


def of_customer(rows, customer):
    """The rows of one customer, by table."""
    return {
        name: [row for row in of_table if row["customer_id"] == customer] for name, of_table in rows.items()
    }


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
