"""Labels: what counts as leaving, as margin, and as a closed window."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.domain.errors import InvalidSetting
from models.domain.instants import DAY, HOUR, local_midnight
from models.evaluation.labels import UNKNOWN, OrderLines, label, margin_of
from models.evaluation.schedule import Schedule

ZONE = "Europe/Amsterdam"
AT = local_midnight(date(2025, 1, 1), ZONE)
LATE = local_midnight(date(2025, 8, 1), ZONE)


def schedule(as_of=LATE, snapshots=(AT,), horizon=90, window=182):
    return Schedule(
        as_of=as_of,
        scoring=as_of,
        horizon_days=horizon,
        spacing_days=30,
        window_days=window,
        validated=True,
        window_reason="",
        churn_training=dict.fromkeys(snapshots, ()),
        value_training={},
        churn_at_value_cuts={},
        final_churn_training=(),
        final_value_training=(),
    )


def lines(*events):
    """Events of one customer each: (customer, ordered_at, amount, margin[, known_at])."""
    events = sorted(events, key=lambda event: event[1])
    columns = list(zip(*[(*event, event[1])[:5] for event in events], strict=True))
    customers = np.array(sorted(set(columns[0])), dtype=object)
    return OrderLines(
        customer_ids=customers,
        customer=np.searchsorted(customers.astype(str), np.array(columns[0])).astype(np.int64),
        ordered_at=np.array(columns[1], dtype=np.int64),
        known_at=np.array(columns[4], dtype=np.int64),
        amount_minor=np.array(columns[2], dtype=np.int64),
        margin_minor=np.array(columns[3], dtype=np.int64),
    )


def labels_at(found, snapshot=AT):
    rows = found.snapshot == snapshot
    return found.customer[rows], found.churned[rows], found.margin_minor[rows], found.value_closed[rows]


FIRST = ("a", AT - 40 * DAY, 1000, 300)


def test_labels_that_fall_short_of_the_horizon_see_no_purchase_beyond_their_days():
    shorter = replace(schedule(), label_days=30)
    _, churned, _, _ = labels_at(label(lines(FIRST, ("a", AT + 31 * DAY, 500, 100)), shorter, ZONE, 0.0))
    assert churned.tolist() == [1]


def test_a_customer_without_a_purchase_in_the_horizon_has_churned():
    _, churned, _, _ = labels_at(label(lines(FIRST, ("a", AT + 91 * DAY, 500, 100)), schedule(), ZONE, 0.0))
    assert churned.tolist() == [1]


def test_a_purchase_on_the_last_instant_of_the_horizon_retains():
    end = local_midnight(date(2025, 4, 1), ZONE)
    _, churned, _, _ = labels_at(label(lines(FIRST, ("a", end, 500, 100)), schedule(), ZONE, 0.0))
    assert churned.tolist() == [0]


def test_a_purchase_at_the_snapshot_itself_belongs_to_the_past():
    _, churned, _, _ = labels_at(label(lines(FIRST, ("a", AT, 500, 100)), schedule(), ZONE, 0.0))
    assert churned.tolist() == [1]


def test_a_return_does_not_retain():
    _, churned, _, _ = labels_at(label(lines(FIRST, ("a", AT + DAY, -500, -100)), schedule(), ZONE, 0.0))
    assert churned.tolist() == [1]


def test_margin_sums_the_window_with_returns():
    events = (
        FIRST,
        ("a", AT + DAY, 500, 100),
        ("a", AT + 2 * DAY, -200, -40),
        ("a", AT + 190 * DAY, 900, 900),
    )
    _, _, margin, _ = labels_at(label(lines(*events), schedule(), ZONE, 0.0))
    assert margin.tolist() == [60]


def test_margin_a_year_later_is_worth_less_by_the_annual_rate():
    event = ("a", AT + 365 * DAY, 5000, 1100)
    found = label(lines(FIRST, event), schedule(as_of=AT + 500 * DAY, window=366), ZONE, 0.10)
    assert labels_at(found)[2].tolist() == [1000]


def test_a_horizon_that_has_not_closed_is_unknown():
    _, churned, _, closed = labels_at(label(lines(FIRST), schedule(as_of=AT + 30 * DAY), ZONE, 0.0))
    assert (churned.tolist(), closed.tolist()) == ([UNKNOWN], [False])


def test_a_customer_whose_first_purchase_was_not_yet_known_has_no_row():
    late_fact = ("b", AT - 5 * DAY, 1000, 300, AT + HOUR)
    customers, _, _, _ = labels_at(label(lines(FIRST, late_fact), schedule(), ZONE, 0.0))
    assert customers.tolist() == [0]


def test_a_purchase_that_became_known_after_the_window_closed_does_not_retain():
    late_fact = ("a", AT + DAY, 500, 100, AT + 120 * DAY)
    _, churned, _, _ = labels_at(label(lines(FIRST, late_fact), schedule(), ZONE, 0.0))
    assert churned.tolist() == [1]


def test_a_margin_that_became_known_after_the_window_closed_does_not_count():
    late_fact = ("a", AT + DAY, 500, 100, AT + 200 * DAY)
    _, _, margin, _ = labels_at(label(lines(FIRST, late_fact), schedule(), ZONE, 0.0))
    assert margin.tolist() == [0]


def test_a_customer_who_only_returned_has_no_row():
    customers, _, _, _ = labels_at(label(lines(FIRST, ("b", AT - DAY, -10, -1)), schedule(), ZONE, 0.0))
    assert customers.tolist() == [0]


def test_a_missing_margin_takes_the_declared_share():
    amounts = np.array([1000, 1000], dtype=np.int64)
    assert margin_of(amounts, np.array([150.0, np.nan]), 0.4).tolist() == [150, 400]


def test_a_missing_margin_without_a_share_is_refused():
    with pytest.raises(InvalidSetting, match="margin_share"):
        margin_of(np.array([1000], dtype=np.int64), None, None)
