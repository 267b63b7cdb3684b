"""What was told after an instant counts as known by then, in the order in which it was told."""

from models.contract.told_by_then import known_by

TOLD = {"complaints": [{"complaint_id": "1", "customer_id": "A", "opened_at": 300, "opened_known_at": 310}]}


def test_what_was_told_later_is_known_by_then_in_its_order():
    (row,) = known_by(TOLD, TOLD, 100)["complaints"]
    assert (row["opened_at"], row["opened_known_at"]) == (99, 100)


def test_what_was_known_by_then_stays_as_it_was_told():
    assert known_by(TOLD, TOLD, 310) == TOLD


def test_a_promise_may_lie_ahead():
    promised = {"complaints": [{**TOLD["complaints"][0], "promised_at": 900}]}
    assert known_by(promised, promised, 100)["complaints"][0]["promised_at"] == 900


def test_a_number_that_looks_like_an_instant_is_none():
    told = {"orders": [{"ordered_at": 300, "amount_minor": 300}]}
    assert known_by(told, told, 100)["orders"] == [{"ordered_at": 100, "amount_minor": 300}]
