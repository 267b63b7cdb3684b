"""Random histories of a few customers: ties, returns, late knowledge, empty values, edges of windows."""

import pyarrow as pa
from hypothesis import strategies as st

from models.contract.tables import table as contract_table

HOUR = 3_600_000_000
DAY = 24 * HOUR
FIRST_SNAPSHOT = 1_700_000_000 * 1_000_000
SNAPSHOTS = (FIRST_SNAPSHOT - 200 * DAY, FIRST_SNAPSHOT - 30 * DAY, FIRST_SNAPSHOT)
TABLES = ("orders", "complaints", "contacts", "offers")
# Zones with clock changes, an odd offset, no midnight on some days, and midnight twice on some.
ZONES = ("UTC", "Europe/Berlin", "Asia/Tehran", "America/Havana", "America/St_Johns", "Asia/Kathmandu")
EDGES = tuple(days * DAY for days in (0, 5, 30, 90, 180, 365))

_edge = st.builds(
    lambda snapshot, edge, off: snapshot - edge + off,
    st.sampled_from(SNAPSHOTS),
    st.sampled_from(EDGES),
    st.sampled_from((-1, 0, 1)),
)
_hours = st.integers(-24 * 800, 24 * 20).map(lambda hours: FIRST_SNAPSHOT + hours * HOUR)
_times = st.one_of(_hours, _hours, _edge)
_delays = st.sampled_from((0, 0, 1, HOUR, 3 * DAY, 5 * DAY, 5 * DAY + 1, 9 * DAY, 200 * DAY))
_customers = st.sampled_from(("A", "b", "é"))


def _known(at, delay):
    """A known_at column leaves out what was known at once, half the time."""
    return None if at is None or delay == 0 else at + delay


@st.composite
def _order_line(draw):
    at = draw(_times)
    amount = draw(st.sampled_from((0, -500, 700, 1999, 2_000_000_001)))
    return {
        "order_id": draw(st.sampled_from(("o1", "o2", "o3", "o4", "o5"))),
        "line_id": "1",
        "customer_id": draw(_customers),
        "ordered_at": at,
        "item_id": draw(st.sampled_from((None, "i1", "i2", "i3"))),
        "category": draw(st.sampled_from((None, "k1", "k2"))),
        "amount_minor": amount,
        "margin_minor": draw(st.sampled_from((None, 0, 33, -7))),
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _complaint(draw):
    opened = draw(_times)
    row = {
        "complaint_id": "p",
        "customer_id": draw(_customers),
        "opened_at": opened,
        "opened_known_at": _known(opened, draw(_delays)),
        "satisfaction": draw(st.sampled_from((None, 1, 3, 5))),
    }
    for fact in ("first_response", "resolved", "reopened"):
        at = draw(st.one_of(st.none(), _delays.map(lambda delay: opened + delay)))
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
        "known_at": _known(at, draw(_delays)),
    }


@st.composite
def _offer(draw):
    at = draw(_times)
    redeemed = draw(st.one_of(st.none(), _delays.map(lambda delay: at + delay)))
    return {
        "campaign_id": "m",
        "customer_id": draw(_customers),
        "assigned_at": at,
        "arm": draw(st.sampled_from(("none", "coupon", "call"))),
        "redeemed_at": redeemed,
        "redeemed_known_at": _known(redeemed, draw(_delays)),
        "known_at": _known(at, draw(_delays)),
    }


def histories():
    """Rows by table, as dictionaries with instants in microseconds, for up to three customers."""
    return st.fixed_dictionaries(
        {
            "orders": st.lists(_order_line(), max_size=12),
            "complaints": st.lists(_complaint(), max_size=5),
            "contacts": st.lists(_contact(), max_size=4),
            "offers": st.lists(_offer(), max_size=4),
        }
    )


def of_customer(rows, customer):
    """The rows of one customer, by table."""
    return {
        name: [row for row in of_table if row["customer_id"] == customer] for name, of_table in rows.items()
    }


def as_tables(rows):
    """The rows as contract tables."""
    return {name: _table(name, of_table) for name, of_table in rows.items()}


def _table(name, rows):
    schema = contract_table(name).schema()
    columns = {
        field.name: pa.array([row.get(field.name) for row in rows], _stored(field.type)).cast(field.type)
        for field in schema
    }
    return pa.table(columns, schema=schema)


def _stored(kind):
    return pa.int64() if pa.types.is_timestamp(kind) else kind
