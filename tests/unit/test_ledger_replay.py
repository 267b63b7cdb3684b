from dataclasses import replace

import pytest

from models.domain.instants import DAY, SECOND
from models.domain.ledger.commands import Approve, Commit, Release, Reverse
from models.domain.ledger.entries import GENESIS, canonical, heads_digest, link
from models.domain.ledger.replay import Anchor, LimitChange, replay
from models.domain.vocabulary import EntryKind, Purpose
from tests.ledger_examples import reserve, write
from tests.ledger_in_memory import MemoryLedger

SPRING = "campaign:spring"


@pytest.fixture
def ledger():
    """Three reservations of 100: one spent in part and partly reversed, one released, one open."""
    made = MemoryLedger()
    made.now = 1_000 * DAY
    made.set_limit(SPRING, 300)
    ids = [made.write(write(reserve(100), key=f"k{n}"))["reservation_id"] for n in range(3)]
    for n, command in enumerate(
        [
            Commit(reservation_id=ids[0], amount_minor=80),
            Reverse(reservation_id=ids[0], amount_minor=30),
            Release(reservation_id=ids[1]),
        ]
    ):
        made.write(write(command, key=f"c{n}"))
    return made


def rechained(entries):
    """The entries with hashes that follow: only the rules can tell that something is wrong."""
    chained, heads = [], {}
    for entry in entries:
        hashed = link(heads.get(entry.customer_id, GENESIS), entry)
        heads[entry.customer_id] = hashed
        chained.append(replace(entry, hash=hashed))
    return chained


def found_in(ledger, number, **changed):
    """What a replay says when entry `number` is forged with care."""
    entries = list(ledger.entries)
    entries[number] = replace(entries[number], **changed)
    return " ".join(replay(rechained(entries), ledger.limits).findings)


def test_an_honest_ledger_replays_clean(ledger):
    assert replay(ledger.entries, ledger.limits).findings == []


def test_what_a_budget_holds_is_what_is_open_and_what_stays_spent(ledger):
    assert replay(ledger.entries, ledger.limits).held == {SPRING: 150, "total": 150}


def test_a_changed_amount_breaks_the_chain(ledger):
    entries = list(ledger.entries)
    entries[1] = replace(entries[1], reserved_minor=99)
    assert "hash does not follow" in " ".join(replay(entries, ledger.limits).findings)


def test_a_removed_entry_breaks_the_chain(ledger):
    entries = [entry for entry in ledger.entries if entry.position != 2]
    assert "place 3 follows place 1" in " ".join(replay(entries, ledger.limits).findings)


@pytest.mark.parametrize(
    ("number", "changed", "said"),
    [
        (0, {"requested_minor": 99}, "grants 100 of 99"),
        (0, {"reserved_minor": 0}, "grants 0"),
        (0, {"committed_minor": 1}, "grants 100"),
        (0, {"cap_minor": None}, "does not say what bound it"),
        (2, {"cap_minor": 299}, "above the cap of 299"),
        (2, {"most_grants": 2}, "held 2 grants already"),
        (2, {"reserved_minor": 101, "requested_minor": 101}, "above its limit of 300"),
        (2, {"at": 0}, "older than the entry before"),
        (1, {"reservation_id": "again", "kind": EntryKind.COMMIT}, "no such reservation"),
        (3, {"kind": EntryKind.REVERSE}, "the reservation was reserved"),
        (3, {"kind": EntryKind.APPROVE}, "the reservation was reserved"),
        (3, {"committed_minor": 101}, "it moves"),
        (3, {"reserved_minor": -99}, "it moves"),
        (3, {"at": 1_001 * DAY}, "time was over"),
        (4, {"committed_minor": -81}, "it moves"),
        (4, {"committed_minor": 1}, "it moves"),
        (5, {"committed_minor": 1}, "it moves"),
        (5, {"kind": EntryKind.EXPIRE}, "expired before its time"),
    ],
)
def test_a_careful_forgery_breaks_a_rule(ledger, number, changed, said):
    assert said in found_in(ledger, number, **changed)


def test_an_approval_above_the_cap_by_then_is_found():
    made = MemoryLedger()
    id_ = made.write(write(reserve(100, authority_minor=50)))["reservation_id"]
    made.write(write(Approve(reservation_id=id_, cap_minor=100), key="a"))
    assert (found_in(made, 1), found_in(made, 1, cap_minor=99)) == (
        "",
        "entry 2 (approve): the window held 0, and 100 more is above the cap of 99",
    )


def test_a_second_entry_that_makes_a_reservation_is_found(ledger):
    first = ledger.entries[0]
    again = replace(first, seq=99, position=7, at=ledger.entries[-1].at)
    assert "exists already" in " ".join(replay(rechained([*ledger.entries, again])).findings)


def test_an_entry_of_another_customer_is_found(ledger):
    entries = list(ledger.entries)
    entries[5] = replace(entries[5], customer_id="C2", position=1)
    assert "another customer's" in " ".join(replay(rechained(entries), ledger.limits).findings)


def test_a_limit_that_falls_later_accuses_nobody(ledger):
    lowered = [*ledger.limits, LimitChange(90, ledger.now, SPRING, 10)]
    assert replay(ledger.entries, lowered).findings == []


def test_what_is_owed_counts_nowhere(ledger):
    ledger.write(write(reserve(9_999, purpose=Purpose.OWED), key="owed"))
    books = replay(ledger.entries, ledger.limits)
    assert (books.findings, books.held) == ([], {SPRING: 150, "total": 150})


def test_what_lapsed_cannot_be_approved():
    ledger = MemoryLedger()
    made = ledger.write(write(reserve(100, authority_minor=10)))["reservation_id"]
    ledger.now += 3_600 * SECOND
    told = ledger.write(write(Approve(reservation_id=made), key="late"))
    assert (told["refused"], told["given"]) == ("WrongState", "expired")


def test_an_anchor_remembers_the_heads(ledger):
    books = replay(ledger.entries, ledger.limits)
    seq = ledger.entries[-1].seq
    anchor = Anchor(seq, ledger.now, books.entries, books.digest)
    ledger.write(write(reserve(1, customer_id="C2"), key="later"))
    assert replay(ledger.entries, ledger.limits, [anchor]).findings == []


def test_an_anchor_sees_a_history_written_anew(ledger):
    books = replay(ledger.entries, ledger.limits)
    anchor = Anchor(ledger.entries[-1].seq, ledger.now, books.entries, books.digest)
    entries = [replace(entry, reason="another story") for entry in ledger.entries]
    assert replay(rechained(entries), ledger.limits, [anchor]).findings == [
        f"anchor {anchor.seq}: the heads of then were others"
    ]


def test_fields_cannot_be_shifted_into_one_another(ledger):
    entry = ledger.entries[0]
    one = replace(entry, actor="ab", reason="c")
    other = replace(entry, actor="a", reason="bc")
    assert canonical(one) != canonical(other)


def test_nothing_and_an_empty_word_are_told_apart(ledger):
    entry = ledger.entries[0]
    assert canonical(replace(entry, cap_minor=None)) != canonical(replace(entry, cap_minor=""))


def test_the_digest_of_heads_does_not_depend_on_their_order():
    heads = [("a", 1, "x"), ("b", 2, "y")]
    assert heads_digest(heads) == heads_digest(heads[::-1])
