"""Several populations side by side: a snapshot looks into the newest one at or before it."""

import numpy as np
import pytest

from models.features.population import NOBODY, STATISTICS, Population, side_by_side


def population(as_of, items, values):
    return Population(as_of, tuple(items), np.tile(np.array(values, np.int64), (len(STATISTICS), 1)))


BOTH = side_by_side([population(10, "ac", [1, 2, 3]), population(20, "bc", [4, 5, 6])])


def looked_up(item, snapshot):
    at = BOTH.first(snapshot) + BOTH.number(item)
    assert BOTH.lookup(np.array([snapshot])).first.tolist() == [BOTH.first(snapshot)]
    return BOTH.values[0, at]


@pytest.mark.parametrize(
    ("item", "snapshot", "value"),
    [
        ("a", 9, 0),
        ("a", 10, 1),
        ("a", 19, 1),
        ("a", 20, 6),
        ("b", 19, 3),
        ("b", 20, 4),
        ("c", 20, 5),
        ("z", 19, 3),
        ("z", 99, 6),
        (None, 99, 6),
    ],
)
def test_an_article_is_looked_up_as_of_the_snapshot_and_else_others_stand_for_it(item, snapshot, value):
    assert looked_up(item, snapshot) == value


def test_without_populations_everything_is_zero():
    assert NOBODY.values[:, NOBODY.first(99) + NOBODY.number("a")].tolist() == [0] * len(STATISTICS)


@pytest.mark.parametrize("items", ["ca", "aa"])
def test_items_that_are_not_sorted_or_come_twice_are_refused(items):
    with pytest.raises(ValueError, match="sorted"):
        population(1, items, [1, 2, 3])


def test_values_that_do_not_match_the_items_are_refused():
    with pytest.raises(ValueError, match="one more"):
        population(1, "ab", [1, 2])


def test_values_that_are_not_whole_are_refused():
    with pytest.raises(ValueError, match="whole"):
        Population(1, ("a",), np.zeros((len(STATISTICS), 2)))
