"""What the kernel sees at a snapshot: windows, knowledge, conditions."""

from math import nan

import pytest

from models.contract.tables import table as contract_table
from models.domain.instants import DAY
from models.features.conditions import (
    EVERY,
    Announced,
    Broken,
    Filter,
    Kept,
    Known,
    Late,
    NotNull,
    Settled,
    Within,
)
from models.features.declaration import Family, Feature, Fold, Operator, Unit
from models.features.measures import Age, Elapsed, Key, One, Since, Until, Value
from models.features.online import compute_one, lay_out, online_plan

OPENED = 1_600_000_000_000_000
OPEN = Filter(none_of=(Settled("resolved_at", "reopened_at"),))
LATE = Filter(all_of=(Late("first_response_at", 5),))
WITHIN = Filter(all_of=(Within("first_response_at", hours=24),))
KEPT = Filter(all_of=(Kept("resolved_at", "promised_at"),))
BROKEN = Filter(all_of=(Broken("resolved_at", "promised_at"),))
PROMISED = Filter(all_of=(Announced("promised_at"),))
ANSWERED = Filter(all_of=(Known("first_response_at"),))


def value_at(days, *, operator=Operator.SUM, measure=None, where=EVERY, window_days=None, **facts):
    """One complaint's count (or a fold of a measure) at a snapshot `days` after it was opened."""
    fold = Fold("complaints", operator, measure or One(), where, window_days)
    feature = Feature("it", Family.COMPLAINTS, Unit.COUNT, "it", fold)
    plan = online_plan({"complaints": contract_table("complaints").names}, "UTC", [feature])
    row = {"complaint_id": "p", "customer_id": "c", "opened_at": OPENED}
    dated = {name: at for name, at in facts.items() if name.endswith("_at") and at is not None}
    row.update(facts | {name: int(OPENED + at * DAY) for name, at in dated.items()})
    return float(compute_one(plan, lay_out(plan, {"complaints": [row]}), int(OPENED + days * DAY))[0])


@pytest.mark.parametrize(("days", "count"), [(0, 1), (29, 1), (30 - 1e-6, 1), (30, 0), (31, 0)])
def test_a_window_is_open_on_the_left_and_closed_at_the_snapshot(days, count):
    assert value_at(days, window_days=30) == count


@pytest.mark.parametrize(("days", "count"), [(-1, 0), (0, 0), (2, 0), (3, 1)])
def test_an_event_is_seen_once_it_is_known(days, count):
    assert value_at(days, opened_known_at=3) == count


@pytest.mark.parametrize(("days", "waited"), [(1, 1), (4, 4), (6, 4), (90, 4)])
def test_an_unanswered_complaint_has_waited_until_the_snapshot(days, waited):
    assert value_at(days, measure=Elapsed("first_response_at"), first_response_at=4) == waited


def test_an_answer_that_is_not_known_yet_is_no_answer():
    facts = {"first_response_at": 1, "first_response_known_at": 9}
    assert value_at(8, measure=Elapsed("first_response_at"), **facts) == 8


@pytest.mark.parametrize(("days", "count"), [(1, 0), (2, 1), (9, 1)])
def test_an_answer_is_known_for_ever_after(days, count):
    assert value_at(days, where=ANSWERED, first_response_at=2) == count


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (9, {}, 1),
        (2, {"resolved_at": 3}, 1),
        (3, {"resolved_at": 3}, 0),
        (3, {"resolved_at": 3, "resolved_known_at": 4}, 1),
        (6, {"resolved_at": 3, "reopened_at": 7}, 0),
        (7, {"resolved_at": 3, "reopened_at": 7}, 1),
        (7, {"resolved_at": 3, "reopened_at": 7, "reopened_known_at": 8}, 0),
        (9, {"resolved_at": 8, "reopened_at": 7}, 0),
        (9, {"resolved_at": 8, "reopened_at": 8}, 1),
    ],
)
def test_a_complaint_is_open_until_resolved_and_again_once_reopened(days, facts, count):
    assert value_at(days, where=OPEN, **facts) == count


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (5, {}, 0),
        (6, {}, 1),
        (90, {"first_response_at": 5}, 0),
        (90, {"first_response_at": 6}, 1),
        (6, {"first_response_at": 2, "first_response_known_at": 8}, 1),
        (8, {"first_response_at": 2, "first_response_known_at": 8}, 0),
    ],
)
def test_late_is_what_waited_longer_as_far_as_is_known(days, facts, count):
    assert value_at(days, where=LATE, **facts) == count


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (9, {}, 0),
        (1, {"first_response_at": 1}, 1),
        (0.5, {"first_response_at": 1}, 0),
        (9, {"first_response_at": 1 + 1e-6}, 0),
        (8, {"first_response_at": 1, "first_response_known_at": 9}, 0),
        (9, {"first_response_at": 1, "first_response_known_at": 9}, 1),
    ],
)
def test_within_is_what_is_known_to_have_come_in_time(days, facts, count):
    assert value_at(days, where=WITHIN, **facts) == count


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (9, {}, 0),
        (2, {"promised_at": 3}, 0),
        (3, {"promised_at": 3}, 1),
        (2, {"promised_at": 3, "promised_known_at": 1}, 1),
        (4, {"promised_at": 3, "promised_known_at": 5}, 0),
        (9, {"promised_known_at": 5}, 0),
    ],
)
def test_a_promise_is_made_once_it_is_known_though_its_moment_is_to_come(days, facts, count):
    assert value_at(days, where=PROMISED, **facts) == count


