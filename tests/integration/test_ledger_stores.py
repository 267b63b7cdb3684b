from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test

from models.domain.instants import DAY, HOUR, SECOND
from models.domain.ledger.commands import Approve, Commit, Release, Reverse, Write
from models.domain.ledger.refusals import (
    KeyReused,
    LedgerRefusal,
    OtherCurrency,
    TooMuch,
    UnknownReservation,
    WrongState,
)
from models.domain.vocabulary import Purpose
from serving.ledger import reads
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write
from tests.ledger_machine import Machine
from tests.ledger_stores import NOON, PostgresStores, SqliteStores, books

SPRING = "campaign:spring"
EXAMPLES = settings(max_examples=12, stateful_step_count=30, deadline=None, derandomize=True)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stores(request, tmp_path_factory):
    if request.param == "sqlite":
        return SqliteStores(tmp_path_factory.mktemp("ledgers"))
    return PostgresStores(request.getfixturevalue("postgres_server"))


@pytest.fixture
def ledger(stores):
    opened = stores.new()
    stores.set_clock(NOON)
    yield opened
    opened.close()


def refused(ledger, command, key="c1"):
    with pytest.raises(LedgerRefusal) as told:
        ledger.write(write(command, key=key))
    return told.type


class StoreMachine(Machine):
    """A store, its tables compared with its entries after every step."""

    stores = None
    ledger = None

    def open(self):
        self.ledger = self.stores.new()

    def set_clock(self, now):
        self.stores.set_clock(now)

    def answer(self, made):
        try:
            return vars(self.ledger.write(made))
        except LedgerRefusal as refusal:
            return {"refused": type(refusal).__name__}

    def set_limit(self, budget, limit):
        self.ledger.set_limit(budget, limit, actor="finance", reason="test")

    def books(self):
        with self.ledger.snapshot() as rows:
            assert verify(rows).findings == ()
        return books(self.ledger)

    @rule()
    def sweep(self):
        self.ledger.expire_due()
        self.model.expire(self.now)

    def teardown(self):
        if self.ledger:
            self.ledger.close()


def test_random_commands_are_answered_as_the_slow_model_answers_them(stores):
    machine = type("OfThisStore", (StoreMachine,), {"stores": stores})
    run_state_machine_as_test(machine, settings=EXAMPLES)


def test_a_repeated_write_gets_the_first_answer(ledger):
    first = ledger.write(write(reserve()))
    assert ledger.write(write(reserve())) == replace(first, repeated=True)


def test_a_repeated_write_moves_nothing(ledger):
    for _ in range(3):
        ledger.write(write(reserve(100)))
    assert books(ledger).held == {SPRING: 100, "total": 100}


def test_a_key_is_known_after_a_restart(stores, ledger):
    first = ledger.write(write(reserve()))
    ledger.close()
    again = stores.again()
    told = again.write(write(reserve()))
    again.close()
    assert told == replace(first, repeated=True)


def test_a_key_belongs_to_one_payload(ledger):
    ledger.write(write(reserve(100)))
    with pytest.raises(KeyReused):
        ledger.write(write(reserve(101)))


def test_what_the_server_added_is_no_other_payload(ledger):
    first = ledger.write(write(reserve(100)))
    later = reserve(100, cap_minor=50, model_version="newer")
    assert ledger.write(write(later)) == replace(first, repeated=True)


def test_another_client_may_use_the_same_key(ledger):
    first = ledger.write(write(reserve(100), client="shop"))
    second = ledger.write(write(reserve(100), client="desk"))
    assert first.reservation_id != second.reservation_id


def test_another_operation_may_use_the_same_key(ledger):
    made = ledger.write(write(reserve(100), key="same"))
    told = ledger.write(write(Release(reservation_id=made.reservation_id), key="same"))
    assert told.state == "released"


def test_a_payload_that_the_caller_names_is_compared(ledger):
    ledger.write(Write(client="shop", key="k", command=reserve(), payload="one"))
    with pytest.raises(KeyReused):
        ledger.write(Write(client="shop", key="k", command=reserve(), payload="two"))


