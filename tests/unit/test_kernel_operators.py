"""Each operator on a short list: three windows, the innermost first; events oldest first."""

import pytest

from models.features import operators
from models.features.operators import NULL

WINDOWS = 3
OLD_TO_NEW = [2, 1, 1, 0]


def folded(operator, value, window, time=None):
    totals = [7] * WINDOWS
    marks, ordered = [0] * 20, [0] * len(value)
    times = time if time is not None else list(range(len(value)))
    operators.fold_list(operator, len(value), value, window, times, marks, ordered, totals)
    assert not any(marks)
    return totals


@pytest.mark.parametrize(
    ("operator", "totals"),
    [
        (operators.SUM, [2, 15, 20]),
        (operators.MIN, [2, 2, 2]),
        (operators.MAX, [2, 9, 9]),
        (operators.FIRST, [2, 4, 5]),
        (operators.LAST, [2, 2, 2]),
        (operators.SUM_AT_LAST, [2, 2, 2]),
        (operators.DISTINCT, [1, 3, 4]),
        (operators.NEW_KEYS, [1, 3, 4]),
        (operators.REPEATED_KEYS, [0, 0, 0]),
        (operators.MEDIAN, [4, 8, 9]),
        (operators.MAX_GAP, [NULL, 4, 4]),
        (operators.GAP_COUNT, [0, 1, 1]),
        (operators.GAP_DAYS, [0, 4, 4]),
        (operators.GAP_SQUARES, [0, 16, 16]),
    ],
)
def test_a_wider_window_holds_what_a_narrower_one_does(operator, totals):
    assert folded(operator, [5, 4, 9, 2], OLD_TO_NEW) == totals


@pytest.mark.parametrize(
    "operator",
    [
        operators.SUM,
        operators.DISTINCT,
        operators.NEW_KEYS,
        operators.REPEATED_KEYS,
        operators.DISTINCT_DAYS,
        operators.GAP_COUNT,
    ],
)
def test_counts_and_sums_of_nothing_are_zero(operator):
    assert folded(operator, [], []) == [0, 0, 0]


@pytest.mark.parametrize(
    "operator",
    [
        operators.MIN,
        operators.MAX,
        operators.FIRST,
        operators.LAST,
        operators.SUM_AT_LAST,
        operators.MEDIAN,
        operators.MAX_GAP,
    ],
)
def test_nothing_has_no_least_greatest_last_or_median(operator):
    assert folded(operator, [], []) == [NULL, NULL, NULL]


def test_a_window_without_events_has_no_least_though_a_wider_one_has():
    assert folded(operators.MIN, [5], [1]) == [NULL, 5, 5]


def test_a_key_counts_at_its_newest_event():
    assert folded(operators.DISTINCT, [3, 3], [2, 0]) == [1, 1, 1]


def test_a_key_is_new_at_its_oldest_event():
    assert folded(operators.NEW_KEYS, [3, 3, 4], [2, 0, 0]) == [1, 1, 2]


def test_a_key_is_repeated_where_its_second_newest_event_lies():
    assert folded(operators.REPEATED_KEYS, [3, 3, 4, 3], [2, 1, 1, 0]) == [0, 1, 1]


def test_a_key_seen_often_is_repeated_once():
    assert folded(operators.REPEATED_KEYS, [3, 3, 3, 3], [0, 0, 0, 0]) == [1, 1, 1]


def test_a_key_seen_twice_at_one_instant_is_not_repeated():
    assert folded(operators.REPEATED_KEYS, [3, 3], [1, 1], time=[5, 5]) == [0, 0, 0]


def test_a_key_is_repeated_though_an_older_instant_holds_it_twice():
    assert folded(operators.REPEATED_KEYS, [3, 3, 3], [2, 2, 0], time=[5, 5, 9]) == [0, 0, 1]


def test_the_first_of_several_at_one_instant_is_the_first_row():
    assert folded(operators.FIRST, [8, 6], [1, 1], time=[5, 5]) == [NULL, 8, 8]


def test_lines_at_the_last_instant_are_added_up():
    assert folded(operators.SUM_AT_LAST, [9, 4, 6], [2, 1, 1], time=[1, 5, 5]) == [NULL, 10, 10]


def test_two_purchases_on_one_day_make_no_gap():
    assert folded(operators.GAP_COUNT, [4, 4, 6], [2, 2, 2]) == [0, 0, 1]


def test_a_day_that_comes_twice_when_clocks_go_back_is_one_day():
    assert folded(operators.GAP_DAYS, [4, 5, 4, 5, 8], [2, 2, 2, 2, 2]) == [0, 0, 4]


@pytest.mark.parametrize("days", [[4, 5, 4, 5, 8], [4, 5, 4, 8, 8], [5, 4, 5, 8], [4, 5, 4, 8]])
def test_days_that_come_twice_when_clocks_go_back_count_once(days):
    assert folded(operators.DISTINCT_DAYS, days, [2] * len(days)) == [0, 0, 3]


def test_days_of_a_wider_window_hold_those_of_a_narrower_one():
    assert folded(operators.DISTINCT_DAYS, [2, 4, 5, 9], OLD_TO_NEW) == [1, 3, 4]


def test_a_day_on_both_sides_of_a_window_counts_once():
    assert folded(operators.DISTINCT_DAYS, [4, 4], [2, 0]) == [1, 1, 1]


def test_the_longest_gap_of_a_wider_window_may_be_older():
    assert folded(operators.MAX_GAP, [1, 9, 11], [2, 1, 0]) == [2, 8, 8]


def test_a_gap_belongs_to_the_purchase_that_ends_it():
    assert folded(operators.GAP_DAYS, [4, 10], [2, 0]) == [6, 6, 6]


@pytest.mark.parametrize("values", [[], [1], [2, 1], [3, 1, 2, 3, 0, 9, 8, 7, 7, 1, 2]])
def test_sorting_leaves_what_lies_beyond_alone(values):
    kept = [*values, -5]
    operators.sort(kept, len(values))
    assert kept == [*sorted(values), -5]