MADE = {"promised_at": 3, "promised_known_at": 1}


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (9, MADE, 0),
        (9, {"resolved_at": 2}, 0),
        (2, {**MADE, "resolved_at": 2}, 1),
        (9, {**MADE, "resolved_at": 3}, 1),
        (9, {**MADE, "resolved_at": 3 + 1e-6}, 0),
        (7, {**MADE, "resolved_at": 2, "resolved_known_at": 8}, 0),
        (8, {**MADE, "resolved_at": 2, "resolved_known_at": 8}, 1),
        (2, {"promised_at": 3, "resolved_at": 2}, 0),
        (3, {"promised_at": 3, "resolved_at": 2}, 1),
    ],
)
def test_a_promise_is_kept_when_the_fact_is_known_to_have_come_by_then(days, facts, count):
    assert value_at(days, where=KEPT, **facts) == count


@pytest.mark.parametrize(
    ("days", "facts", "count"),
    [
        (9, {}, 0),
        (9, {"resolved_at": 2}, 0),
        (3, MADE, 0),
        (3 + 1e-6, MADE, 1),
        (9, {**MADE, "resolved_at": 3}, 0),
        (9, {**MADE, "resolved_at": 4}, 1),
        (7, {**MADE, "resolved_at": 2, "resolved_known_at": 8}, 1),
        (8, {**MADE, "resolved_at": 2, "resolved_known_at": 8}, 0),
        (4, {"promised_at": 3, "promised_known_at": 5}, 0),
        (5, {"promised_at": 3, "promised_known_at": 5}, 1),
    ],
)
def test_a_promise_is_broken_when_its_moment_passed_without_the_fact_as_far_as_is_known(days, facts, count):
    assert value_at(days, where=BROKEN, **facts) == count


@pytest.mark.parametrize(("days", "since"), [(3, nan), (5, nan), (6, 2), (9, 5)])
def test_since_measures_facts_once_they_are_known(days, since):
    facts = {"first_response_at": 4, "first_response_known_at": 6}
    told = value_at(days, operator=Operator.MAX, measure=Since("first_response_at"), **facts)
    assert told == pytest.approx(since, nan_ok=True)


@pytest.mark.parametrize(("days", "until"), [(0.5, nan), (1, 2), (2, 1), (5, -2)])
def test_until_measures_a_promise_from_when_it_is_made(days, until):
    told = value_at(days, operator=Operator.MIN, measure=Until("promised_at"), **MADE)
    assert told == pytest.approx(until, nan_ok=True)


@pytest.mark.parametrize(("severity", "count"), [(None, 0), (3, 1)])
def test_an_empty_value_is_not_filled(severity, count):
    where = Filter(all_of=(Known("resolved_at"), NotNull("severity")))
    assert value_at(9, where=where, resolved_at=0, severity=severity) == count


ORDERS = [(1, 50), (4, -20), (9, 30), (9, 70)]  # on which day, and for how much


@pytest.mark.parametrize(
    ("measure", "operator", "told"),
    [
        (Age(), Operator.MIN, 1),
        (Age(), Operator.MAX, 9),
        (Age(), Operator.FIRST, 9),
        (Age(), Operator.LAST, 1),
        (Age(), Operator.MEDIAN, 3.5),
        (Value("amount_minor"), Operator.SUM, 130),
        (Value("amount_minor"), Operator.SUM_AT_LAST, 100),
        (Value("amount_minor"), Operator.MEDIAN, 40),
        (Value("amount_minor", negated=True), Operator.SUM, -130),
        (Value("amount_minor", negated=True), Operator.MIN, -70),
        (Value("amount_minor", negated=True), Operator.MAX, 20),
        (Value("amount_minor", negated=True), Operator.FIRST, -50),
        (Value("amount_minor", negated=True), Operator.MEDIAN, -40),
        (Key("order_id"), Operator.DISTINCT, 2),
    ],
)
def test_each_measure_on_each_operator(measure, operator, told):
    plan = online_plan(
        {"orders": contract_table("orders").names},
        "UTC",
        [Feature("it", Family.MONETARY, Unit.COUNT, "it", Fold("orders", operator, measure))],
    )
    rows = [
        {
            "order_id": str(amount > 40),
            "customer_id": "c",
            "ordered_at": OPENED + day * DAY,
            "amount_minor": amount,
        }
        for day, amount in ORDERS
    ]
    known = lay_out(plan, {"orders": rows})
    assert compute_one(plan, known, OPENED + 10 * DAY).tolist() == [told]
