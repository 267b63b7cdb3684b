"""Between which shares customers of one probability left."""

import numpy as np
import pytest

from models.learned.share_interval import SharesSeen, share_interval

GROUPS = 15


def seen(predicted, observed, customers):
    return SharesSeen(np.array(predicted), np.array(observed), np.array(customers, dtype=float))


def quarter(luck, level, customers=9_000):
    """What was told of customers, and who left, in a season that moved everybody's log-odds by a level."""
    log_odds = luck.normal(0.0, 1.5, customers)
    p, true = (1 / (1 + np.exp(-each)) for each in (log_odds, log_odds + level))
    return p, luck.random(customers) < true


def grouped(p, left):
    parts = np.array_split(np.argsort(p), GROUPS)
    shares = [(p[part].mean(), left[part].mean(), len(part)) for part in parts]
    return seen(*zip(*shares, strict=True))


def test_a_group_of_whom_more_left_than_was_told_widens_both_ways():
    low, high = share_interval(seen([0.5], [0.6], [10_000]), np.array([0.5]))
    assert (low[0], high[0]) == (pytest.approx(0.392, abs=1e-3), pytest.approx(0.608, abs=1e-3))


def test_the_interval_holds_the_probability_and_is_one():
    low, high = share_interval(seen([0.1, 0.9], [0.3, 0.99], [40, 40]), np.linspace(0, 1, 101))
    p = np.linspace(0, 1, 101)
    assert bool(np.all((low >= 0) & (low <= p) & (p <= high) & (high <= 1)))


def test_few_customers_widen_it():
    (few, _), (many, _) = (share_interval(seen([0.5], [0.5], [n]), np.array([0.5])) for n in (30, 30_000))
    assert few[0] < many[0]


def test_a_group_is_no_surer_than_its_neighbours():
    off = seen([0.2, 0.5, 0.8], [0.2, 0.5, 0.9], [10_000] * 3)
    low, high = share_interval(off, np.array([0.5, 0.8]))
    assert high[0] - low[0] == pytest.approx(high[1] - 0.8 + 0.8 - low[1])


def test_without_a_closed_backtest_nothing_is_said():
    low, high = share_interval(seen([], [], []), np.array([0.3]))
    assert bool(np.isnan(low).all() and np.isnan(high).all())


def test_nobody_s_probability_has_no_interval():
    low, _ = share_interval(seen([0.5], [0.5], [100]), np.array([np.nan]))
    assert np.isnan(low[0])


def test_nine_of_ten_groups_of_the_next_quarter_lie_within_where_levels_move_slowly():
    luck = np.random.default_rng(5)
    held = []
    for level in luck.normal(0.0, 0.15, 40):
        low_high = grouped(*quarter(luck, level))
        after = grouped(*quarter(luck, level + luck.normal(0.0, 0.05)))
        low, high = share_interval(low_high, after.predicted)
        held.append(np.mean((low <= after.observed) & (after.observed <= high)))
    assert np.mean(held) >= 0.9
