"""Value across customers: models that did not see a fold, and a bound that time has not taught."""

import numpy as np
import pytest

from models.evaluation.folds import FOLDS, CustomerFolds
from models.evaluation.value_folds import as_table, backtest_value_folds, bound_of
from models.features.frame import FeatureFrame
from models.learned.bounds import LowerBound
from models.learned.customer_folds import fold_of
from models.learned.lifetime_value import unknown_value
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ValueSettings
from models.learned.training.bounds import ASSUMED_DEVIATION, bound_across_customers

PLAN = CustomerFolds(as_of=1_000_000, horizon_days=30)
SETTINGS = ValueSettings(
    annual_discount_rate=0.1,
    margin_share=None,
    booster=BoosterSettings(
        trees=30, leaves=5, rate=0.1, ridge=5.0, column_share=1.0, row_share=0.7, min_rows_leaf=20
    ),
    logistic_ridge=1.0,
    max_training_rows=5_000,
    shrink_rows=50,
)
P = 0.25


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(3)
    size = 1_500
    level = random.normal(0, 1, size)
    churned = (random.random(size) < P).astype(float)
    margin = np.where(churned == 1, 0.0, np.round(np.exp(7 + 0.6 * level + random.normal(0, 0.3, size))))
    ids = np.array([f"c{number:05d}" for number in range(size)], dtype=object)
    frame = FeatureFrame(
        ("attribute_level",), level[:, None].astype(np.float32), ids, np.full(size, PLAN.as_of)
    )
    return LabelledRows(frame, churned, margin)


@pytest.fixture(scope="module")
def judged(rows):
    p = np.full(len(rows), P)
    return backtest_value_folds(rows, PLAN, p, settings=SETTINGS, track=lambda items, _: items)


def test_every_customer_is_judged_once(rows, judged):
    assert sorted(name for one in judged for name in one.customer_id) == sorted(rows.frame.customer_id)


def test_a_fold_s_model_says_what_was_judged(rows, judged):
    first = rows.rows(fold_of(rows.frame.customer_id, FOLDS) == 1)
    told = judged[0].model.estimate(first.frame, np.full(len(first), P))
    np.testing.assert_array_equal(told.lifetime, judged[0].estimate.lifetime)


def test_attributes_rank_what_customers_bring(judged):
    together = [np.concatenate([getattr(one.estimate, "retained") for one in judged])]  # noqa: B009
    actual = np.concatenate([one.actual for one in judged])
    stayed = actual > 0
    assert np.corrcoef(together[0][stayed], actual[stayed])[0, 1] > 0.6


def test_the_bound_assumes_its_deviation(judged):
    bound = bound_of(judged)
    assert (bound.deviation, bound.freedom, 0.3 < bound.k_lo < 0.75) == (ASSUMED_DEVIATION, 2.0, True)


def test_a_total_that_was_promised_and_not_met_lowers_the_bound():
    predicted = np.full(100, 100.0)
    met, missed = (bound_across_customers(predicted, predicted * share).k_lo for share in (1.0, 0.5))
    assert missed == pytest.approx(met / 2)


def test_nothing_is_spendable_where_nothing_was_brought():
    assert bound_across_customers(np.full(100, 5.0), np.zeros(100)).k_lo == 0.0


def test_the_bound_comes_back_from_its_file(judged):
    bound = bound_of(judged)
    assert LowerBound.from_json(bound.to_json()) == bound


def test_no_backtest_gives_a_table_without_rows():
    assert (as_table(()).num_rows, "fold" in as_table(()).column_names) == (0, True)


def test_unknown_value_is_no_value_with_its_reason(rows):
    model = unknown_value(rows.frame.names, "no column says it")
    worth = model.estimate(rows.frame, np.full(len(rows), P))
    assert (worth.stake.any(), worth.lifetime.any(), model.lost.reason) == (False, False, "no column says it")
