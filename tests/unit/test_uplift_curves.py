"""Qini against the definition of scikit-uplift, the area under the uplift curve, the share of the effect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.uplift_curves import auuc, qini, share_of_effect
from tests.oracles.qini_oracle import qini_oracle


@given(st.integers(0, 2**32 - 1), st.integers(3, 12))
def test_qini_is_that_of_the_oracle_also_where_scores_are_equal(seed, levels):
    random = np.random.default_rng(seed)
    treated = random.random(60) < 0.5
    score = random.integers(levels, size=60).astype(float)
    outcome = (random.random(60) < 0.3 + 0.3 * treated * (score > 2)).astype(float)
    outcome[:2], treated[:2] = 1.0, [True, False]  # somebody bought on both sides
    expected = qini_oracle(outcome.tolist(), score.tolist(), treated.astype(int).tolist())
    assert qini(outcome, score, treated) == pytest.approx(expected)


def test_the_same_weight_for_everybody_changes_no_qini():
    random = np.random.default_rng(3)
    treated, score = random.random(500) < 0.5, random.random(500)
    outcome = (random.random(500) < 0.4).astype(float)
    whole = qini(outcome, score, treated)
    assert qini(outcome, score, treated, np.full(500, 7.0)) == pytest.approx(whole)


def test_a_score_that_tells_nobody_apart_has_no_qini():
    treated = np.arange(100) % 2 == 0
    outcome = (np.arange(100) % 4 == 0).astype(float)
    assert qini(outcome, np.ones(100), treated) == pytest.approx(0)


def test_the_area_is_half_the_effect_where_nobody_is_told_apart():
    treated = np.arange(100) % 2 == 0
    assert auuc(treated.astype(float), np.ones(100), treated) == pytest.approx(0.5)


def test_the_share_counts_those_of_equal_score_alike():
    added = np.array([4.0, 2.0, 2.0, 0.0])
    assert share_of_effect(added, np.array([9.0, 1.0, 1.0, 1.0]), 0.5) == pytest.approx((4 + 4 / 3) / 8)
