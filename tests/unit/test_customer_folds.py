"""Validation across customers: who is in which fold, who judges whom, and what a curve may look at."""

from dataclasses import replace

import numpy as np
import pytest

from models.domain.errors import NotEnoughHistory
from models.domain.vocabulary import ModelUsed
from models.evaluation.churn_folds import as_table, backtest_final_fold, backtest_folds
from models.evaluation.folds import FOLDS, CustomerFolds, plan_from_json, why_unjudged
from models.features.frame import FeatureFrame
from models.learned.calibration import logit
from models.learned.customer_folds import fold_of
from models.learned.explanations import explain
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ChurnSettings
from models.learned.training.churn import fit_churn

PLAN = CustomerFolds(as_of=1_000_000, horizon_days=30)
SETTINGS = ChurnSettings(
    horizon_days=30,
    booster=BoosterSettings(
        trees=20, leaves=5, rate=0.1, ridge=10.0, column_share=1.0, row_share=0.7, min_rows_leaf=20
    ),
    seeds=1,
    boosted_weight=0.5,
    logistic_ridge=1.0,
    max_training_rows=10_000,
    min_rows_boosted=300,
    min_rows_logistic=100,
)


def people(size, seed=1):
    """Customers of whom two attributes tell who leaves, with one column by which each can be told apart."""
    random = np.random.default_rng(seed)
    values = random.normal(0, 1, (size, 3)).astype(np.float32)
    churned = (random.random(size) < 1 / (1 + np.exp(-values[:, 0] + values[:, 1]))).astype(float)
    names = ("attribute_tenure", "attribute_contract=monthly", "attribute_noise")
    ids = np.array([f"c{number:05d}" for number in range(size)], dtype=object)
    frame = FeatureFrame(names, values, ids, np.full(size, PLAN.as_of))
    return LabelledRows(frame, churned, np.full(size, np.nan))


def backtests(rows):
    return backtest_folds(rows, PLAN, SETTINGS, lambda items, _: items)


@pytest.fixture(scope="module")
def rows():
    return people(800)


@pytest.fixture(scope="module")
def judged(rows):
    return backtests(rows)


def test_a_customer_is_in_the_same_fold_whoever_else_is_there():
    ids = np.array(["a", "b", "c"], dtype=object)
    assert fold_of(ids, FOLDS)[1] == fold_of(ids[1:2], FOLDS)[0]


def test_a_fold_stays_what_it_was_in_earlier_runs():
    assert fold_of(np.array(["C000001", "C000002", "شناسه"], dtype=object), FOLDS).tolist() == [2, 3, 3]


def test_folds_are_of_about_one_size():
    sizes = np.bincount(fold_of(np.array([f"row-{n}" for n in range(5000)], dtype=object), FOLDS))[1:]
    assert 900 < sizes.min() <= sizes.max() < 1100


def test_every_customer_is_judged_once(rows, judged):
    ids = sorted(name for one in judged for name in one.customer_id)
    assert ids == sorted(rows.frame.customer_id)


def test_the_final_fold_comes_last(judged):
    assert [one.fold for one in judged] == [1, 2, 3, 4, PLAN.final]


def turned_round(rows, number):
    """The same customers with the outcomes of one fold turned round."""
    inside = fold_of(rows.frame.customer_id, FOLDS) == number
    return replace(rows, churned=np.where(inside, 1 - rows.churned, rows.churned))


def test_the_outcomes_of_a_fold_do_not_move_its_model(rows, judged):
    np.testing.assert_array_equal(backtests(turned_round(rows, 3))[2].log_odds, judged[2].log_odds)


def test_the_outcomes_of_the_final_fold_move_nothing_that_is_said_of_it(rows, judged):
    turned = backtests(turned_round(rows, PLAN.final))
    np.testing.assert_array_equal(turned[-1].p_model, judged[-1].p_model)


def test_the_outcomes_of_the_final_fold_move_no_choice(rows, judged):
    assert backtests(turned_round(rows, PLAN.final))[0].choices == judged[0].choices


def test_a_contest_looks_at_the_final_fold_alone(rows, judged):
    alone = backtest_final_fold(rows, PLAN, SETTINGS, lambda items, _: items)
    np.testing.assert_array_equal(alone.p_model, judged[-1].p_model)


def test_a_fold_s_model_says_what_was_judged(rows, judged):
    first = rows.rows(fold_of(rows.frame.customer_id, FOLDS) == 1)
    np.testing.assert_array_equal(judged[0].model.probability(first.frame), judged[0].p_model)


def test_its_reasons_sum_to_what_it_says(rows, judged):
    first = rows.rows(fold_of(rows.frame.customer_id, FOLDS) == 1)
    told = explain(judged[0].model, first.frame).log_odds
    np.testing.assert_allclose(told, logit(judged[0].p_model), atol=1e-9)


def test_peers_stand_beside_it(judged):
    assert all(one.p_default is not None and len(one.p_logistic) for one in judged)


def test_a_table_of_backtests_has_a_row_a_customer(rows, judged):
    table = as_table(judged)
    assert (table.num_rows, table.column_names[:3]) == (len(rows), ["customer_id", "fold", "churned"])


def test_few_customers_step_down_to_the_logistic_model():
    assert {one.model.model_used for one in backtests(people(250))} == {ModelUsed.LOGISTIC_ATTRIBUTES}


def test_fewer_step_down_to_one_rate_with_numbers_in_the_reason():
    one = backtests(people(60))[0]
    assert (one.model.model_used, "fewer than 100" in one.model.reason) == (ModelUsed.COLD_START, True)


def test_hardly_any_churners_step_down_with_numbers_in_the_reason():
    rows = people(400)
    few = replace(rows, churned=np.where(np.cumsum(rows.churned) <= 5, rows.churned, 0.0))
    assert "of each outcome are needed" in backtests(few)[0].model.reason


def test_too_few_customers_are_not_dealt_into_folds():
    with pytest.raises(NotEnoughHistory, match="at least 50; given: 40"):
        backtests(people(40))


def test_why_too_few_cannot_be_judged_is_told_in_numbers():
    assert why_unjudged(np.arange(25) % 5 + 1, 5) == "25 customers have a label, fewer than 50"


def test_no_backtest_gives_a_table_without_rows(judged):
    assert as_table(()).schema == as_table(judged).schema


def test_the_plan_comes_back_from_its_file():
    assert plan_from_json(PLAN.to_json()) == PLAN


def test_the_run_says_what_such_a_validation_cannot_see():
    assert "a change between then and now is not seen" in PLAN.window_reason


def test_the_plain_model_reads_every_attribute(rows):
    model = fit_churn(rows, SETTINGS, seeds=1)
    assert {term.feature for term in model.logistic.terms} == set(rows.frame.names)


def test_an_attribute_with_gaps_gets_an_indicator(rows):
    values = rows.frame.values.copy()
    values[:80, 2] = np.nan
    model = fit_churn(replace(rows, frame=replace(rows.frame, values=values)), SETTINGS, seeds=1)
    assert ("attribute_noise", "missing") in {(term.feature, term.shape) for term in model.logistic.terms}


def test_names_that_lightgbm_refuses_do_not_stop_it(rows):
    names = ('attribute_a[1]: "x", {y}', "attribute_نوع قرارداد=ماهانه", "attribute_b")
    model = fit_churn(replace(rows, frame=replace(rows.frame, names=names)), SETTINGS, seeds=1)
    assert (model.model_used, model.feature_names) == (ModelUsed.BLEND, names)