def test_a_refusal_is_an_answer_too(ledger):
    made = ledger.write(write(reserve(100, authority_minor=1)))
    commit = Commit(reservation_id=made.reservation_id, amount_minor=100)
    assert refused(ledger, commit) is WrongState
    ledger.write(write(Approve(reservation_id=made.reservation_id), key="a"))
    assert refused(ledger, commit) is WrongState
    assert ledger.write(write(commit, key="new key")).state == "committed"


def test_each_refusal_has_its_name(ledger):
    made = ledger.write(write(reserve(100))).reservation_id
    assert [
        refused(ledger, Release(reservation_id="nobody"), "1"),
        refused(ledger, Commit(reservation_id=made, amount_minor=101), "2"),
        refused(ledger, Reverse(reservation_id=made, amount_minor=1), "3"),
    ] == [UnknownReservation, TooMuch, WrongState]


def test_a_ledger_counts_in_one_currency(ledger):
    with pytest.raises(OtherCurrency):
        ledger.write(write(reserve(currency="USD")))


def test_a_preview_says_what_would_be_granted_and_writes_nothing(ledger):
    ledger.set_limit(SPRING, 60, actor="finance", reason="")
    told = ledger.preview(reserve(100, partial=True))
    assert (told.granted_minor, told.limiting_constraint, told.reservation_id) == (
        60,
        "campaign_budget",
        None,
    )
    assert books(ledger).entries == 0


def test_a_preview_of_a_commit_names_its_reservation(ledger):
    made = ledger.write(write(reserve(100))).reservation_id
    told = ledger.preview(Commit(reservation_id=made, amount_minor=40))
    assert (told.reservation_id, told.committed_minor) == (made, 40)
    assert books(ledger).entries == 1


def test_the_ledgers_time_never_goes_back(stores, ledger):
    first = ledger.write(write(reserve(1), key="1"))
    stores.set_clock(NOON - HOUR)
    second = ledger.write(write(reserve(1), key="2"))
    third = ledger.write(write(reserve(1, customer_id="C2"), key="3"))
    assert (second.at, third.at) == (first.at, first.at)


def test_the_ledgers_time_does_not_go_back_across_a_restart(stores, ledger):
    first = ledger.write(write(reserve(1), key="1"))
    ledger.close()
    stores.set_clock(NOON - HOUR)
    again = stores.again()
    assert again.write(write(reserve(1, customer_id="C2"), key="2")).at == first.at
    again.close()


def test_a_clock_that_stepped_ahead_makes_nobody_wait(stores, ledger):
    stores.set_clock(NOON + HOUR)
    ledger.write(write(reserve(1), key="1"))
    stores.set_clock(NOON)
    told = ledger.write(write(reserve(1, ttl_seconds=60), key="2"))
    assert told.expires_at == NOON + HOUR + 60 * SECOND


@pytest.mark.parametrize(("later", "state"), [(90 * DAY - 1, "refused"), (90 * DAY, "reserved")])
def test_what_was_spent_stays_in_the_window_for_so_many_days(stores, ledger, later, state):
    spent = ledger.write(write(reserve(600), key="1")).reservation_id
    ledger.write(write(Commit(reservation_id=spent, amount_minor=600), key="2"))
    stores.set_clock(NOON + later)
    assert ledger.write(write(reserve(401), key="3")).state == state


def test_what_came_back_is_free_in_window_and_budget(ledger):
    ledger.set_limit(SPRING, 600, actor="finance", reason="")
    spent = ledger.write(write(reserve(600), key="1")).reservation_id
    ledger.write(write(Commit(reservation_id=spent, amount_minor=600), key="2"))
    ledger.write(write(Reverse(reservation_id=spent, amount_minor=200), key="3"))
    granted = [ledger.write(write(reserve(amount), key=f"g{amount}")).granted_minor for amount in (201, 200)]
    assert granted == [0, 200]


def test_what_is_due_frees_its_budget_when_it_is_swept(stores, ledger):
    ledger.set_limit(SPRING, 100, actor="finance", reason="")
    ledger.write(write(reserve(100, ttl_seconds=60)))
    stores.set_clock(NOON + 60 * SECOND)
    assert ledger.expire_due() == 1
    assert ledger.write(write(reserve(100, customer_id="C2"), key="2")).granted_minor == 100


