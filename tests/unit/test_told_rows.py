"""The rows that told events make: each key once, whatever the order and number of tellings."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.contract.merged_rows import merged
from models.contract.tables import COMPLAINTS
from models.contract.told_events import Shop, told
from models.contract.told_rows import known_of, rows_of
from models.domain.instants import DAY, HOUR, MINUTE, iso

NOW = 21_000 * DAY
SHOP = Shop("Europe/Berlin")


def event(type, event_id="e", customer="C1", now=NOW, **said):  # noqa: A002 # the field's name
    whole = {"event_id": event_id, "type": type, "customer_id": customer, **said}
    return told(whole, SHOP, now)


def order(event_id, at, amount, order_id="O1", known_at=NOW):
    lines = [{"amount_minor": amount}]
    return event(
        "order", event_id, order_id=order_id, ordered_at=iso(at), known_at=iso(known_at), lines=lines
    )


def of_complaint(verb, event_id="e", now=NOW, **said):
    return event(f"complaint.{verb}", event_id, now=now, complaint_id="K1", **said)


def complaint(*events):
    (row,) = rows_of(events)["complaints"]
    return row


def test_an_order_is_a_row_for_each_line():
    whole = event(
        "order", order_id="O1", ordered_at=iso(NOW), lines=[{"amount_minor": 5}, {"amount_minor": 7}]
    )
    assert [row["amount_minor"] for row in rows_of([whole])["orders"]] == [5, 7]


def test_a_return_is_a_negative_amount():
    back = event("return", order_id="O1", ordered_at=iso(NOW), lines=[{"line_id": "R", "amount_minor": -5}])
    assert rows_of([back])["orders"][0]["amount_minor"] == -5


def test_a_clock_that_runs_ahead_is_set_back_to_now():
    early = event("order", order_id="O1", ordered_at=iso(NOW + MINUTE), lines=[{"amount_minor": 5}])
    (row,) = rows_of([early])["orders"]
    assert (row["ordered_at"], row["known_at"]) == (NOW, NOW)


def test_an_order_told_again_under_another_name_is_one_row_known_since_the_first():
    twice = [order("a", NOW - DAY, 5, known_at=NOW - HOUR), order("b", NOW - DAY, 5)]
    assert [row["known_at"] for row in rows_of(twice)["orders"]] == [NOW - HOUR]


def test_a_corrected_order_is_known_since_the_correction():
    (row,) = rows_of([order("a", NOW - DAY, 5, known_at=NOW - HOUR), order("b", NOW - DAY, 6)])["orders"]
    assert (row["amount_minor"], row["known_at"]) == (6, NOW)


def test_events_of_a_complaint_make_one_row():
    row = complaint(
        of_complaint("responded", "b", first_response_at=iso(NOW - HOUR)),
        of_complaint("opened", "a", opened_at=iso(NOW - DAY), reason="late"),
    )
    assert (row["opened_at"], row["first_response_at"], row["reason"]) == (NOW - DAY, NOW - HOUR, "late")


def test_the_first_answer_is_the_earliest():
    row = complaint(
        of_complaint("responded", "a", first_response_at=iso(NOW - HOUR)),
        of_complaint("responded", "b", first_response_at=iso(NOW - DAY)),
    )
    assert row["first_response_at"] == NOW - DAY


def test_a_complaint_settled_twice_is_settled_since_the_last_time():
    row = complaint(
        of_complaint("resolved", "a", resolved_at=iso(NOW - HOUR)),
        of_complaint("resolved", "b", resolved_at=iso(NOW - DAY)),
    )
    assert row["resolved_at"] == NOW - HOUR


def test_a_rating_is_known_when_it_was_told_and_not_before():
    row = complaint(
        of_complaint("resolved", "a", now=NOW - DAY, resolved_at=iso(NOW - 2 * DAY)),
        of_complaint("rated", "b", rated_at=iso(NOW - HOUR), satisfaction=2),
    )
    assert (row["satisfaction"], row["satisfaction_known_at"]) == (2, NOW)


def test_words_told_after_the_resolution_do_not_tell_its_past():
    row = complaint(
        of_complaint("resolved", "a", now=NOW - DAY, resolved_at=iso(NOW - 2 * DAY), reason="late"),
        of_complaint("opened", "b", opened_at=iso(NOW - 3 * DAY), severity=5),
    )
    assert (row["reason"], row.get("severity")) == ("late", None)


def test_of_two_consents_of_one_instant_the_refusal_counts():
    yes = event("consent.changed", "z", may_contact_email=True)
    no = event("consent.changed", "a", may_contact_email=False)
    assert [row["may_contact_email"] for row in rows_of([yes, no])["customers"]] == [False]


def test_a_row_of_another_customer_is_not_touched():
    rows = rows_of(
        [
            event("complaint.opened", "a", "C1", complaint_id="K1", opened_at=iso(NOW)),
            event("complaint.opened", "b", "C2", complaint_id="K1", opened_at=iso(NOW)),
        ]
    )
    assert [row["customer_id"] for row in rows["complaints"]] == ["C1", "C2"]


_AT = st.integers(0, 6).map(lambda days: iso(NOW - days * DAY))
_NAMES = st.sampled_from(["1", "2"])
_SOMETHING = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("order"),
            "order_id": _NAMES,
            "ordered_at": _AT,
            "lines": st.lists(
                st.fixed_dictionaries({"amount_minor": st.integers(1, 3)}), min_size=1, max_size=2
            ),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("complaint.opened"), "complaint_id": _NAMES, "opened_at": _AT},
        optional={"reason": _NAMES, "promised_at": _AT},
    ),
    st.fixed_dictionaries(
        {"type": st.just("complaint.resolved"), "complaint_id": _NAMES, "resolved_at": _AT},
        optional={"root_cause": _NAMES},
    ),
    st.fixed_dictionaries(
        {"type": st.just("complaint.reopened"), "complaint_id": _NAMES, "reopened_at": _AT}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("complaint.rated"),
            "complaint_id": _NAMES,
            "rated_at": _AT,
            "satisfaction": st.integers(1, 5),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("consent.changed"), "may_contact_email": st.booleans()},
        optional={"may_contact_sms": st.booleans(), "known_at": _AT},
    ),
    st.fixed_dictionaries({"type": st.just("customer.upserted"), "region": _NAMES, "known_at": _AT}),
)
_BASE = {
    "complaints": [
        {"complaint_id": "1", "customer_id": "C1", "opened_at": NOW - 5 * DAY, "resolved_at": NOW - 3 * DAY}
    ],
    "customers": [{"customer_id": "C1", "region": "9", "may_contact_email": None, "known_at": NOW - 4 * DAY}],
}


@given(st.lists(_SOMETHING, max_size=8), st.randoms(use_true_random=False))
def test_any_order_and_number_of_tellings_makes_the_same_rows(said, chance: Random):
    events = [event(event_id=str(number), **each) for number, each in enumerate(said)]
    again = [*events, *(chance.choice(events) for _ in events)]
    chance.shuffle(again)
    assert merged(_BASE, rows_of(again)) == merged(_BASE, rows_of(events))


@given(st.lists(_SOMETHING, max_size=8))
def test_nothing_told_is_readable_before_it_was_told(said):
    events = [
        event(event_id=str(number), **{**each, "known_at": iso(NOW)}) for number, each in enumerate(said)
    ]
    both, before = merged(_BASE, rows_of(events))["complaints"], readable(_BASE["complaints"], NOW - 1)
    now = readable(both, NOW - 1)
    assert all(words.items() <= before[complaint].items() for complaint, words in now.items())


def readable(rows, instant):
    """What may be read of complaints at an instant: facts that are known, and words once it is settled."""
    apart, dated = dict(COMPLAINTS.known_apart), dict(COMPLAINTS.known_at)
    found = {}
    for row in rows:
        known = {fact: known_of(row, COMPLAINTS, fact) for fact in dated}
        read = {fact: row[fact] for fact, at in known.items() if at is not None and at <= instant}
        if known["resolved_at"] is not None and known["resolved_at"] <= instant:
            words = {name for name in row if name not in dated and name not in dated.values()}
            read |= {
                name: row[name]
                for name in words.difference(apart.values(), COMPLAINTS.key)
                if row.get(apart.get(name), 0) <= instant
            }
        if read:
            found[row["complaint_id"]] = read
    return found
