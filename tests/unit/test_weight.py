"""How much boosted trees count: only what helps at every closed backtest moves the weight."""

import numpy as np
import pytest

from models.learned.churn import blended
from models.learned.training.weight import Halves, choose, choose_weight

NOISE = 3.0


def halves(seed, *, right="boosted", size=4000):
    """One half says what is so, the other says noise."""
    random = np.random.default_rng(seed)
    truth, noise = random.normal(size=size), NOISE * random.normal(size=size)
    churned = (random.random(size) < 1 / (1 + np.exp(-truth))).astype(float)
    return Halves(truth, noise, churned) if right == "boosted" else Halves(noise, truth, churned)


def alone(seed):
    one = halves(seed)
    return Halves(None, one.logistic, one.churned)


@pytest.mark.parametrize(("right", "weight"), [("boosted", 1.0), ("logistic", 0.0)])
def test_the_weight_goes_to_whichever_half_was_right(right, weight):
    assert choose_weight([halves(seed, right=right) for seed in range(3)], 0.5).value == weight


def test_a_weight_that_helps_says_beside_which():
    chosen = choose_weight([halves(seed, right="boosted") for seed in range(3)], 0.5)
    assert chosen.reason == "1: lower log-loss than 0.5, at each of 3 closed backtests"


def test_a_weight_that_helped_once_only_is_not_chosen():
    history = [halves(0, right="boosted"), halves(1, right="logistic")]
    assert choose_weight(history, 0.5).value == 0.5


def test_one_backtest_moves_nothing_and_says_so():
    chosen = choose_weight([halves(0)], 0.5)
    assert (chosen.value, chosen.reason) == (0.5, "0.5 as set: 1 closed backtest(s), weighing takes 2")


def test_backtests_without_boosters_say_nothing_of_their_weight():
    assert choose_weight([alone(0), halves(1), alone(2)], 0.5).value == 0.5


def test_a_weight_that_must_not_be_moved_stays():
    choices = choose([halves(seed) for seed in range(3)], 0.25, weigh=False)
    assert (choices.weight.value, choices.weight.reason) == (0.25, "0.25: as set")


def test_the_weight_set_is_a_candidate_beside_the_five():
    assert "0.4" in choose_weight([halves(0), halves(1)], 0.4).log_loss


def test_the_curve_is_chosen_for_the_blend_with_the_chosen_weight():
    history = [halves(seed) for seed in range(3)]
    choices = choose(history, 0.5, weigh=True)
    assert choices.calibration.brier["identity"] == pytest.approx(
        np.mean([np.mean((1 / (1 + np.exp(-one.boosted)) - one.churned) ** 2) for one in history[1:]]),
        rel=1e-9,
    )


def test_without_boosters_the_blend_is_the_logistic_model():
    np.testing.assert_array_equal(blended(None, np.array([0.5, 1.0]), 0.7), [0.5, 1.0])
