"""Metrics against hand-worked numbers and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from models.evaluation import metrics
from models.evaluation.rounding import rounded


@pytest.fixture(scope="module")
def predictions():
    random = np.random.default_rng(1)
    p = np.round(random.uniform(0.02, 0.98, 2000), 2)  # rounded, so that there are ties
    return p, (random.random(2000) < p).astype(float)


def test_log_loss_is_that_of_sklearn(predictions):
    p, y = predictions
    assert metrics.log_loss(p, y) == pytest.approx(sklearn_log_loss(y, p))


def test_brier_is_that_of_sklearn(predictions):
    p, y = predictions
    assert metrics.brier(p, y) == pytest.approx(brier_score_loss(y, p))


def test_auc_with_ties_is_that_of_sklearn(predictions):
    p, y = predictions
    assert metrics.auc(p, y) == pytest.approx(roc_auc_score(y, p))


def test_auc_of_one_outcome_is_no_number():
    assert np.isnan(metrics.auc(np.array([0.1, 0.2]), np.ones(2)))


def test_ece_worked_by_hand():
    # two bins: said .1, .2 and none left: |.3 − 0|; said .8, .9 and one left: |1.7 − 1|; ÷ 4
    p, y = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 0.0])
    assert metrics.ece(p, y, bins=2) == pytest.approx(0.25)


def test_a_perfectly_calibrated_model_lies_within_the_noise(predictions):
    p, y = predictions
    assert metrics.ece(p, y) <= metrics.ece_noise(p, seed=0)[1]


def test_an_overconfident_model_lies_beyond_the_noise(predictions):
    p, y = predictions
    sharper = p**3 / (p**3 + (1 - p) ** 3)
    assert metrics.ece(sharper, y) > metrics.ece_noise(sharper, seed=0)[1]


def test_noise_shrinks_with_the_number_of_customers(predictions):
    p, _ = predictions
    assert metrics.ece_noise(np.tile(p, 10), seed=0)[0] < metrics.ece_noise(p, seed=0)[0] / 2


def test_the_same_seed_gives_the_same_noise(predictions):
    assert metrics.ece_noise(predictions[0], seed=4) == metrics.ece_noise(predictions[0], seed=4)


@pytest.mark.parametrize(
    ("predicted", "expected"), [([1.0, 2.0, 3.0], 1.0), ([3.0, 2.0, 1.0], -1.0), ([5.0, 5.0, 5.0], 0.0)]
)
def test_normalised_gini_of_right_wrong_and_no_ranking(predicted, expected):
    actual = np.array([0.0, 1.0, 5.0])
    assert metrics.normalised_gini(np.array(predicted), actual) == pytest.approx(expected)


def test_bias_above_1_is_too_high():
    assert metrics.bias(np.array([6.0, 6.0]), np.array([5.0, 5.0])) == pytest.approx(1.2)


def test_decile_mape_weighs_deciles_by_their_money():
    actual = np.array([*[0.0] * 9, 100.0])
    predicted = np.array([*np.linspace(0.0, 0.8, 9), 90.0])
    assert metrics.decile_mape(predicted, actual) == pytest.approx((10.0 + 3.6) / 100.0)


def test_top_decile_capture_is_the_share_of_the_predicted_best():
    actual = np.arange(10.0)
    assert metrics.top_decile_capture(actual, actual) == pytest.approx(9 / 45)


def test_published_figures_have_six_digits_and_no_nan():
    assert rounded({"a": [1 / 3, float("nan")], "b": 2}) == {"a": [0.333333, None], "b": 2}
