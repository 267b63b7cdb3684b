from dataclasses import replace

import pytest

from models.domain.instants import DAY, SECOND
from models.domain.ledger.decisions import Standing, decide
from models.domain.ledger.refusals import BadCommand
from models.domain.ledger.reservations import Reservation
from models.domain.vocabulary import Purpose, ReservationState
from tests.ledger_examples import reserve

NOW = 1_000 * DAY
PARTIAL = {"partial": True}


def held(amount=300, *, days_ago=1, state=ReservationState.RESERVED, purpose=Purpose.RETENTION, **changed):
    made = Reservation(
        id=f"held-{amount}-{days_ago}-{state}",
        customer_id="C1",
        campaign="autumn",
        segment="",
        purpose=purpose,
        action="coupon",
        state=state,
        requested_minor=amount,
        reserved_minor=amount,
        contact_cost_minor=0,
        reserved_at=NOW - days_ago * DAY,
        expires_at=NOW + DAY,
        committed_minor=amount if state is ReservationState.COMMITTED else 0,
    )
    return replace(made, **changed)


def answer(command, *reservations, **free):
    budgets = {name.replace("_", ":", 1): left for name, left in free.items()}
    return decide(command, "r1", Standing(NOW, reservations, budgets)).answer


def granted(*arguments, **free):
    told = answer(*arguments, **free)
    return told["granted_minor"], told["limiting_constraint"]


def test_what_all_constraints_leave_room_for_is_granted():
    assert granted(reserve(100), campaign_spring=100) == (100, None)


@pytest.mark.parametrize(
    ("changed", "reservations", "free", "given"),
    [
        ({"cap_minor": 999}, [], {}, (0, "cap")),
        ({"cap_minor": 999, **PARTIAL}, [], {}, (999, "cap")),
        ({}, [held(1)], {}, (0, "window")),
        (PARTIAL, [held(1)], {}, (999, "window")),
        (PARTIAL, [held(1_000)], {}, (0, "window")),
        ({"most_grants": 1, "requested_minor": 1}, [held(1)], {}, (0, "frequency")),
        ({"most_grants": 2, "requested_minor": 1}, [held(1)], {}, (1, None)),
        ({}, [], {"campaign_spring": 999}, (0, "campaign_budget")),
        (PARTIAL, [], {"campaign_spring": 999}, (999, "campaign_budget")),
        ({"segment": "silent"}, [], {"segment_silent": 5}, (0, "segment_budget")),
        ({"segment": "silent", **PARTIAL}, [], {"campaign_spring": 9, "segment_silent": 5},
         (5, "segment_budget")),
        ({"segment": "silent", **PARTIAL}, [], {"campaign_spring": 5, "segment_silent": 9},
         (5, "campaign_budget")),
        ({**PARTIAL, "least_minor": 6}, [], {"campaign_spring": 5}, (0, "campaign_budget")),
        (PARTIAL, [], {"campaign_spring": -5}, (0, "campaign_budget")),
    ],
)  # fmt: skip
def test_the_constraint_that_leaves_least_room_is_named(changed, reservations, free, given):
    assert granted(reserve(**{"requested_minor": 1_000, **changed}), *reservations, **free) == given


@pytest.mark.parametrize(
    ("reservation", "counts"),
    [
        (held(1_000), True),
        (held(1_000, days_ago=90), True),  # open, whenever it was made
        (held(1_000, state=ReservationState.PENDING_APPROVAL), True),
        (held(1_000, state=ReservationState.COMMITTED), True),
        (held(1_000, state=ReservationState.COMMITTED, days_ago=90), False),
        (held(1_000, state=ReservationState.COMMITTED, reversed_minor=1_000), False),
        (held(1_000, state=ReservationState.RELEASED), False),
        (held(1_000, state=ReservationState.EXPIRED), False),
        (held(1_000, purpose=Purpose.OWED), False),
        (held(1_000, expires_at=NOW), False),  # its time is over now
        (held(1_000, expires_at=NOW + 1), True),
    ],
)
def test_a_window_holds_what_is_open_and_what_stays_spent(reservation, counts):
    assert granted(reserve(1), reservation) == ((0, "window") if counts else (1, None))


def test_recovery_and_retention_share_one_window():
    assert granted(reserve(1, purpose=Purpose.RECOVERY), held(1_000)) == (0, "window")


def test_what_is_owed_is_never_capped():
    owed = reserve(5_000, purpose=Purpose.OWED, cap_minor=0, most_grants=0)
    assert granted(owed, held(1_000), campaign_spring=0) == (5_000, None)


def test_above_the_authority_money_is_held_and_not_granted():
    told = answer(reserve(100, authority_minor=99))
    assert (told["state"], told["granted_minor"], told["held_minor"], told["limiting_constraint"]) == (
        "pending_approval", 0, 100, "authority",
    )  # fmt: skip


def test_authority_binds_what_is_owed_too():
    assert answer(reserve(100, purpose=Purpose.OWED, authority_minor=99))["state"] == "pending_approval"


def test_a_grant_within_the_authority_stands_at_once():
    assert answer(reserve(100, authority_minor=100))["state"] == "reserved"


def test_what_expires_makes_room_in_its_budget():
    due = held(300, campaign="spring", expires_at=NOW)
    assert granted(reserve(300), due, campaign_spring=0) == (300, None)


def test_a_reservation_lasts_as_long_as_was_asked():
    assert answer(reserve(ttl_seconds=60))["expires_at"] == NOW + 60 * SECOND


def test_a_refusal_writes_nothing():
    assert decide(reserve(1_001), "r1", Standing(NOW, (), {})).movements == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"requested_minor": 0},
        {"requested_minor": 1.0},
        {"requested_minor": True},
        {"cap_minor": -1},
        {"least_minor": 101},
        {"contact_cost_minor": 101},
        {"customer_id": ""},
        {"campaign": "a\0b"},
        {"reason": "\ud800"},
        {"window_days": 0},
        {"ttl_seconds": 0},
        {"authority_minor": -1},
    ],
)
def test_a_command_that_cannot_be_is_refused(changed):
    with pytest.raises(BadCommand):
        reserve(**changed)
