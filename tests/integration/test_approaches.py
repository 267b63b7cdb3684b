"""What was handed back of earlier plans counts: as a contact, as an offer of money, and for the rest."""

import numpy as np
import pyarrow as pa
import pytest

from models.contract.storage import read_table, write_table
from models.contract.tables import CONTACTS, OFFERS
from models.domain.instants import DAY
from models.retention.judging.facts import approaches
from models.retention.judging.told import TableTold

AS_OF = 100 * DAY
PEOPLE = np.array(["a", "b"], dtype=object)


def read(folder):
    files = [(table, folder / f"{table.name}.parquet") for table in (OFFERS, CONTACTS)]
    return [TableTold(table, read_table(path), PEOPLE) if path.exists() else None for table, path in files]


def assigned(day, **changed):
    return {
        "campaign_id": f"plan-{day}",
        "customer_id": "a",
        "assigned_at": day * DAY,
        "arm": "coupon",
        "design": "targeted",
        "purpose": "retention",
        "face_value_minor": 500,
        "contact_cost_minor": 10,
        "redeemed_at": None,
        "known_at": day * DAY,
    } | changed


@pytest.fixture
def told(tmp_path):
    def of(*rows):
        values = {name: [row[name] for row in rows] for name in rows[0]}
        schema = OFFERS.schema(tuple(values))
        columns = {
            name: pa.array(each, pa.int64()).cast(schema.field(name).type) if name.endswith("_at") else each
            for name, each in values.items()
        }
        write_table(pa.table(columns).cast(schema), tmp_path / "offers.parquet")
        found = approaches(*read(tmp_path), len(PEOPLE), AS_OF, ["apologise"])
        return {name: values[0] for name, values in found.items()}

    return of


def test_a_source_without_offers_tells_nothing(tmp_path):
    assert approaches(*read(tmp_path), len(PEOPLE), AS_OF) == {}


def test_what_was_assigned_is_a_contact_an_offer_and_unused(told):
    assert told(assigned(95)) == {
        "days_since_offer": 5.0,
        "assigned_90": 1.0,
        "given_90": 1.0,
        "given_unused_90": 1.0,
    }


def test_a_service_without_money_is_a_contact_but_no_unused_offer(told):
    found = told(assigned(95, arm="welcome", face_value_minor=0))
    assert (found["assigned_90"], found["given_90"], found["given_unused_90"]) == (1, 0, 0)


@pytest.mark.parametrize("how", [{"purpose": "recovery"}, {"arm": "apologise", "purpose": None}])
def test_an_answer_to_a_complaint_starts_the_rest_but_counts_towards_no_limit(told, how):
    found = told(assigned(95, **how))
    assert list(found.values()) == [5.0, 0, 0, 0]


def test_who_was_given_nothing_was_not_approached(told):
    assert np.isnan(told(assigned(95, arm="none"))["days_since_offer"])


def test_what_was_used_is_not_unused(told):
    assert told(assigned(95, redeemed_at=99 * DAY))["given_unused_90"] == 0


def test_a_use_not_yet_known_is_none(told):
    assert told(assigned(95, redeemed_at=101 * DAY))["given_unused_90"] == 1


@pytest.mark.parametrize(("day", "counted"), [(10, 0), (11, 1)])
def test_ninety_days_count(told, day, counted):
    assert told(assigned(day))["assigned_90"] == counted


def test_an_assignment_not_yet_known_was_not_made(told):
    assert told(assigned(95, known_at=101 * DAY))["assigned_90"] == 0


def test_what_somebody_unknown_got_is_nobody_s(told):
    assert told(assigned(95, customer_id="zz"), assigned(97))["assigned_90"] == 1


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({}, 0),
        ({"contacted_at": 96 * DAY}, 0),
        ({"contacted_at": 97 * DAY}, 1),
        ({"contacted_at": 94 * DAY}, 1),
        ({"customer_id": "b"}, 1),
        ({"direction": "inbound"}, 1),
        ({"known_at": 101 * DAY}, 1),
    ],
)
def test_an_assignment_that_the_contacts_tell_of_is_counted_with_them(tmp_path, told, changed, counted):
    row = {
        "contact_id": "1",
        "customer_id": "a",
        "contacted_at": 95 * DAY,
        "direction": "outbound",
        "known_at": 96 * DAY,
    } | changed
    schema = CONTACTS.schema(tuple(row))
    columns = {
        name: pa.array([value]).cast(schema.field(name).type) if name.endswith("_at") else [value]
        for name, value in row.items()
    }
    write_table(pa.table(columns).cast(schema), tmp_path / "contacts.parquet")
    assert told(assigned(95))["assigned_90"] == counted
