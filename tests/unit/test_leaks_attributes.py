"""What is true of a customer today, put on rows of long ago: found by name."""

import pyarrow as pa

from models.contract.attributes import Attribute, with_attributes
from models.contract.columns import Kind
from models.contract.leaks import find_leaks, unchecked
from models.contract.tables import CUSTOMERS, ORDERS
from models.domain.instants import DAY

CUSTOMERS_WITH = with_attributes(
    CUSTOMERS, [Attribute("tier", Kind.CATEGORY), Attribute("limit", Kind.NUMBER)]
)
PEOPLE = 60
ORDERS_EACH = 10
TODAY = 1_000 * DAY
SPENDS_MUCH = [number % 2 == 0 for number in range(PEOPLE)]
TIER = ["gold" if much else "none" for much in SPENDS_MUCH]


def orders():
    who = [number for number in range(PEOPLE) for _ in range(ORDERS_EACH)]
    at = [(10 + each * 90) * DAY for _ in range(PEOPLE) for each in range(ORDERS_EACH)]
    return pa.table(
        {
            "customer_id": [f"c{number}" for number in who],
            "ordered_at": at,
            "amount_minor": [900 if SPENDS_MUCH[number] else 100 for number in who],
        },
        schema=ORDERS.schema(("customer_id", "ordered_at", "amount_minor")),
    )


def customers(known_at, **attributes):
    named = {f"attribute_{name}": values for name, values in attributes.items()}
    people = [f"c{number}" for number in range(PEOPLE)]
    columns = {"customer_id": people, **named, "known_at": known_at}
    schema = CUSTOMERS_WITH.schema(tuple(columns))
    return pa.table({field.name: columns[field.name] for field in schema}, schema=schema)


SIGN_UP = [DAY] * PEOPLE


def found(people, static=()):
    return find_leaks({"customers": people, "orders": orders()}, static)


def test_todays_tier_dated_at_sign_up_is_found():
    assert [finding.column for finding in found(customers(SIGN_UP, tier=TIER))] == [
        "customers.attribute_tier"
    ]


def test_the_finding_says_how_much_it_explains_of_what_came_after():
    (finding,) = found(customers(SIGN_UP, tier=TIER))
    assert "explains 100% of what they then spent" in finding.problem


def test_a_number_is_found_as_well():
    limit = [float(much) + number / 1_000 for number, much in enumerate(SPENDS_MUCH)]
    assert [one.column for one in found(customers(SIGN_UP, limit=limit))] == ["customers.attribute_limit"]


def test_an_attribute_said_to_be_static_is_left_in_peace():
    assert not found(customers(SIGN_UP, tier=TIER), static=("tier",))


def test_todays_tier_dated_by_the_day_of_the_export_is_left_in_peace():
    assert not found(customers([TODAY] * PEOPLE, tier=TIER))


def test_a_day_since_always_is_found():
    assert found(customers([-10_000 * DAY] * PEOPLE, tier=TIER))


def test_a_tier_with_versions_is_left_in_peace():
    first = customers(SIGN_UP, tier=["none"] * PEOPLE)
    later = customers([500 * DAY] * PEOPLE, tier=TIER)
    assert not found(pa.concat_tables([first, later]))


def test_versions_that_all_say_the_same_are_found():
    assert found(
        pa.concat_tables([customers(SIGN_UP, tier=TIER), customers([500 * DAY] * PEOPLE, tier=TIER)])
    )


def test_thirty_customers_are_needed():
    assert not found(customers(SIGN_UP, tier=TIER).slice(0, 29))


def test_customers_without_the_attribute_do_not_count():
    assert not found(customers(SIGN_UP, tier=["gold"] * 20 + [None] * 40))


def test_an_attribute_that_explains_nothing_is_found_all_the_same():
    assert found(customers(SIGN_UP, limit=[1.0] * PEOPLE))


def notes(people, static=()):
    return unchecked({"customers": people, "orders": orders()}, static)


def test_an_attribute_of_few_customers_is_told_to_be_unchecked():
    (note,) = notes(customers(SIGN_UP, tier=TIER).slice(0, 29))
    assert note.startswith("customers.attribute_tier: fewer than 30 customers have a value")


def test_an_attribute_of_enough_customers_or_one_that_never_changes_needs_no_note():
    people = customers(SIGN_UP, tier=TIER)
    assert notes(people) == notes(people.slice(0, 29), ("tier",)) == ()
