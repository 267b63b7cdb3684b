"""What a campaign earned beyond what its customers would have brought without it."""

import numpy as np
import pytest

from models.evaluation.campaign_profit import incremental


def test_equal_chances_give_the_difference_of_means_for_everybody_treated():
    brought = np.array([10.0, 12.0, 8.0, 4.0, 6.0, 5.0])
    control = np.array([False] * 3 + [True] * 3)
    assert incremental(brought, control, np.full(6, 0.5)).value == pytest.approx(3 * (10 - 5))


def test_controls_count_by_how_rare_they_were():
    brought, control = np.array([9.0, 2.0, 8.0]), np.array([False, True, True])
    found = incremental(brought, control, np.array([0.5, 0.25, 0.5]))
    assert found.value == pytest.approx(19 - 3 * (4 * 2 + 2 * 8) / 6)


def test_the_interval_holds_as_often_as_it_says():
    held = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        worth = random.exponential(100, 400)
        chance = np.where(worth > 100, 0.7, 0.3)
        treated = random.random(400) < chance
        found = incremental(worth + 20 * treated, ~treated, np.where(treated, chance, 1 - chance))
        held += found.low <= 20 * treated.sum() <= found.high
    assert 250 <= held <= 292
