"""Prediction from the shared library against lightgbm's own."""

from concurrent.futures import ThreadPoolExecutor

import lightgbm as lgb
import numpy as np
import pytest

from models.domain.errors import DamagedRelease
from models.learned.booster import Booster


@pytest.fixture(scope="module")
def trained():
    random = np.random.default_rng(3)
    values = random.normal(size=(800, 6)).astype(np.float32)
    values[random.random(values.shape) < 0.1] = np.nan
    outcome = (np.nan_to_num(values[:, 0]) + random.normal(size=800) > 0).astype(float)
    parameters = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1}
    return lgb.train(parameters, lgb.Dataset(values, outcome), 20), values


def test_raw_scores_are_those_of_lightgbm_to_the_bit(trained):
    theirs, values = trained
    ours = Booster(theirs.model_to_string())
    np.testing.assert_array_equal(ours.raw(values), theirs.predict(values, raw_score=True, num_threads=1))


def test_contributions_are_those_of_lightgbm(trained):
    theirs, values = trained
    ours = Booster(theirs.model_to_string())
    np.testing.assert_allclose(
        ours.contributions(values),
        theirs.predict(values, pred_contrib=True, num_threads=1),
        rtol=0,
        atol=1e-13,
    )


def test_contributions_sum_to_the_raw_score(trained):
    theirs, values = trained
    ours = Booster(theirs.model_to_string())
    np.testing.assert_allclose(ours.contributions(values).sum(axis=1), ours.raw(values), atol=1e-12)


def test_one_customer_is_predicted_as_in_a_crowd(trained):
    theirs, values = trained
    ours = Booster(theirs.model_to_string())
    alone = np.concatenate([ours.raw(values[row : row + 1]) for row in range(len(values))])
    np.testing.assert_array_equal(alone, ours.raw(values))


def test_threads_that_predict_at_once_do_not_mix_their_customers(trained):
    theirs, values = trained
    ours = Booster(theirs.model_to_string())
    ones = [values[row : row + 1] for row in range(len(values))] * 5
    with ThreadPoolExecutor(4) as threads:
        alone = np.concatenate(list(threads.map(ours.raw, ones)))
    np.testing.assert_array_equal(alone, np.tile(ours.raw(values), 5))


def test_no_customer_gives_no_score(trained):
    theirs, values = trained
    assert Booster(theirs.model_to_string()).raw(values[:0]).shape == (0,)


def test_a_matrix_of_the_wrong_width_is_refused(trained):
    theirs, values = trained
    with pytest.raises(ValueError, match="reads 6 features"):
        Booster(theirs.model_to_string()).raw(values[:, :4])


def test_a_text_that_is_no_model_is_refused():
    with pytest.raises(DamagedRelease):
        Booster("not a model")
