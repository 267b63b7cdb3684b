"""Each operator on a short list: three windows, the innermost first; events oldest first."""

import pytest

from models.features import listing, operators
from models.features.scratch import NEVER, NULL, Scratch

WINDOWS = 3
OLD_TO_NEW = [2, 1, 1, 0]
TOTAL = (listing.RUNNING, operators.RUNNING)
DISTINCT = (listing.FOLLOWING, operators.DISTINCT)
NEW_KEYS = (listing.FOLLOWING, operators.NEW_KEYS)
SUM_AT_LAST = (listing.RUNNING, operators.RUNNING_AT_LAST)
REPEATED_KEYS = (listing.STORED, operators.REPEATED_KEYS)
DISTINCT_DAYS = (listing.STORED, operators.DISTINCT_DAYS)
COUNT = (listing.NOTHING, operators.COUNT)
MIN, MAX, FIRST, LAST, MEDIAN, SUM, SQUARES = (
    (listing.STORED, operator)
    for operator in (
        operators.MIN,
        operators.MAX,
        operators.FIRST,
        operators.LAST,
        operators.MEDIAN,
        operators.SUM,
        operators.SQUARES,
    )
)
GAP_COUNT, GAP_DAYS, GAP_SQUARES, MAX_GAP = (
    (listing.GAPS, operator)
    for operator in (operators.ABOVE_ZERO, operators.SUM, operators.SQUARES, operators.MAX_GAP)
)
OF_NOTHING_ZERO = (COUNT, TOTAL, SUM, DISTINCT, NEW_KEYS, REPEATED_KEYS, DISTINCT_DAYS, GAP_COUNT)
OF_NOTHING_NOTHING = (MIN, MAX, FIRST, LAST, MEDIAN, SUM_AT_LAST, MAX_GAP)


def test_of_every_operator_it_is_known_what_it_says_of_nothing():
    nothing, zero = ({operator for _, operator in ways} for ways in (OF_NOTHING_NOTHING, OF_NOTHING_ZERO))
    assert nothing == set(operators.SILENT)
    assert nothing.isdisjoint(zero)
    assert sorted(nothing | zero | {operators.SQUARES}) == list(range(1 + operators.DISTINCT_DAYS))


def edges(window, end):
    """The edges of a stretch of which `end` events are seen, given the innermost window of each."""
    held = window[:end]
    return [end, *(sum(inner > at for inner in held) for at in range(WINDOWS))]


def room(edge, events):
    return Scratch(
        seen=[],
        state=[],
        seen_edge=[],
        passed=[],
        listed=list(range(events)),
        edge=edge,
        value=[7] * (events + 1),
        ordered=[7] * events,
        total=[[7] * len(edge) for _ in range(WINDOWS)],
        marks=[NEVER] * 20,
    )


def folded(way, column, window, time=None):
    """What each window holds of a column, by what is listed and the operator on it."""
    scratch = room([edges(window, len(column))], len(column))
    times = time if time is not None else list(range(len(column)))
    kind, operator = way
    listing.list_values(kind, column, times, times, [100], len(column), scratch)
    operators.fold_values(operator, [1, 2, 3], 1, times, scratch, scratch.total)
    assert set(scratch.marks) == {NEVER}
    return [total for (total,) in scratch.total]


@pytest.mark.parametrize(
    ("way", "totals"),
    [
        (COUNT, [1, 3, 4]),
        (TOTAL, [2, 15, 20]),
        (SUM, [2, 15, 20]),
        (SQUARES, [4, 101, 126]),
        (MIN, [2, 2, 2]),
        (MAX, [2, 9, 9]),
        (FIRST, [2, 4, 5]),
        (LAST, [2, 2, 2]),
        (SUM_AT_LAST, [2, 2, 2]),
        (DISTINCT, [1, 3, 4]),
        (NEW_KEYS, [1, 3, 4]),
        (REPEATED_KEYS, [0, 0, 0]),
        (MEDIAN, [4, 8, 9]),
        (MAX_GAP, [NULL, 4, 4]),
        (GAP_COUNT, [0, 1, 1]),
        (GAP_DAYS, [0, 4, 4]),
        (GAP_SQUARES, [0, 16, 16]),
    ],
)
def test_a_wider_window_holds_what_a_narrower_one_does(way, totals):
    assert folded(way, [5, 4, 9, 2], OLD_TO_NEW) == totals


@pytest.mark.parametrize("way", OF_NOTHING_ZERO)
def test_counts_and_sums_of_nothing_are_zero(way):
    assert folded(way, [], []) == [0, 0, 0]


@pytest.mark.parametrize("way", OF_NOTHING_NOTHING)
def test_nothing_has_no_least_greatest_first_last_or_median(way):
    assert folded(way, [], []) == [NULL, NULL, NULL]


def test_the_operators_that_say_nothing_of_nothing_are_named():
    assert {operator for _, operator in OF_NOTHING_NOTHING} == set(operators.SILENT)


def test_a_window_without_events_has_no_least_though_a_wider_one_has():
    assert folded(MIN, [5], [1]) == [NULL, 5, 5]


@pytest.mark.parametrize("way", [LAST, FIRST, SUM_AT_LAST, MEDIAN])
def test_a_window_without_events_says_nothing_though_a_wider_one_does(way):
    assert folded(way, [5, 5], [1, 1])[0] == NULL


