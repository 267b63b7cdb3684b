"""Stepping down where rows are few, and refusing rows whose window is open."""

from dataclasses import replace

import numpy as np
import pytest

from models.domain.errors import DamagedRelease, Leakage, NotEnoughHistory
from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE
from models.learned.explanations import family_parts, reasons
from models.learned.rhythm import with_columns
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ChurnSettings, Offset
from models.learned.training.churn import fit_churn, training_sample, unfitted

SETTINGS = ChurnSettings(
    horizon_days=90,
    booster=BoosterSettings(
        trees=10, leaves=5, rate=0.06, ridge=10.0, column_share=0.5, row_share=0.7, min_rows_leaf=20
    ),
    seeds=2,
    boosted_weight=0.5,
    logistic_ridge=1.0,
    max_training_rows=200,
    min_rows_boosted=300,
    min_rows_logistic=100,
)


def rows_of(size, churned=None):
    random = np.random.default_rng(1)
    values = random.exponential(50, (size, 2)).astype(np.float32)
    ids = np.array([f"c{number}" for number in range(size)], dtype=object)
    frame = FeatureFrame(("recency_days", "orders_all"), values, ids, np.zeros(size, dtype=np.int64))
    outcome = (random.random(size) < 0.4).astype(float) if churned is None else np.full(size, churned)
    return LabelledRows(frame, outcome, np.full(size, np.nan))


@pytest.mark.parametrize(
    ("rows", "used"),
    [
        (rows_of(99), ModelUsed.COLD_START),
        (rows_of(100), ModelUsed.LOGISTIC),
        (rows_of(299), ModelUsed.LOGISTIC),
        (rows_of(300), ModelUsed.BLEND),
        (rows_of(400, churned=1.0), ModelUsed.COLD_START),
    ],
)
def test_the_model_steps_down_with_the_rows(rows, used):
    assert fit_churn(rows, SETTINGS, seeds=1).model_used is used


def test_a_fallback_says_why():
    assert "fewer than 300" in fit_churn(rows_of(150), SETTINGS, seeds=1).reason


def test_a_cold_start_tells_everyone_the_same_rate():
    rows = rows_of(50)
    assert len(np.unique(fit_churn(rows, SETTINGS, seeds=1).probability(rows.frame))) == 1


def test_a_rate_is_never_a_certainty():
    assert fit_churn(rows_of(50, churned=1.0), SETTINGS, seeds=1).cold_start_rate < 1


def test_an_open_window_is_no_training_row():
    with pytest.raises(Leakage):
        fit_churn(rows_of(50, churned=np.nan), SETTINGS, seeds=1)


def test_boosted_trees_that_no_backtest_can_judge_are_not_grown():
    model = fit_churn(rows_of(400), SETTINGS, seeds=1, unjudged="no backtest has closed")
    assert (model.model_used, model.reason) == (ModelUsed.LOGISTIC, "no backtest has closed")


def test_a_model_without_anything_to_learn_from_says_nothing_of_anybody():
    rows = rows_of(5)
    assert np.isnan(unfitted(rows.frame.names, "no window has closed").probability(rows.frame)).all()


def test_a_model_that_says_nothing_has_no_reasons_to_tell():
    rows = rows_of(5)
    model = unfitted(rows.frame.names, "no window has closed")
    parts = family_parts(model, rows.frame, {})
    assert reasons(*parts, rows.frame, "EUR", evidence=[None] * 5) == [()] * 5


def test_no_rows_at_all_are_refused():
    with pytest.raises(NotEnoughHistory):
        fit_churn(rows_of(0), SETTINGS, seeds=1)


def test_the_same_rows_give_the_same_boosters():
    texts = [fit_churn(rows_of(400), SETTINGS, seeds=2).boosters[1].text for _ in range(2)]
    assert texts[0] == texts[1]


def test_seeds_give_different_boosters():
    boosters = fit_churn(rows_of(400), SETTINGS, seeds=2).boosters
    assert boosters[0].text != boosters[1].text


def test_a_frame_without_the_models_features_is_refused():
    model = fit_churn(rows_of(400), SETTINGS, seeds=1)
    frame = rows_of(5).frame
    with pytest.raises(DamagedRelease):
        model.probability(
            FeatureFrame(("recency_days", "other"), frame.values, frame.customer_id, frame.snapshot)
        )


def test_features_in_another_order_give_the_same_probability():
    model, frame = fit_churn(rows_of(400), SETTINGS, seeds=1), rows_of(5).frame
    turned = FeatureFrame(frame.names[::-1], frame.values[:, ::-1], frame.customer_id, frame.snapshot)
    np.testing.assert_array_equal(model.probability(turned), model.probability(frame))


def with_silence(rows, odds):
    """The rows with a column of odds of silence."""
    return replace(rows, frame=with_columns(rows.frame, (SILENCE,), np.float32(odds)[:, None]))


def based_on(odds):
    return fit_churn(with_silence(rows_of(400), odds), replace(SETTINGS, offset=Offset.BTYD), seeds=1)


def test_boosters_start_from_the_odds_of_silence():
    assert based_on(np.linspace(-2, 2, 400)).offset_feature == SILENCE


def test_the_offset_moves_the_blend_by_its_weight():
    model, frame = based_on(np.linspace(-2, 2, 400)), with_silence(rows_of(400), np.ones(400)).frame
    moved = model.raw_log_odds(frame) - replace(model, offset_feature=None).raw_log_odds(frame)
    np.testing.assert_allclose(moved, 0.5)


def test_trees_that_start_from_an_offset_are_other_trees():
    from_the_mean = fit_churn(with_silence(rows_of(400), np.linspace(-2, 2, 400)), SETTINGS, seeds=1)
    assert based_on(np.linspace(-2, 2, 400)).boosters[0].text != from_the_mean.boosters[0].text


def test_without_a_model_of_rhythm_there_is_no_offset_and_the_reason_says_so():
    model = fit_churn(rows_of(400), replace(SETTINGS, offset=Offset.BTYD), seeds=1)
    assert (model.offset_feature, "no model of rhythm" in model.reason) == (None, True)


def test_rows_older_than_the_first_model_of_rhythm_leave_no_offset():
    odds = np.zeros(400)
    odds[:7] = np.nan
    model = based_on(odds)
    assert (model.offset_feature, "7 rows are older" in model.reason) == (None, True)


def test_more_rows_than_the_most_are_drawn_from():
    assert len(training_sample(rows_of(300), SETTINGS)) == 200
