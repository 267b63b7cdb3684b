"""What a customer is worth: totals, fallbacks and rounding."""

import numpy as np
import pytest

from models.domain.errors import Leakage
from models.features.frame import FeatureFrame
from models.features.looked_up import EXPECTED_AMOUNT, EXPECTED_DAYS, SILENCE
from models.learned.amounts_to_expect import Start
from models.learned.lifetime_value import floored
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ValueSettings
from models.learned.training.lifetime_value import fit_margin, fit_value

SETTINGS = ValueSettings(
    annual_discount_rate=0.1,
    margin_share=None,
    booster=BoosterSettings(
        trees=20, leaves=5, rate=0.06, ridge=10.0, column_share=0.6, row_share=0.7, min_rows_leaf=30
    ),
    logistic_ridge=1.0,
    max_training_rows=1000,
    shrink_rows=100,
)


def rows_of(size, seed=0):
    random = np.random.default_rng(seed)
    spend = np.exp(random.normal(8, 1, size))
    churned = (random.random(size) < 0.4).astype(float)
    margin = np.where(random.random(size) < 0.7, spend * np.exp(random.normal(-1, 0.5, size)), 0.0)
    margin[random.random(size) < 0.05] = -500.0
    margin = np.floor(margin * np.where(churned == 1, 0.1, 1.0))
    values = np.column_stack([spend, spend / 3, random.exponential(50, size)]).astype(np.float32)
    ids = np.array([f"c{number}" for number in range(size)], dtype=object)
    names = ("spend_365", "mean_order_amount", "recency_days")
    return LabelledRows(FeatureFrame(names, values, ids, np.zeros(size, dtype=np.int64)), churned, margin)


@pytest.fixture(scope="module")
def rows():
    return rows_of(3000)


@pytest.fixture(scope="module")
def model(rows):
    return fit_value(rows, SETTINGS)


@pytest.mark.parametrize("group", ["retained", "lost"])
def test_the_training_total_of_each_group_comes_out_exact(rows, model, group):
    own = rows.rows(rows.churned == (group == "lost"))
    assert getattr(model, group).expected(own.frame).sum() == pytest.approx(own.margin.sum())


def test_margins_below_zero_are_in_the_total(rows):
    assert fit_margin(rows, SETTINGS, staying=True).mean_minor == pytest.approx(rows.margin.mean())


def test_spending_more_is_worth_more(rows, model):
    m1 = model.retained.expected(rows.frame)
    assert np.corrcoef(np.log(rows.frame.column("spend_365")), np.log(m1))[0, 1] > 0.9


def test_lifetime_value_lies_between_lost_and_retained(rows, model):
    estimate = model.estimate(rows.frame, np.full(len(rows), 0.25))
    np.testing.assert_allclose(estimate.lifetime, 0.75 * estimate.retained + 0.25 * estimate.lost)


def test_the_stake_is_what_keeping_makes_of_losing(rows, model):
    estimate = model.estimate(rows.frame, np.full(len(rows), 0.25))
    np.testing.assert_array_equal(estimate.stake, estimate.retained - estimate.lost)


def test_few_rows_are_worth_their_mean():
    few = rows_of(60)
    np.testing.assert_allclose(
        fit_margin(few, SETTINGS, staying=True).expected(few.frame), max(few.margin.mean(), 0.0)
    )


def test_no_rows_are_worth_nothing(rows):
    nobody = rows.rows(np.zeros(len(rows), dtype=bool))
    assert fit_margin(nobody, SETTINGS, staying=True).expected(rows.frame).sum() == 0.0


def test_a_customer_without_figures_still_has_a_value(rows, model):
    frame = rows.frame.rows(np.array([0]))
    empty = FeatureFrame(frame.names, np.full((1, 3), np.nan, np.float32), frame.customer_id, frame.snapshot)
    assert np.isfinite(model.retained.expected(empty)[0])


def test_whoever_hardly_ever_buys_again_is_not_lifted_to_the_mean_of_all():
    random = np.random.default_rng(3)
    recency = random.choice([10.0, 900.0], 2000).astype(np.float32)
    margin = np.where(recency < 500, 5_000.0, np.where(random.random(2000) < 0.02, 5_000.0, 0.0))
    ids = np.arange(2000).astype(str).astype(object)
    frame = FeatureFrame(("recency_days",), recency[:, None], ids, np.zeros(2000, np.int64))
    model = fit_margin(LabelledRows(frame, np.zeros(2000), margin), SETTINGS, staying=True)
    dormant = recency > 500
    assert model.expected(frame)[dormant].sum() == pytest.approx(margin[dormant].sum(), rel=0.25)


def test_half_of_a_difference_in_spending_comes_again_where_margins_say_so():
    rows = rows_of(3000)
    halved = np.sqrt(rows.frame.column("spend_365").astype(np.float64))
    slope = fit_margin(LabelledRows(rows.frame, rows.churned, halved), SETTINGS, staying=True).slope
    assert slope == pytest.approx(0.5, abs=0.01)


def test_what_rhythm_expects_counts_as_it_stands():
    rows = rows_of(3000)
    frame = rows.frame
    rhythm = np.column_stack([np.zeros(3000), np.full(3000, 2.0), frame.column("mean_order_amount")])
    told = FeatureFrame(
        (*frame.names, SILENCE, EXPECTED_DAYS, EXPECTED_AMOUNT),
        np.hstack([frame.values, rhythm.astype(np.float32)]),
        frame.customer_id,
        frame.snapshot,
    )
    halved = np.sqrt(frame.column("spend_365").astype(np.float64))
    model = fit_margin(LabelledRows(told, rows.churned, halved), SETTINGS, staying=True)
    assert (model.start, model.slope) == (Start.EXPECTED_IF_STAYING, 1.0)


def test_an_open_window_is_no_training_row(rows):
    unclosed = LabelledRows(rows.frame, rows.churned, np.full(len(rows), np.nan))
    with pytest.raises(Leakage):
        fit_value(unclosed, SETTINGS)


@pytest.mark.parametrize(("amount", "minor"), [(9.99, 9), (0.0, 0), (-0.5, -1)])
def test_money_is_rounded_down(amount, minor):
    assert floored(np.array([amount]))[0] == minor
