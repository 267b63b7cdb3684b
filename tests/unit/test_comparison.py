"""Better, tie or worse."""

import numpy as np
import pytest

from models.evaluation.comparison import Verdict, auc_terms, bootstrap_mean, compare_auc, compare_log_loss
from models.evaluation.metrics import auc

N = 3000


@pytest.fixture(scope="module")
def world():
    random = np.random.default_rng(2)
    p = random.uniform(0.05, 0.95, N)
    return p, (random.random(N) < p).astype(float), np.arange(N), random


def test_a_model_ties_with_itself(world):
    p, y, customer, _ = world
    assert compare_log_loss(p, p, y, customer, seed=0).verdict is Verdict.TIE


@pytest.mark.parametrize("compare", [compare_log_loss, compare_auc])
def test_the_truth_is_better_than_a_blurred_truth(world, compare):
    p, y, customer, random = world
    blurred = np.clip(p + random.normal(0, 0.3, N), 0.05, 0.95)
    assert compare(p, blurred, y, customer, seed=0).verdict is Verdict.BETTER


@pytest.mark.parametrize("compare", [compare_log_loss, compare_auc])
def test_a_blurred_truth_is_worse_than_the_truth(world, compare):
    p, y, customer, random = world
    blurred = np.clip(p + random.normal(0, 0.3, N), 0.05, 0.95)
    assert compare(blurred, p, y, customer, seed=0).verdict is Verdict.WORSE


def test_auc_terms_average_to_the_auc(world):
    p, y, _, _ = world
    ties = np.round(p, 1)
    assert auc_terms(ties, y).mean() == pytest.approx(auc(ties, y))


def test_rows_of_one_customer_are_no_independent_evidence():
    random = np.random.default_rng(0)
    gains = np.repeat(random.normal(size=200), 10)
    together = bootstrap_mean(gains, np.repeat(np.arange(200), 10), seed=0)
    apart = bootstrap_mean(gains, np.arange(2000), seed=0)
    assert together.high - together.low > 2 * (apart.high - apart.low)
