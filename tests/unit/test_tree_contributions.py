"""SHAP values from tables against LightGBM's own."""

import lightgbm as lgb
import numpy as np
import pytest

from models.domain.errors import DamagedRelease
from models.learned.booster import MANY_ROWS, Booster
from models.learned.tree_contributions import leaf_tables

CALM = {"num_threads": 1, "verbosity": -1, "min_data_in_leaf": 5}


def rows(count=1500, missing=0.1, seed=4):
    random = np.random.default_rng(seed)
    values = np.round(random.normal(size=(count, 7)), 2).astype(np.float32)
    values[:, 6] = 1.0  # says nothing
    values[:, 5] = np.maximum(values[:, 5], 0)  # mostly 0
    values[random.random(values.shape) < missing] = np.nan
    values[:, 4] = np.nan_to_num(values[:, 4])  # never missing
    return values


def trained(values, trees=25, **parameters):
    random = np.random.default_rng(5)
    known = np.nan_to_num(values)
    outcome = (
        known[:, 0] * known[:, 1] + known[:, 4] + np.isnan(values[:, 2]) + random.normal(size=len(values))
    ) > 0
    return lgb.train(
        {"objective": "binary", **CALM, **parameters}, lgb.Dataset(values, outcome.astype(float)), trees
    )


def tables_of(theirs):
    tables = leaf_tables(theirs.model_to_string())
    assert tables is not None
    return tables


@pytest.mark.parametrize("leaves", [2, 3, 8, 31])
def test_they_are_those_of_lightgbm(leaves):
    theirs, values = trained(rows(), num_leaves=leaves), rows()
    np.testing.assert_allclose(
        tables_of(theirs).contributions(values), theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-13
    )


def test_a_value_on_a_threshold_goes_the_same_way():
    theirs, values = trained(rows()), rows()
    for tree in theirs.dump_model()["tree_info"]:
        root = tree["tree_structure"]
        values[:3, root["split_feature"]] = np.float32(root["threshold"])
    np.testing.assert_allclose(
        tables_of(theirs).contributions(values), theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-13
    )


def test_a_value_missing_where_training_never_missed_one_counts_as_0():
    theirs, values = trained(rows(missing=0)), rows(missing=0.4)
    np.testing.assert_allclose(
        tables_of(theirs).contributions(values), theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-13
    )


def test_infinite_values_have_a_place():
    theirs, values = trained(rows()), rows()
    values[0], values[1] = np.inf, -np.inf
    np.testing.assert_allclose(
        tables_of(theirs).contributions(values), theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-13
    )


def test_a_regression_keeps_its_level():
    values = rows()
    theirs = lgb.train(
        {"objective": "regression", **CALM}, lgb.Dataset(values, 100 + np.nan_to_num(values[:, 0])), 10
    )
    np.testing.assert_allclose(
        tables_of(theirs).contributions(values), theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-11
    )


def test_trees_that_never_split_add_nothing_but_their_expectation():
    values = rows(200)
    theirs = lgb.train({"objective": "regression", **CALM}, lgb.Dataset(values, np.full(200, 3.0)), 2)
    parts = tables_of(theirs).contributions(values)
    np.testing.assert_allclose(parts, theirs.predict(values, pred_contrib=True), rtol=0, atol=1e-13)
    assert not parts[:, :-1].any()


def chain(leaves):
    """Trees whose every split takes a twentieth of the rows by a feature of its own, the dearest first."""
    values = np.random.default_rng(6).normal(size=(4000, 14)).astype(np.float32)
    outcome = 1.4 ** (-(values > 1.6).argmax(axis=1)) * (values > 1.6).any(axis=1)
    parameters = {"objective": "regression", **CALM, "num_leaves": leaves, "min_gain_to_split": 0}
    return lgb.train(parameters, lgb.Dataset(values, outcome), 3), values


def test_few_rows_and_many_agree_to_the_bit_on_long_paths():
    theirs, values = chain(leaves=11)
    tables = tables_of(theirs)
    assert int(np.diff(tables.first_slot).max()) > 8  # more than one byte of answers
    np.testing.assert_array_equal(
        tables.contributions_of_few(values[:300]), tables.contributions(values[:300])
    )


def test_a_path_of_very_many_features_is_left_to_lightgbm():
    theirs, values = chain(leaves=14)
    assert leaf_tables(theirs.model_to_string()) is None
    ours = Booster(theirs.model_to_string())
    np.testing.assert_array_equal(
        ours.contributions(values), theirs.predict(values, pred_contrib=True, num_threads=1)
    )


def test_categorical_splits_are_refused():
    values = rows()
    values[:, 3] = np.random.default_rng(7).integers(0, 9, len(values))
    outcome = np.isin(values[:, 3], [1, 4, 6]).astype(float)
    theirs = lgb.train(
        {"objective": "binary", **CALM}, lgb.Dataset(values, outcome, categorical_feature=[3]), 2
    )
    with pytest.raises(DamagedRelease, match="categorical"):
        leaf_tables(theirs.model_to_string())


def test_zeros_taken_for_missing_are_refused():
    theirs = trained(rows(), zero_as_missing=True)
    with pytest.raises(DamagedRelease, match="missing values"):
        leaf_tables(theirs.model_to_string())


def test_few_rows_have_a_place_for_infinity_and_for_what_was_never_missing():
    tables, values = tables_of(trained(rows(missing=0))), rows(300, missing=0.4)
    values[0], values[1] = np.inf, -np.inf
    np.testing.assert_array_equal(tables.contributions_of_few(values), tables.contributions(values))


def test_few_rows_and_many_agree_to_the_bit():
    theirs, values = trained(rows()), rows(MANY_ROWS + 200)
    ours = Booster(theirs.model_to_string())
    np.testing.assert_array_equal(ours.contributions(values)[:50], ours.contributions(values[:50]))


def test_rows_are_explained_alike_in_any_company():
    tables, values = tables_of(trained(rows())), rows()
    np.testing.assert_array_equal(
        tables.contributions(values)[130:140], tables.contributions(values[130:140])
    )