def test_a_key_counts_at_its_newest_event():
    assert folded(DISTINCT, [3, 3], [2, 0]) == [1, 1, 1]


def test_a_key_is_new_at_its_oldest_event():
    assert folded(NEW_KEYS, [3, 3, 4], [2, 0, 0]) == [1, 1, 2]


def test_a_key_is_repeated_where_its_second_newest_event_lies():
    assert folded(REPEATED_KEYS, [3, 3, 4, 3], [2, 1, 1, 0]) == [0, 1, 1]


def test_a_key_seen_often_is_repeated_once():
    assert folded(REPEATED_KEYS, [3, 3, 3, 3], [0, 0, 0, 0]) == [1, 1, 1]


def test_a_key_seen_twice_at_one_instant_is_not_repeated():
    assert folded(REPEATED_KEYS, [3, 3], [1, 1], time=[5, 5]) == [0, 0, 0]


def test_a_key_is_repeated_though_an_older_instant_holds_it_twice():
    assert folded(REPEATED_KEYS, [3, 3, 3], [2, 2, 0], time=[5, 5, 9]) == [0, 0, 1]


def test_the_first_of_several_at_one_instant_is_the_first_row():
    assert folded(FIRST, [8, 6], [1, 1], time=[5, 5]) == [NULL, 8, 8]


def test_lines_at_the_last_instant_are_added_up():
    assert folded(SUM_AT_LAST, [9, 4, 6], [2, 1, 1], time=[1, 5, 5]) == [NULL, 10, 10]


def test_two_purchases_on_one_day_make_no_gap():
    assert folded(GAP_COUNT, [4, 4, 6], [2, 2, 2]) == [0, 0, 1]


def test_a_day_that_comes_twice_when_clocks_go_back_is_one_day():
    assert folded(GAP_DAYS, [4, 5, 4, 5, 8], [2, 2, 2, 2, 2]) == [0, 0, 4]


@pytest.mark.parametrize("days", [[4, 5, 4, 5, 8], [4, 5, 4, 8, 8], [5, 4, 5, 8], [4, 5, 4, 8]])
def test_days_that_come_twice_when_clocks_go_back_count_once(days):
    assert folded(DISTINCT_DAYS, days, [2] * len(days)) == [0, 0, len(set(days))]


def test_days_of_a_wider_window_hold_those_of_a_narrower_one():
    assert folded(DISTINCT_DAYS, [2, 4, 5, 9], OLD_TO_NEW) == [1, 3, 4]


def test_a_day_on_both_sides_of_a_window_counts_once():
    assert folded(DISTINCT_DAYS, [4, 4], [2, 0]) == [1, 1, 1]


def test_a_gap_belongs_to_the_purchase_that_ends_it():
    assert folded(GAP_DAYS, [4, 10], [2, 0]) == [6, 6, 6]


def test_the_longest_gap_of_a_wider_window_may_be_older():
    assert folded(MAX_GAP, [1, 9, 11], [2, 1, 0]) == [2, 8, 8]


@pytest.mark.parametrize("values", [[], [1], [2, 1], [3, 1, 2, 3, 0, 9, 8, 7, 7, 1, 2]])
def test_sorting_leaves_what_lies_beyond_alone(values):
    kept = [*values, -5]
    operators.sort(kept, len(values))
    assert kept == [*sorted(values), -5]


def folded_rows(way, column, edge):
    """What the widest window holds in each of several rows that see events 0 to 5 in stretches."""
    scratch, times = room(edge, len(column)), list(range(len(column)))
    kind, operator = way
    listing.list_values(kind, column, times, times, [100] * len(edge), len(column), scratch)
    operators.fold_values(operator, [3], len(edge), times, scratch, scratch.total)
    assert set(scratch.marks) == {NEVER}
    return scratch.total[0]


SHARED = [[2, 2, 2, 0], [4, 4, 4, 0]]
APART = [[2, 2, 2, 0], [4, 4, 4, 2]]


@pytest.mark.parametrize(
    ("way", "totals"),
    [
        (COUNT, [2, 4]),
        (TOTAL, [7, 17]),
        (DISTINCT, [2, 3]),
        (NEW_KEYS, [2, 3]),
        (MIN, [3, 3]),
        (LAST, [4, 6]),
        (GAP_COUNT, [1, 2]),
        (GAP_DAYS, [1, 3]),
        (MAX_GAP, [1, 2]),
    ],
)
def test_an_earlier_snapshot_sees_less_of_a_stretch_that_rows_share(way, totals):
    assert folded_rows(way, [3, 4, 4, 6], SHARED) == totals


@pytest.mark.parametrize(
    ("way", "totals"),
    [
        (COUNT, [2, 2]),
        (TOTAL, [7, 7]),
        (DISTINCT, [2, 2]),
        (NEW_KEYS, [2, 2]),
        (MIN, [3, 3]),
        (LAST, [4, 4]),
        (GAP_COUNT, [1, 1]),
        (GAP_DAYS, [1, 1]),
        (MAX_GAP, [1, 1]),
    ],
)
def test_another_stretch_knows_nothing_of_the_one_before(way, totals):
    assert folded_rows(way, [3, 4, 3, 4], APART) == totals
