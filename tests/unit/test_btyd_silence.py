"""What Pareto/NBD and BG/NBD foretell: silence, life and purchases, against formulas in many digits."""

import ast
import inspect

import numpy as np
import pytest

from models.learned.btyd import bg_nbd, fitted, gamma_gamma, histories, pareto_nbd, quadrature
from models.learned.btyd.bg_nbd import BGNBD
from models.learned.btyd.histories import PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from tests.oracles import btyd_oracle

CDNOW = ParetoNBD(0.553, 10.578, 0.606, 11.669)  # as published, in weeks
CDNOW_BG = BGNBD(0.243, 4.414, 0.793, 2.426)
BOTH = [CDNOW, CDNOW_BG]


def one(repeats, active, age):
    return PurchaseHistories(np.array([float(repeats)]), np.array([float(active)]), np.array([float(age)]))


def probability(log_odds):
    return 1.0 / (1.0 + np.exp(-log_odds))


def cases(count, seed):
    """(two shapes, two scales, x, t_x, T, horizon) from small to large."""
    random = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        shapes, scales = np.exp(random.uniform(-3.0, 3.0, 2)), np.exp(random.uniform(-1.0, 6.0, 2))
        repeats = int(random.choice([0, 0, 1, 2, 5, 20, 60, 150]))
        active = float(round(repeats * np.exp(random.uniform(0.0, 3.0))))
        age, horizon = active + random.integers(0, 400), float(random.choice([1, 7, 30, 90, 365]))
        # Elsewhere the published series takes ten thousands of terms; the integral takes no more than here.
        if min(scales) + active > 0.05 * (max(scales) + active) and horizon < 15 * (scales[0] + age):
            found.append((*map(float, shapes), *map(float, scales), repeats, active, float(age), horizon))
    return found


@pytest.mark.parametrize("case", cases(40, seed=1))
def test_the_odds_of_silence_are_those_of_the_published_pareto_nbd(case):
    r, s, alpha, beta, *history, horizon = case
    expected = btyd_oracle.pareto_nbd_silence((r, alpha, s, beta), *history, horizon)[0]
    found = ParetoNBD(r, alpha, s, beta).log_odds_of_silence(one(*history), horizon)
    assert found[0] == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("case", cases(12, seed=2))
def test_life_is_that_of_the_published_pareto_nbd(case):
    r, s, alpha, beta, *history, horizon = case
    expected = btyd_oracle.pareto_nbd_silence((r, alpha, s, beta), *history, horizon)[1]
    assert ParetoNBD(r, alpha, s, beta).probability_alive(one(*history))[0] == pytest.approx(
        expected, rel=1e-10
    )


