"""x, t_x, T and mean amounts from order lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learned.btyd.histories import PurchaseHistories, summarise
from tests.oracles import btyd_oracle

LAST_DAY = 100


def summary_of(*lines, last_day=LAST_DAY):
    """Summarise (customer, day, amount) lines."""
    columns = np.array(lines, dtype=np.int64).reshape(-1, 3).T
    return summarise(*columns, last_day)


def history_of(*lines):
    """x, t_x and T of the only customer."""
    histories = summary_of(*lines).histories
    return histories.repeats.item(), histories.active.item(), histories.age.item()


def test_the_first_purchase_is_no_repeat():
    assert history_of((1, 40, 500)) == (0, 0, 60)


def test_a_repeat_is_timed_from_the_first_purchase():
    assert history_of((1, 40, 500), (1, 55, 500), (1, 90, 500)) == (2, 50, 60)


def test_two_purchases_on_one_day_are_one():
    assert history_of((1, 40, 500), (1, 70, 500), (1, 70, 900)) == (1, 30, 60)


def test_a_return_does_not_count_as_a_purchase():
    assert history_of((1, 40, 500), (1, 70, -500)) == (0, 0, 60)


def test_a_line_of_nothing_does_not_count_as_a_purchase():
    assert history_of((1, 40, 500), (1, 70, 0)) == (0, 0, 60)


def test_nothing_after_the_last_day_is_read():
    assert history_of((1, 40, 500), (1, 101, 500)) == (0, 0, 60)


def test_a_purchase_on_the_last_day_is_read():
    assert history_of((1, 40, 500), (1, 100, 500)) == (1, 60, 60)


def test_a_customer_whose_purchases_all_come_later_is_not_there():
    assert summary_of((1, 40, 500), (2, 101, 500)).customer.tolist() == [1]


def test_without_purchases_there_is_nobody():
    assert len(summary_of((1, 40, -500)).histories) == 0


def test_the_mean_is_of_the_repeat_days_and_their_totals():
    assert summary_of((1, 40, 999), (1, 50, 100), (1, 50, 200), (1, 60, 500)).mean_amount.item() == 400


def test_a_customer_without_a_repeat_has_no_mean():
    assert np.isnan(summary_of((1, 40, 500)).mean_amount.item())


def test_the_order_of_lines_does_not_matter():
    lines = [(2, 70, 1), (1, 60, 2), (2, 40, 3), (1, 20, 4)]
    assert (
        summary_of(*lines).histories.active.tolist() == summary_of(*sorted(lines)).histories.active.tolist()
    )


def test_a_unit_of_seven_days_is_weeks():
    weeks = PurchaseHistories(np.array([1.0]), np.array([14.0]), np.array([21.0])).in_units_of(7)
    assert (weeks.repeats.item(), weeks.active.item(), weeks.age.item()) == (1, 2, 3)


@pytest.mark.parametrize(
    ("repeats", "active", "age"),
    [(1.0, 30.0, 20.0), (1.0, 0.0, 20.0), (0.0, 5.0, 20.0), (-1.0, 0.0, 20.0), (0.0, 0.0, np.inf)],
)
def test_an_impossible_history_is_refused(repeats, active, age):
    with pytest.raises(ValueError, match="0 <= t_x <= T"):
        PurchaseHistories(np.array([repeats]), np.array([active]), np.array([age]))


def test_vectors_of_several_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        PurchaseHistories(np.zeros(2), np.zeros(2), np.zeros(3))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(80, 110), st.integers(-3, 9)), max_size=40))
def test_the_summary_is_that_of_the_slow_version(lines):
    found = summary_of(*lines)
    histories = found.histories
    means = [None if np.isnan(mean) else mean for mean in found.mean_amount.tolist()]
    rows = zip(histories.repeats, histories.active, histories.age, means, strict=True)
    slow = btyd_oracle.summaries(*zip(*lines, strict=True), LAST_DAY) if lines else {}
    assert dict(zip(found.customer.tolist(), rows, strict=True)) == slow
