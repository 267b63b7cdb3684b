import pytest

from models.domain.ledger.commands import Approve, Commit, Release, Reverse
from models.domain.vocabulary import Purpose
from tests.ledger_examples import reserve, write
from tests.ledger_in_memory import MemoryLedger


class Told:
    """A ledger with one reservation of 100; `does` says what became of each command."""

    def __init__(self, *, authority=None, **changed):
        self.ledger = MemoryLedger()
        self.number = 0
        made = self.ledger.write(write(reserve(100, authority_minor=authority, **changed)))
        self.id = made["reservation_id"]

    def does(self, kind, **values):
        self.number += 1
        command = kind(reservation_id=self.id, **values)
        told = self.ledger.write(write(command, key=f"c{self.number}"))
        return told.get("refused") or (told["state"], told["committed_minor"], told["reversed_minor"])


@pytest.mark.parametrize(
    ("amount", "becomes"), [(0, ("committed", 0, 0)), (100, ("committed", 100, 0)), (101, "TooMuch")]
)
def test_at_most_what_was_reserved_can_be_committed(amount, becomes):
    assert Told().does(Commit, amount_minor=amount) == becomes


def test_a_commit_sets_the_rest_free():
    told = Told()
    told.does(Commit, amount_minor=30)
    assert told.ledger.reservations[told.id].held_minor == 30


def test_a_reservation_is_committed_once():
    told = Told()
    told.does(Commit, amount_minor=30)
    assert told.does(Commit, amount_minor=30) == "WrongState"


def test_a_commit_is_reversed_again_and_again_up_to_all_of_it():
    told = Told()
    told.does(Commit, amount_minor=80)
    assert [told.does(Reverse, amount_minor=amount) for amount in (30, 51, 50, 1)] == [
        ("committed", 80, 30), "TooMuch", ("committed", 80, 80), "TooMuch",
    ]  # fmt: skip


def test_what_is_only_reserved_cannot_be_reversed():
    assert Told().does(Reverse, amount_minor=1) == "WrongState"


def test_what_waits_for_approval_cannot_be_committed():
    assert Told(authority=50).does(Commit, amount_minor=1) == "WrongState"


@pytest.mark.parametrize(
    ("authority", "becomes"), [(None, ("reserved", 0, 0)), (100, ("reserved", 0, 0)), (99, "TooMuch")]
)
def test_whoever_approves_needs_the_authority(authority, becomes):
    assert Told(authority=50).does(Approve, authority_minor=authority) == becomes


def test_what_was_approved_can_be_committed():
    told = Told(authority=50)
    told.does(Approve)
    assert told.does(Commit, amount_minor=100) == ("committed", 100, 0)


@pytest.mark.parametrize("authority", [None, 50])
def test_what_is_open_can_be_released(authority):
    assert Told(authority=authority).does(Release) == ("released", 0, 0)


def test_what_was_released_stays_so():
    told = Told()
    told.does(Release)
    assert told.does(Commit, amount_minor=1) == "WrongState"


def test_what_is_owed_is_committed_like_the_rest():
    assert Told(purpose=Purpose.OWED).does(Commit, amount_minor=100) == ("committed", 100, 0)


def test_nobody_changes_a_reservation_that_there_is_not():
    told = Told()
    told.id = "nobody"
    assert told.does(Release) == "UnknownReservation"