@pytest.mark.parametrize("case", cases(12, seed=3))
def test_expected_purchases_are_those_of_the_published_pareto_nbd(case):
    r, s, alpha, beta, *history, horizon = case
    expected = btyd_oracle.pareto_nbd_expected((r, alpha, s, beta), *history, horizon)
    found = ParetoNBD(r, alpha, s, beta).expected_purchases(one(*history), horizon)
    assert found[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("case", cases(20, seed=4))
def test_the_odds_of_silence_are_those_of_the_published_bg_nbd(case):
    r, a, alpha, b, *history, horizon = case
    expected = btyd_oracle.bg_nbd_silence((r, alpha, a, b), *history, horizon)[0]
    found = BGNBD(r, alpha, a, b).log_odds_of_silence(one(*history), horizon)
    assert found[0] == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("case", cases(40, seed=5))
def test_expected_purchases_are_those_of_the_published_bg_nbd(case):
    r, a, alpha, b, *history, horizon = case
    expected = btyd_oracle.bg_nbd_expected((r, alpha, a, b), *history, horizon)
    found = BGNBD(r, alpha, a, b).expected_purchases(one(*history), horizon)
    assert found[0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("history", "horizon"), [((2, 30.43, 38.86), 39.0), ((0, 0, 38.86), 39.0), ((10, 20, 38), 13.0)]
)
def test_silence_is_what_mixing_rates_of_buying_and_leaving_gives(history, horizon):
    parameters = (CDNOW.r, CDNOW.alpha, CDNOW.s, CDNOW.beta)
    mixed = btyd_oracle.pareto_nbd_silence_by_mixing(parameters, *history, horizon)
    assert probability(CDNOW.log_odds_of_silence(one(*history), horizon))[0] == pytest.approx(
        mixed, abs=1e-12
    )


def test_a_known_customer_of_the_published_example_is_almost_surely_alive():
    assert CDNOW.probability_alive(one(26, 30.86, 31.0))[0] == pytest.approx(0.9979, abs=5e-5)


def test_a_known_customer_of_the_published_example_buys_25_times_in_a_year():
    assert CDNOW.expected_purchases(one(26, 30.86, 31.0), 52.0)[0] == pytest.approx(25.46, abs=0.01)


def test_the_published_customer_of_the_bg_nbd_buys_1_2_times_in_39_weeks():
    assert CDNOW_BG.expected_purchases(one(2, 30.43, 38.86), 39.0)[0] == pytest.approx(1.226, abs=1e-3)


def test_to_a_bg_nbd_whoever_bought_once_is_alive():
    assert CDNOW_BG.probability_alive(one(0, 0, 1000.0))[0] == 1.0


def test_to_a_bg_nbd_whoever_bought_once_may_well_stay_silent():
    assert CDNOW_BG.log_odds_of_silence(one(0, 0, 1000.0), 39.0)[0] > 4.0


@pytest.mark.parametrize("model", BOTH)
def test_longer_silence_so_far_makes_silence_likelier(model):
    ages = np.array([30.0, 60.0, 120.0, 1e4])
    histories_ = PurchaseHistories(np.full(4, 5.0), np.full(4, 30.0), ages)
    assert np.all(np.diff(model.log_odds_of_silence(histories_, 13.0)) > 0)


@pytest.mark.parametrize("model", BOTH)
def test_a_longer_horizon_makes_silence_less_likely(model):
    odds = [model.log_odds_of_silence(one(5, 30, 40), horizon)[0] for horizon in (1.0, 13.0, 52.0, 500.0)]
    assert np.all(np.diff(odds) < 0)


@pytest.mark.parametrize("model", BOTH)
def test_a_horizon_of_moments_has_finite_odds(model):
    assert model.log_odds_of_silence(one(5, 30, 40), 1e-9)[0] == pytest.approx(22.5, abs=2.0)


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("history", [(0, 0, 0), (1000, 1000, 1000), (1000, 1000, 1e6), (1, 1e-6, 1e6)])
def test_the_utmost_histories_have_finite_odds(model, history):
    assert np.isfinite(model.log_odds_of_silence(one(*history), 90.0)[0])


@pytest.mark.parametrize("model", BOTH)
def test_the_share_that_buys_nothing_is_the_share_that_was_foretold(model):
    ages = np.repeat([20.0, 30.0, 39.0], 4000)
    simulate = btyd_oracle.simulate_pareto_nbd if model is CDNOW else btyd_oracle.simulate_bg_nbd
    watched, bought = simulate(tuple(model.to_json().values()), ages, 13.0, seed=6)
    foretold = probability(model.log_odds_of_silence(watched, 13.0))
    assert foretold.mean() == pytest.approx((bought == 0).mean(), abs=0.008)


@pytest.mark.parametrize("model", BOTH)
def test_customers_of_a_simulated_world_buy_as_much_as_was_foretold(model):
    ages = np.repeat([20.0, 30.0, 39.0], 4000)
    simulate = btyd_oracle.simulate_pareto_nbd if model is CDNOW else btyd_oracle.simulate_bg_nbd
    watched, bought = simulate(tuple(model.to_json().values()), ages, 13.0, seed=7)
    assert model.expected_purchases(watched, 13.0).mean() == pytest.approx(bought.mean(), rel=0.05)


def test_many_customers_are_answered_as_one_is():
    random = np.random.default_rng(8)
    repeats = random.integers(0, 9, 1500).astype(float)
    active = np.where(repeats > 0, repeats * 4.0, 0.0)
    many = PurchaseHistories(repeats, active, active + random.integers(0, 50, 1500))
    alone = [CDNOW.log_odds_of_silence(many.rows(slice(at, at + 1)), 13.0)[0] for at in range(0, 1500, 100)]
    np.testing.assert_allclose(CDNOW.log_odds_of_silence(many, 13.0)[::100], alone, rtol=1e-13)


@pytest.mark.parametrize("s", [1.0, 1.0 + 1e-9])
def test_expected_purchases_pass_smoothly_through_a_shape_of_one(s):
    beside = ParetoNBD(0.5, 10.0, 1.0 + 1e-6, 12.0).expected_purchases(one(2, 30, 39), 39.0)[0]
    assert ParetoNBD(0.5, 10.0, s, 12.0).expected_purchases(one(2, 30, 39), 39.0)[0] == pytest.approx(
        beside, rel=1e-5
    )


def test_expected_purchases_of_a_bg_nbd_pass_smoothly_through_a_shape_of_one():
    beside = BGNBD(0.5, 10.0, 1.0 + 1e-6, 2.0).expected_purchases(one(2, 30, 39), 39.0)[0]
    found = BGNBD(0.5, 10.0, 1.0, 2.0).expected_purchases(one(2, 30, 39), 39.0)[0]
    assert found == pytest.approx(beside, rel=1e-5)


def test_nobody_gets_no_answer():
    nobody = PurchaseHistories(*np.empty((3, 0)))
    assert [len(model.log_odds_of_silence(nobody, 90.0)) for model in BOTH] == [0, 0]


@pytest.mark.parametrize("model", BOTH)
def test_json_brings_the_same_model_back(model):
    assert type(model).from_json(model.to_json()) == model


@pytest.mark.parametrize("kind", [ParetoNBD, BGNBD])
def test_a_parameter_of_zero_is_refused(kind):
    with pytest.raises(ValueError, match="must be positive"):
        kind(0.5, 10.0, 0.0, 12.0)


def test_prediction_asks_for_numpy_alone():
    modules = [bg_nbd, fitted, gamma_gamma, histories, pareto_nbd, quadrature]
    nodes = [node for module in modules for node in ast.walk(ast.parse(inspect.getsource(module)))]
    names = {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {
        alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    assert names == {"collections", "dataclasses", "functools", "models", "numpy", "typing"}
