"""A feature knows nothing that was not known at its snapshot: what came later may be gone, or be wrong."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feature_frames import batch, keyed, order_line
from tests.oracles.feature_histories import DAY, FACTS, FIRST_SNAPSHOT, HOUR, crowd, histories

CUT = FIRST_SNAPSHOT
AHEAD = ("promised_at", "ended_at")  # may be known before their moment comes
UNDATED = ("reason", "severity", "satisfaction")  # of a complaint: known once it is resolved

# What an altered row says: something that features count.
FALSE_WORDS = {
    "order_id": "false",
    "item_id": "false",
    "category": "false",
    "units": 9,
    "amount_minor": 1,
    "margin_minor": 1,
    "direction": "outbound",
    "channel": "false",
    "arm": "coupon",
    "face_value_minor": 900,
    "score": 1,
    "kind": "use",
}
FALSE_UNDATED = {"reason": "r1", "severity": 5, "satisfaction": 1}


def is_known(row, fact, known, cut):
    if row[fact] is None:
        return False
    heard = row[fact] if row[known] is None else row[known]
    return heard <= cut and (fact in AHEAD or row[fact] <= cut)


def forget(rows, cut):
    """The rows as they stood at the cut: what was not known is gone, fact by fact."""
    kept = {name: [] for name in rows}
    for name, of_table in copy.deepcopy(rows).items():
        (event, *later) = FACTS[name]
        for row in of_table:
            if not is_known(row, *event, cut):
                continue
            for fact in later:
                if not is_known(row, *fact, cut):
                    row.update(dict.fromkeys(fact))
            if name == "complaints" and row["resolved_at"] is None:
                row.update(dict.fromkeys(UNDATED))
            kept[name].append(row)
    return kept


def falsify(rows, cut, days):
    """Move every fact that was not known at the cut by some days, and change what the row says."""
    altered = copy.deepcopy(rows)
    for name, of_table in altered.items():
        (event, *later) = FACTS[name]
        for row in of_table:
            if name == "complaints" and not is_known(row, "resolved_at", "resolved_known_at", cut):
                row.update(FALSE_UNDATED)
            for fact in later:
                _move(row, *fact, cut, days)
            if not is_known(row, *event, cut):
                row.update({column: word for column, word in FALSE_WORDS.items() if column in row})
                _move(row, *event, cut, days)
    return altered


def _move(row, fact, known, cut, days):
    """Another instant for a fact that is not known at the cut, or one for a fact that never came."""
    if is_known(row, fact, known, cut):
        return
    moved = cut if row[fact] is None else row[fact] + days * DAY
    row.update({fact: moved, known: max(cut, moved) + 1 + abs(days) * DAY})


def at_cut(rows, cut):
    return keyed(batch(rows, "Europe/Berlin", [cut]))


@given(histories(), st.integers(-400, 10))
@settings(max_examples=100)
def test_deleting_everything_known_after_the_snapshot_changes_nothing(rows, days):
    cut = FIRST_SNAPSHOT + days * DAY
    assert at_cut(forget(rows, cut), cut) == at_cut(rows, cut)


@given(histories(), st.integers(-400, 10), st.integers(-50, 50))
@settings(max_examples=100)
def test_altering_everything_known_after_the_snapshot_changes_nothing(rows, days, moved):
    cut = FIRST_SNAPSHOT + days * DAY
    assert at_cut(falsify(rows, cut, moved), cut) == at_cut(rows, cut)


@given(st.randoms(use_true_random=True), st.integers(-400, 10), st.integers(-50, 50))
@settings(max_examples=10)
def test_neither_does_either_among_many_customers(chance, days, moved):
    rows, cut = crowd(chance, 60), FIRST_SNAPSHOT + days * DAY
    assert at_cut(forget(rows, cut), cut) == at_cut(falsify(rows, cut, moved), cut) == at_cut(rows, cut)


# One row of each table with all that can be said of it, all of it known at once.
OPENED = CUT - 20 * DAY
ROWS = {
    "orders": order_line(order_id="planted", ordered_at=OPENED),
    "customers": {"customer_id": "A", "signed_up_at": CUT - 90 * DAY, "known_at": OPENED},
    "complaints": {
        "complaint_id": "p",
        "customer_id": "A",
        "opened_at": OPENED,
        "promised_at": OPENED + DAY,
        "first_response_at": OPENED + HOUR,
        "resolved_at": OPENED + 2 * DAY,
        "followed_up_at": OPENED + 3 * DAY,
        "reopened_at": OPENED + 4 * DAY,
        "satisfaction": 2,
    },
    "contacts": {"customer_id": "A", "contacted_at": OPENED, "direction": "inbound"},
    "offers": {
        "customer_id": "A",
        "assigned_at": OPENED,
        "arm": "coupon",
        "face_value_minor": 5,
        "redeemed_at": OPENED + DAY,
    },
    "contracts": {"customer_id": "A", "started_at": OPENED, "ended_at": OPENED + 9 * DAY},
    "surveys": {"customer_id": "A", "answered_at": OPENED, "kind": "nps", "score": 3},
    "activity": {"customer_id": "A", "at": OPENED, "kind": "use"},
}
PLANTED = [(name, fact, known) for name, facts in FACTS.items() for fact, known in facts]
each_fact = pytest.mark.parametrize(
    ("name", "fact", "known"), PLANTED, ids=[f"{n}.{f}" for n, f, _ in PLANTED]
)


def with_one(name, **changed):
    """The features at the cut of a customer with an earlier order and this one row."""
    planted = {name: [{**ROWS[name], **changed}]}
    planted["orders"] = [order_line(), *planted.get("orders", ())]
    return at_cut(planted, CUT)


def without(name, fact):
    """The same without the fact; without the row, where the fact is the row itself."""
    row_itself = FACTS[name][0][0] == fact
    return at_cut({"orders": [order_line()]}, CUT) if row_itself else with_one(name, **{fact: None})


@each_fact
def test_what_became_known_a_moment_after_the_snapshot_is_not_seen(name, fact, known):
    assert with_one(name, **{known: CUT + 1}) == without(name, fact)


@each_fact
def test_a_planted_leak_would_show(name, fact, known):
    assert with_one(name, **{known: CUT}) != without(name, fact)


def test_an_end_known_in_advance_is_seen_before_it_comes():
    ahead = {"ended_at": CUT + 30 * DAY, "ended_known_at": CUT - DAY}
    assert with_one("contracts", **ahead) != with_one("contracts", ended_at=None)


def test_an_end_to_come_that_nobody_knew_of_is_not_seen():
    assert with_one("contracts", ended_at=CUT + 30 * DAY) == with_one("contracts", ended_at=None)
