"""Gamma-Gamma: what a customer is expected to spend on a purchase day."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.training.btyd import likelihoods
from models.learned.training.btyd.spending import fit_gamma_gamma
from tests.oracles import btyd_oracle

CDNOW = GammaGamma(6.25, 3.74, 15.44)  # as published, in dollars


@pytest.fixture(scope="module")
def spending():
    """4,000 customers who follow the model: repeats and mean amounts."""
    random = np.random.default_rng(1)
    repeats = random.integers(0, 12, 4000).astype(float)
    rate = random.gamma(CDNOW.q, 1.0 / CDNOW.gamma, 4000)
    total = random.gamma(np.maximum(CDNOW.p * repeats, 1.0)) / rate
    return repeats, np.divide(total, repeats, out=np.full(4000, np.nan), where=repeats > 0)


def test_somebody_who_never_came_back_is_expected_to_spend_what_all_do():
    assert CDNOW.expected_mean(np.array([0.0]), np.array([np.nan]))[0] == CDNOW.population_mean


def test_the_population_spends_35_dollars_as_published():
    assert CDNOW.population_mean == pytest.approx(35.2, abs=0.1)


def test_the_more_is_known_the_nearer_the_own_mean():
    expected = CDNOW.expected_mean(np.array([0.0, 1.0, 5.0, 1e6]), np.full(4, 100.0))
    np.testing.assert_array_less(expected[:-1], expected[1:])


def test_with_endless_repeats_the_own_mean_is_all():
    assert CDNOW.expected_mean(np.array([1e9]), np.array([100.0]))[0] == pytest.approx(100.0)


def test_the_likelihood_is_that_of_gamma_amounts_at_unknown_rates():
    x, mean = np.array([1.0, 4.0]), np.array([20.0, 50.0])
    density = [btyd_oracle.gamma_gamma_density(6.25, 3.74, 15.44, *one) for one in zip(x, mean, strict=True)]
    found = likelihoods.gamma_gamma(x, mean, np.array([6.25, 2.74, 15.44]))[0]
    assert found == pytest.approx(np.log(density).sum(), rel=1e-8)


def test_the_slope_is_that_of_differences(spending):
    again = spending[0] > 0
    x, mean = spending[0][again][:100], spending[1][again][:100]
    at = np.array([6.25, 2.74, 15.44])
    differences = approx_fprime(at, lambda place: likelihoods.gamma_gamma(x, mean, place)[0], 1e-6)
    np.testing.assert_allclose(likelihoods.gamma_gamma(x, mean, at)[1], differences, rtol=1e-4, atol=1e-3)


def test_the_parameters_of_a_simulated_world_are_found_again(spending):
    found = tuple(fit_gamma_gamma(*spending).report.parameters.values())
    np.testing.assert_allclose(found, (6.25, 3.74, 15.44), rtol=0.1)


def test_the_unit_of_money_does_not_matter(spending):
    dollars = fit_gamma_gamma(*spending).model.expected_mean(*spending)
    cents = fit_gamma_gamma(spending[0], 100.0 * spending[1]).model.expected_mean(
        spending[0], 100.0 * spending[1]
    )
    np.testing.assert_allclose(cents, 100.0 * dollars, rtol=1e-6)


def test_a_fit_on_a_sample_says_of_how_many(spending):
    report = fit_gamma_gamma(*spending, most=500).report
    assert (report.customers, report.available) == (500, int((spending[0] > 0).sum()))


def test_a_fit_that_starts_from_another_ends_in_the_same_place(spending):
    again = fit_gamma_gamma(*spending, start=GammaGamma(1.0, 9.0, 200.0))
    assert again.model.p == pytest.approx(fit_gamma_gamma(*spending).model.p, rel=1e-6)


def test_amounts_that_are_all_equal_have_no_model():
    fitted = fit_gamma_gamma(np.full(200, 3.0), np.full(200, 9.99))
    assert (fitted.model, fitted.report.converged) == (None, False)


def test_too_few_who_came_back_is_said():
    fitted = fit_gamma_gamma(np.repeat([0.0, 2.0], [95, 5]), np.repeat([np.nan, 30.0], [95, 5]))
    assert fitted.report.reason == "5 customers bought on a second day; a fit takes 10"


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="must be above 0"):
        fit_gamma_gamma(np.full(100, 2.0), np.zeros(100))


def test_a_population_without_a_mean_is_refused():
    with pytest.raises(ValueError, match="q above 1"):
        GammaGamma(6.0, 1.0, 15.0)


def test_json_brings_the_same_model_back():
    assert GammaGamma.from_json(CDNOW.to_json()) == CDNOW
