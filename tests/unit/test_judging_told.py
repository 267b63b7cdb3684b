"""Facts are the same whether they are read from tables of everybody or from the rows of a few customers."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.tables import CONTACTS, OFFERS, ORDERS, SURVEYS
from models.domain.instants import DAY
from models.domain.vocabulary import MainReason
from models.policy.playbook_settings import PlaybookSettings
from models.retention.judging.facts import READS, approaches, days_since_asked, last_purchase, stated_reason
from models.retention.judging.told import RowsTold, TableTold

AS_OF = 100 * DAY
PEOPLE = np.array(["a", "b", "c"], dtype=object)
STATED = PlaybookSettings(survey_days=30, stated={"dear": MainReason.PRICES})

_days = st.integers(1, 110).map(lambda day: day * DAY)
_maybe = st.none() | _days
_common = {"customer_id": st.sampled_from(["a", "b", "c", "stranger"])}
ROWS = {
    ORDERS: {**_common, "ordered_at": _days, "amount_minor": st.integers(-3, 3), "known_at": _maybe},
    OFFERS: {
        **_common,
        "assigned_at": _days,
        "arm": st.sampled_from(["coupon", "none", "ask", "sorry"]),
        "purpose": st.sampled_from([None, "retention", "recovery"]),
        "face_value_minor": st.sampled_from([0, 500]),
        "known_at": _maybe,
        "redeemed_at": _maybe,
        "redeemed_known_at": _maybe,
    },
    CONTACTS: {
        **_common,
        "contacted_at": _days,
        "direction": st.sampled_from(["inbound", "outbound"]),
        "purpose": st.sampled_from([None, "ask_why"]),
        "known_at": _maybe,
    },
    SURVEYS: {
        **_common,
        "answered_at": _days,
        "reason": st.sampled_from([None, "dear", "other"]),
        "known_at": _maybe,
    },
}
_tables = st.fixed_dictionaries(
    {table: st.lists(st.fixed_dictionaries(of_table), max_size=12) for table, of_table in ROWS.items()}
)


def from_table(table, rows):
    made = pa.Table.from_pylist(rows, schema=table.schema(READS[table.name]))
    return TableTold(table, made, PEOPLE)


def from_rows(table, rows):
    return RowsTold(table, [[row for row in rows if row["customer_id"] == one] for one in PEOPLE])


def facts(read, tables):
    orders, offers, contacts, surveys = (
        read(table, tables[table]) for table in (ORDERS, OFFERS, CONTACTS, SURVEYS)
    )
    return {
        "last": last_purchase(orders, 3, AS_OF),
        "asked": days_since_asked(contacts, offers, 3, AS_OF, ["ask"]),
        "stated": stated_reason(surveys, 3, AS_OF, STATED),
        **approaches(offers, contacts, 3, AS_OF, ["sorry"]),
    }


@settings(max_examples=150, deadline=None)
@given(_tables)
def test_rows_tell_what_tables_tell(tables):
    told, expected = facts(from_rows, tables), facts(from_table, tables)
    assert {name: values.tolist() for name, values in told.items()} == {
        name: pytest.approx(values.tolist(), nan_ok=True) if values.dtype.kind == "f" else values.tolist()
        for name, values in expected.items()
    }