def test_nothing_expires_before_its_time(stores, ledger):
    ledger.write(write(reserve(100, ttl_seconds=60)))
    stores.set_clock(NOON + 60 * SECOND - 1)
    assert ledger.expire_due() == 0


def test_a_limit_below_what_is_held_blocks_new_grants_only(ledger):
    made = ledger.write(write(reserve(100))).reservation_id
    ledger.set_limit(SPRING, 50, actor="finance", reason="")
    assert ledger.write(write(reserve(1, customer_id="C2"), key="2")).limiting_constraint == "campaign_budget"
    assert ledger.write(write(Commit(reservation_id=made, amount_minor=100), key="3")).state == "committed"


def test_a_lowered_limit_binds_until_what_is_held_is_below_it(ledger):
    made = [ledger.write(write(reserve(100, customer_id=f"C{n}"), key=f"r{n}")) for n in range(3)]
    ledger.set_limit(SPRING, 150, actor="finance", reason="")
    ledger.write(write(Release(reservation_id=made[0].reservation_id), key="1"))
    assert ledger.write(write(reserve(1, customer_id="D"), key="2")).state == "refused"
    ledger.write(write(Release(reservation_id=made[1].reservation_id), key="3"))
    assert ledger.write(write(reserve(51, customer_id="D"), key="4")).state == "refused"
    assert ledger.write(write(reserve(50, customer_id="D"), key="5")).state == "reserved"


def test_a_budget_is_spent_to_the_last_cent(ledger):
    ledger.set_limit(SPRING, 1_000, actor="finance", reason="")
    granted = [
        ledger.write(write(reserve(300, customer_id=f"C{n}", partial=True), key=f"r{n}")).granted_minor
        for n in range(5)
    ]
    assert granted == [300, 300, 300, 100, 0]


def test_every_entry_says_by_whom_and_why(ledger):
    made = write(reserve(100, cap_inputs='{"phi": 0.1}', model_version="abc", actor="آوا"), client="desk")
    ledger.write(made)
    with ledger.snapshot() as rows:
        (entry,) = reads.history(rows, "C1")
    assert (entry.client, entry.actor, entry.reason) == ("desk", "آوا", "silent for 74 days")
    assert (entry.currency, entry.model_version, entry.cap_inputs) == ("EUR", "abc", '{"phi": 0.1}')


def test_an_entry_cannot_be_changed(stores, ledger):
    ledger.write(write(reserve(100)))
    with pytest.raises(Exception, match="never changed"):
        stores.attempt("UPDATE entry SET reserved_minor = 1")


def test_an_entry_cannot_be_deleted(stores, ledger):
    ledger.write(write(reserve(100)))
    with pytest.raises(Exception, match="never changed"):
        stores.attempt("DELETE FROM entry")


def test_a_customer_in_the_ledger_can_be_asked_about(ledger):
    made = ledger.write(write(reserve(100), key="1"))
    spent = ledger.write(write(reserve(50), key="2"))
    ledger.write(write(Commit(reservation_id=spent.reservation_id, amount_minor=40), key="3"))
    ledger.write(write(reserve(7, purpose=Purpose.OWED), key="4"))
    with ledger.snapshot() as rows:
        told = reads.customer_standing(rows, "C1", NOON, 90)
    assert (told.liability_minor, told.spent_minor, told.window_minor) == (107, 40, 140)
    assert made.reservation_id in {one.id for one in told.open_reservations}


def test_a_budget_can_be_asked_about(ledger):
    ledger.set_limit(SPRING, 500, actor="finance", reason="")
    ledger.write(write(reserve(100)))
    with ledger.snapshot() as rows:
        told = reads.budget_standing(rows, SPRING)
        assert reads.budget_standing(rows, "campaign:nobody") is None
    assert (told.limit_minor, told.held_minor, told.free_minor) == (500, 100, 400)


def test_an_anchor_is_written_when_there_is_something_new(ledger):
    assert ledger.anchor() is None
    ledger.write(write(reserve(100)))
    assert ledger.anchor().entries == 1
    assert ledger.anchor() is None
    ledger.write(write(reserve(100), key="2"))
    assert ledger.anchor().entries == 2
    assert books(ledger).findings == []
