"""Events that programs tell: what is understood, what is refused and how, and when each became known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.attributes import Attribute
from models.contract.columns import Kind
from models.contract.told_events import SKEW, Shop, recalled, told
from models.domain.errors import BadEvent
from models.domain.instants import DAY, HOUR, MINUTE, iso

NOW = 21_000 * DAY
SHOP = Shop("Europe/Berlin")

ORDER = {
    "event_id": "e1",
    "type": "order",
    "customer_id": "C1",
    "order_id": "O1",
    "ordered_at": iso(NOW - HOUR),
    "lines": [{"amount_minor": 1250, "item_id": "A"}, {"amount_minor": 300}],
}
RATED = {
    "event_id": "e2",
    "type": "complaint.rated",
    "customer_id": "C1",
    "complaint_id": "K1",
    "satisfaction": 4,
    "rated_at": iso(NOW - HOUR),
}
CONSENT = {"event_id": "e3", "type": "consent.changed", "customer_id": "C1", "may_contact_email": False}


def test_an_event_is_known_when_it_is_told():
    assert told(ORDER, SHOP, NOW).known_at == NOW


def test_an_event_may_say_when_it_became_known():
    assert told({**ORDER, "known_at": iso(NOW - MINUTE)}, SHOP, NOW).known_at == NOW - MINUTE


def test_nothing_is_known_later_than_now():
    assert told({**ORDER, "known_at": iso(NOW + MINUTE)}, SHOP, NOW).known_at == NOW


def test_nothing_is_known_before_it_happened():
    with pytest.raises(BadEvent, match="`ordered_at` lies after `known_at`"):
        told({**ORDER, "known_at": iso(NOW - 2 * HOUR)}, SHOP, NOW)


@pytest.mark.parametrize("field", ["ordered_at", "known_at"])
def test_what_lies_ahead_is_refused(field):
    with pytest.raises(BadEvent, match=f"`{field}` lies ahead"):
        told({**ORDER, field: iso(NOW + SKEW + 1)}, SHOP, NOW)


def test_a_clock_may_run_a_little_ahead():
    assert told({**ORDER, "ordered_at": iso(NOW + SKEW)}, SHOP, NOW).known_at == NOW


def test_a_promise_may_lie_ahead():
    opened = {
        "event_id": "e",
        "type": "complaint.opened",
        "customer_id": "C1",
        "complaint_id": "K1",
        "opened_at": iso(NOW - HOUR),
        "promised_at": iso(NOW + 9 * DAY),
    }
    assert told(opened, SHOP, NOW).said["promised_at"] == NOW + 9 * DAY


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-03-01T12:00:00Z", "2024-03-01T12:00:00Z"),
        ("2024-03-01T12:00:00+02:00", "2024-03-01T10:00:00Z"),
        ("2024-03-01T12:00:00", "2024-03-01T11:00:00Z"),
        ("2024-03-01 12:00", "2024-03-01T11:00:00Z"),
        ("2024-03-31T02:30:00", "2024-03-31T01:00:00Z"),  # a gap: the first instant after it
        ("2024-10-27T02:30:00", "2024-10-27T00:30:00Z"),  # twice: the first
    ],
)
def test_a_time_without_an_offset_is_the_shops(written, instant):
    assert iso(told({**ORDER, "ordered_at": written}, SHOP, NOW).said["ordered_at"]) == instant


@pytest.mark.parametrize(
    "written",
    ["2024-03-01", "1403/05/03", "yesterday", "2024-02-31T10:00", 1709290800, "20240301T120000", None],
)
def test_what_is_no_instant_is_refused(written):
    with pytest.raises(BadEvent, match="`ordered_at` is"):
        told({**ORDER, "ordered_at": written}, SHOP, NOW)


@pytest.mark.parametrize("amount", [12.5, "1250", True, None, 10**15 + 1, -1])
def test_amounts_are_whole_minor_units(amount):
    with pytest.raises(BadEvent, match=r"lines\.0\.amount_minor"):
        told({**ORDER, "lines": [{"amount_minor": amount}]}, SHOP, NOW)


@pytest.mark.parametrize("amount", [0, 5])
def test_a_return_has_an_amount_below_zero(amount):
    back = {**ORDER, "type": "return", "lines": [{"line_id": "R1", "amount_minor": amount}]}
    with pytest.raises(BadEvent, match=r"`lines\.0\.amount_minor` is out of range"):
        told(back, SHOP, NOW)


def test_a_return_needs_lines_of_its_own():
    back = {**ORDER, "type": "return", "lines": [{"amount_minor": -5}]}
    with pytest.raises(BadEvent, match=r"`lines\.0\.line_id` is missing from return"):
        told(back, SHOP, NOW)


def test_lines_without_an_id_are_called_by_their_place():
    assert [line["line_id"] for line in told(ORDER, SHOP, NOW).said["lines"]] == ["1", "2"]


@pytest.mark.parametrize("lines", [None, [], "1", {"amount_minor": 1}, [3], [{"amount_minor": 1}] * 1001])
def test_an_order_has_lines(lines):
    with pytest.raises(BadEvent, match="`lines"):
        told({**ORDER, "lines": lines}, SHOP, NOW)


def test_two_lines_of_one_id_are_refused():
    lines = [{"line_id": "2", "amount_minor": 1}, {"amount_minor": 1}]
    with pytest.raises(BadEvent, match="share a line_id"):
        told({**ORDER, "lines": lines}, SHOP, NOW)


@pytest.mark.parametrize("missing", ["event_id", "customer_id", "order_id", "ordered_at"])
def test_a_missing_field_is_named(missing):
    with pytest.raises(BadEvent, match=f"`{missing}` is missing from order"):
        told({name: value for name, value in ORDER.items() if name != missing}, SHOP, NOW)


def test_a_misspelt_field_is_refused_with_what_there_is():
    with pytest.raises(BadEvent, match=r"no field of this name in order; allowed: .*ordered_at.*'orderd_at'"):
        told({**ORDER, "orderd_at": "x"}, SHOP, NOW)


def test_an_unknown_type_is_refused_with_those_there_are():
    with pytest.raises(BadEvent, match=r"`type` is no type of event; allowed: order, return.*'purchase'"):
        told({**ORDER, "type": "purchase"}, SHOP, NOW)


@pytest.mark.parametrize("event", [None, [], "order", 3])
def test_an_event_is_an_object(event):
    with pytest.raises(BadEvent, match="an event is a JSON object"):
        told(event, SHOP, NOW)


def test_two_spellings_of_one_customer_are_one():
    assert told({**ORDER, "customer_id": " C۱"}, SHOP, NOW).customer_id == "C1"


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "\ud800", "x" * 201, 7, ["C1"], {"id": "C1"}])
def test_an_id_is_text_that_can_be_kept(text):
    with pytest.raises(BadEvent, match="`customer_id` is not a text"):
        told({**ORDER, "customer_id": text}, SHOP, NOW)


@pytest.mark.parametrize("rating", [0, 6, 2.5, "5"])
def test_a_rating_is_one_to_five(rating):
    with pytest.raises(BadEvent, match="satisfaction"):
        told({**RATED, "satisfaction": rating}, SHOP, NOW)


def test_a_word_outside_the_declared_ones_is_refused():
    contact = {
        "event_id": "e",
        "type": "contact",
        "customer_id": "C1",
        "contact_id": "T1",
        "contacted_at": iso(NOW),
        "direction": "sideways",
    }
    with pytest.raises(BadEvent, match="allowed: inbound or outbound; given: 'sideways'"):
        told(contact, SHOP, NOW)


@pytest.mark.parametrize("consent", ["yes", 1, 0])
def test_a_consent_is_true_or_false(consent):
    with pytest.raises(BadEvent, match="neither true nor false"):
        told({**CONSENT, "may_contact_email": consent}, SHOP, NOW)


def test_a_change_of_nothing_is_refused():
    with pytest.raises(BadEvent, match="says nothing"):
        told({**CONSENT, "may_contact_email": None}, SHOP, NOW)


def test_an_attribute_is_known_where_the_shop_keeps_it():
    shop = Shop("UTC", (Attribute("tier", Kind.CATEGORY),))
    event = {"event_id": "e", "type": "customer.upserted", "customer_id": "C1", "attribute_tier": "gold"}
    assert told(event, shop, NOW).said == {"attribute_tier": "gold"}


def test_a_birthday_is_a_day():
    event = {"event_id": "e", "type": "customer.upserted", "customer_id": "C1", "birth_date": "1987-05-23"}
    assert iso(told(event, SHOP, NOW).said["birth_date"]) == "1987-05-22T22:00:00Z"


def test_one_event_written_two_ways_has_one_fingerprint():
    other = {**ORDER, "event_id": "other", "ordered_at": iso(NOW - HOUR).replace("Z", "+00:00")}
    assert told(other, SHOP, NOW + DAY).fingerprint == told(ORDER, SHOP, NOW).fingerprint


def test_another_amount_has_another_fingerprint():
    other = {**ORDER, "lines": [{"amount_minor": 1251, "item_id": "A"}, {"amount_minor": 300}]}
    assert told(other, SHOP, NOW).fingerprint != told(ORDER, SHOP, NOW).fingerprint


@pytest.mark.parametrize("event", [ORDER, RATED, CONSENT])
def test_an_event_that_was_written_down_is_recalled_as_it_was(event):
    first = told(event, SHOP, NOW)
    assert recalled(first.event_id, NOW, first.payload, SHOP.types) == first


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = sorted({each.name for one in SHOP.types.values() for each in (*one.fields, *one.lines)})


@given(
    st.sampled_from(sorted(SHOP.types)),
    st.dictionaries(st.sampled_from([*_FIELDS, "lines", "known_at", "event_id", "customer_id"]), _ANYTHING),
)
def test_whatever_is_sent_is_understood_or_refused(name, fields):
    assert outcome({"event_id": "e", "customer_id": "C1", **fields, "type": name}).encode()


def outcome(event):
    try:
        return told(event, SHOP, NOW).payload
    except BadEvent as refusal:
        return refusal.problem
