"""What judges a race sees every kind of fault that a race is run for."""

import pytest

from tests.ledger_examples import reserve, write
from tests.ledger_stores import SqliteStores
from tests.money_race.checker import judge
from tests.money_race.clients import Answered
from tests.money_race.commands import Race, command_of

RACE = Race("mix", "s", ["C1"], "EUR", agent="agent", head="head")


class Raced:
    """A ledger with one reservation of 100, told as command 0 of a race; faults by kind."""

    def __init__(self, folder):
        self.stores = SqliteStores(folder)
        self.ledger = self.stores.new()
        self.ledger.set_limit("campaign:spring", 100, actor="", reason="")
        key = command_of(RACE, 0).key
        told = self.ledger.write(write(reserve(100), key=key, client="agent"))
        self.told = {name: getattr(told, name) for name in told.__dataclass_fields__}

    def faults(self, *answers):
        with self.ledger.snapshot() as rows:
            found = judge(RACE, answers or [self.answer()], rows)
        kinds = ("overspent", "lost", "doubled", "findings")
        return {kind for kind in kinds if getattr(found, kind)}

    def answer(self, number=0, **changed):
        return Answered(number, 201, {**self.told, **changed})


@pytest.fixture
def raced(tmp_path):
    made = Raced(tmp_path)
    yield made
    made.ledger.close()


def test_an_honest_race_has_no_faults(raced):
    assert raced.faults(raced.answer(), raced.answer(repeated=True)) == set()


def test_an_answer_that_nobody_kept_is_lost(raced):
    assert raced.faults(raced.answer(number=1)) == {"lost"}


def test_another_answer_than_the_one_that_is_kept_is_lost(raced):
    assert raced.faults(raced.answer(granted_minor=99)) == {"lost"}


def test_a_refusal_of_what_is_kept_as_done_is_lost(raced):
    assert raced.faults(Answered(0, 409, {}, "wrong-state")) == {"lost"}


def test_two_answers_to_one_key_are_a_fault(raced):
    assert "doubled" in raced.faults(raced.answer(), raced.answer(granted_minor=99))


def test_what_was_new_twice_was_done_twice(raced):
    assert raced.faults(raced.answer(), raced.answer()) == {"doubled"}


def test_an_entry_without_its_answer_is_one_too_many(raced):
    raced.stores.alter("DELETE FROM idempotency")
    assert raced.faults() == {"lost", "doubled"}


def test_an_answer_without_its_entry_is_lost(raced):
    raced.stores.alter("DELETE FROM entry")
    assert "lost" in raced.faults()


@pytest.mark.parametrize(
    "sql", ["UPDATE entry SET cap_minor = 99", "UPDATE budget_change SET limit_minor = 99"]
)
def test_a_grant_beyond_a_cap_or_a_limit_is_overspent(raced, sql):
    raced.stores.alter(sql)
    assert "overspent" in raced.faults()
