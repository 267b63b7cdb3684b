"""Logistic RFM: terms, missing values, and what is fitted."""

import numpy as np
import pytest

from models.features.frame import FeatureFrame
from models.learned.logistic import LogisticModel, Shape, Term
from models.learned.training.logistic import fit_logistic


def frame_of(**columns):
    values = np.column_stack([np.asarray(column, dtype=np.float32) for column in columns.values()])
    ids = np.array([f"c{number}" for number in range(len(values))], dtype=object)
    return FeatureFrame(tuple(columns), values, ids, np.zeros(len(values), dtype=np.int64))


@pytest.fixture(scope="module")
def fitted():
    random = np.random.default_rng(0)
    recency = random.exponential(60, 3000)
    gap = np.where(random.random(3000) < 0.3, np.nan, random.exponential(30, 3000))
    frame = frame_of(recency_days=recency, gap_mean_days=gap, orders_all=random.integers(1, 9, 3000))
    churned = (random.random(3000) < 1 / (1 + np.exp(-(np.log1p(recency) - 4)))).astype(float)
    return fit_logistic(frame, churned, ridge=1.0), frame, churned


def test_a_log_term_is_the_log_of_one_more():
    assert Term("recency_days", Shape.LOG).values(frame_of(recency_days=[np.e - 1]))[0] == pytest.approx(1.0)


def test_a_hinge_is_flat_before_its_knot():
    assert Term("recency_days", Shape.HINGE, knot=2.0).values(frame_of(recency_days=[1.0]))[0] == 0.0


def test_a_missing_value_contributes_nothing():
    model = LogisticModel((Term("recency_days", Shape.LOG),), (3.0,), (0.7,), base=-1.0)
    assert model.log_odds(frame_of(recency_days=[np.nan]))[0] == -1.0


def test_a_feature_often_missing_gets_an_indicator(fitted):
    assert Term("gap_mean_days", Shape.MISSING) in fitted[0].terms


def test_contributions_and_base_sum_to_the_log_odds(fitted):
    model, frame, _ = fitted
    np.testing.assert_allclose(
        model.base + model.contributions(frame).sum(axis=1), model.log_odds(frame), atol=1e-12
    )


def test_long_silence_raises_the_risk(fitted):
    model = fitted[0]
    odds = model.log_odds(
        frame_of(recency_days=[5.0, 200.0], gap_mean_days=[30.0, 30.0], orders_all=[3.0, 3.0])
    )
    assert odds[1] > odds[0]


def test_the_mean_probability_is_the_share_that_churned(fitted):
    model, frame, churned = fitted
    p = 1 / (1 + np.exp(-model.log_odds(frame)))
    assert p.mean() == pytest.approx(churned.mean(), abs=1e-4)


def test_without_any_rfm_feature_the_rate_alone_is_learned():
    model = fit_logistic(frame_of(noise=[1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, 0.0, 0.0]), ridge=1.0)
    assert model.base == pytest.approx(np.log(1 / 3))


def test_json_brings_the_same_model_back(fitted):
    assert LogisticModel.from_json(fitted[0].to_json()) == fitted[0]
