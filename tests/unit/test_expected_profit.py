"""The expected maximum profit of a ranking, against what can be worked out by hand."""

import numpy as np
import pytest

from models.evaluation.expected_profit import Campaign, expected_maximum_profit

RANDOM = np.random.default_rng(11)
LEFT = (RANDOM.random(4000) < 0.2).astype(float)


def simpson_mean(of):
    """E of a function of γ ~ Beta(6, 14), by Simpson's rule."""
    chance = np.linspace(0, 1, 20_001)
    weight = np.ones(20_001)
    weight[1:-1:2], weight[2:-1:2] = 4, 2
    density = weight * chance**5 * (1 - chance) ** 13
    return float((density * of(chance)).sum() / density.sum())


def test_a_perfect_ranking_contacts_leavers_alone():
    found = expected_maximum_profit(LEFT, LEFT)
    earned = simpson_mean(lambda chance: np.maximum(0, chance * 190 - 1))
    assert found.per_customer == pytest.approx(LEFT.mean() * earned, rel=1e-6)
    assert found.share == pytest.approx(LEFT.mean(), rel=1e-3)


def test_a_score_that_says_nothing_leaves_all_or_nobody_to_contact():
    found = expected_maximum_profit(np.full(4000, 0.5), LEFT)
    share = LEFT.mean()
    earned = simpson_mean(lambda chance: np.maximum(0, share * (chance * 190 - 1) - (1 - share) * 11))
    assert found.per_customer == pytest.approx(earned, rel=1e-5)


def test_where_no_offer_pays_nothing_is_earned_and_nobody_contacted():
    found = expected_maximum_profit(RANDOM.random(4000), LEFT, Campaign(value=10, incentive=10))
    assert (found.per_customer, found.share) == (0.0, 0.0)


def test_a_better_ranking_earns_more():
    close, far = (LEFT + spread * RANDOM.normal(size=4000) for spread in (0.5, 2.0))
    assert expected_maximum_profit(close, LEFT).per_customer > expected_maximum_profit(far, LEFT).per_customer


def test_only_the_order_of_scores_matters():
    score = LEFT + RANDOM.normal(size=4000)
    assert expected_maximum_profit(score, LEFT) == expected_maximum_profit(np.exp(score), LEFT)


def test_the_hull_finds_the_best_of_all_thresholds():
    score = np.round(LEFT + RANDOM.normal(size=4000), 1)
    campaign = Campaign(taken=6_000, refused=14_000)  # γ is nearly .3
    earned = [
        LEFT[score >= at].sum() * (0.3 * 190 - 1) - (1 - LEFT[score >= at]).sum() * 11
        for at in np.unique(score)
    ]
    assert expected_maximum_profit(score, LEFT, campaign).per_customer == pytest.approx(
        max(earned) / 4000, rel=2e-3
    )
