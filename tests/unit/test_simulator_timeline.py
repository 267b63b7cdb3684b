import numpy as np
import pytest

from models.domain.instants import DAY
from pipelines.sources.simulator.timeline import last_at, next_after, ordinal

WHO = np.array([0, 0, 2, 2, 2])
AT = np.array([5, 9, 1, 6, 8]) * DAY


def asked(find, customer, day):
    return find(WHO, AT, np.array([customer]), np.array([day * DAY]))[0]


@pytest.mark.parametrize(
    ("customer", "day", "place"), [(0, 4, -1), (0, 5, 0), (0, 8, 0), (0, 99, 1), (1, 7, -1), (2, 7, 3)]
)
def test_the_last_row_at_or_before_an_instant(customer, day, place):
    assert asked(last_at, customer, day) == place


@pytest.mark.parametrize(
    ("customer", "day", "place"), [(0, 4, 0), (0, 5, 1), (0, 9, -1), (1, 7, -1), (2, -50, 2), (2, 8, -1)]
)
def test_the_first_row_after_an_instant(customer, day, place):
    assert asked(next_after, customer, day) == place


@pytest.mark.parametrize("find", [last_at, next_after])
def test_among_no_rows_there_is_none(find):
    none = np.zeros(0, np.int64)
    assert find(none, none, np.array([3]), np.array([DAY])).tolist() == [-1]


def test_rows_are_counted_within_their_group():
    assert ordinal(np.array([4, 4, 4, 7, 9, 9])).tolist() == [0, 1, 2, 0, 0, 1]


def test_nothing_is_counted_of_nothing():
    assert ordinal(np.zeros(0, np.int64)).tolist() == []
