"""Fitting Pareto/NBD and BG/NBD: parameters found again, and fits that own up."""

import json
import re

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from models.learned.btyd.bg_nbd import BGNBD
from models.learned.btyd.fitted import Fitted
from models.learned.btyd.histories import PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.training.btyd import likelihoods, timing
from models.learned.training.btyd.grouping import WeightedHistories, grouped, sampled
from models.learned.training.btyd.search import Optimum, Target
from models.learned.training.btyd.spaces import pareto_nbd_space
from models.learned.training.btyd.timing import fit_bg_nbd, fit_pareto_nbd
from models.learned.training.btyd.verdict import trouble
from tests.oracles import btyd_oracle

PARETO = (0.8, 20.0, 0.9, 30.0)
BG = (0.5, 8.0, 0.8, 2.5)
INSIDE = np.array([-0.5, 0.0, -0.5, 1.0])  # the middle of the space that is searched


def ages(count):
    return np.tile(np.arange(20.0, 60.0), count // 40)


@pytest.fixture(scope="module")
def leaving():
    """4,000 customers who follow a Pareto/NBD."""
    return btyd_oracle.simulate_pareto_nbd(PARETO, ages(4000), 0.0, seed=1)[0]


@pytest.fixture(scope="module")
def after_purchases():
    """4,000 customers who follow a BG/NBD."""
    return btyd_oracle.simulate_bg_nbd(BG, ages(4000), 0.0, seed=2)[0]


@pytest.fixture(scope="module")
def staying():
    """2,000 customers none of whom ever leaves, in whole days."""
    times = btyd_oracle.simulate_buying_alone(0.8, 40.0, 5 * ages(2000), seed=3)
    return PurchaseHistories(times.repeats, np.ceil(times.active), times.age)


@pytest.fixture(scope="module")
def pareto_of_staying(staying):
    return fit_pareto_nbd(staying)


@pytest.fixture(scope="module")
def bg_of_staying(staying):
    return fit_bg_nbd(staying)


@pytest.fixture(scope="module")
def fitted_pareto(leaving):
    return fit_pareto_nbd(leaving)


def slope_by_differences(likelihood, parameters):
    return approx_fprime(np.array(parameters), lambda at: likelihood(at)[0], 1e-6)


def test_the_parameters_of_a_simulated_pareto_nbd_are_found_again():
    world = btyd_oracle.simulate_pareto_nbd(PARETO, ages(20_000), 0.0, seed=5)[0]
    np.testing.assert_allclose(tuple(fit_pareto_nbd(world).report.parameters.values()), PARETO, rtol=0.15)


def test_the_true_parameters_are_hardly_less_likely_than_those_found(leaving, fitted_pareto):
    # Twice the difference is chi-squared with four degrees of freedom: 13.3 at 99 %.
    true = likelihoods.pareto_nbd(grouped(leaving), np.array(PARETO))[0]
    assert 2.0 * (fitted_pareto.report.log_likelihood - true) < 13.3


def test_the_parameters_of_a_simulated_bg_nbd_are_found_again(after_purchases):
    found = tuple(fit_bg_nbd(after_purchases).report.parameters.values())
    np.testing.assert_allclose(found, BG, rtol=0.15)


def test_no_parameters_near_by_are_more_likely(leaving):
    fitted = fit_pareto_nbd(leaving, prior_weight=0.0)
    best = np.array(list(fitted.report.parameters.values()))
    rows = grouped(leaving)
    steps = 1.0 + 0.01 * np.random.default_rng(4).normal(size=(30, 4))
    near = [likelihoods.pareto_nbd(rows, best * step)[0] for step in steps]
    assert max(near) < fitted.report.log_likelihood


def test_the_slope_of_the_pareto_nbd_is_that_of_differences(leaving):
    rows = grouped(leaving.rows(slice(0, 200)))
    slope = likelihoods.pareto_nbd(rows, np.array(PARETO))[1]
    differences = slope_by_differences(lambda at: likelihoods.pareto_nbd(rows, at), PARETO)
    np.testing.assert_allclose(slope, differences, rtol=1e-3, atol=1e-3)


def test_the_slope_of_the_bg_nbd_is_that_of_differences(leaving):
    rows = grouped(leaving.rows(slice(0, 200)))
    slope = likelihoods.bg_nbd(rows, np.array(BG))[1]
    differences = slope_by_differences(lambda at: likelihoods.bg_nbd(rows, at), BG)
    np.testing.assert_allclose(slope, differences, rtol=1e-3, atol=1e-3)


def test_equal_histories_count_as_often_as_they_are_there():
    once = PurchaseHistories(np.array([1.0, 0.0]), np.array([3.0, 0.0]), np.array([9.0, 9.0]))
    often = once.rows(np.array([0, 1, 1, 0, 1]))
    expected = likelihoods.pareto_nbd(WeightedHistories(once, np.array([2.0, 3.0])), np.array(PARETO))[0]
    assert likelihoods.pareto_nbd(grouped(often), np.array(PARETO))[0] == pytest.approx(expected, rel=1e-14)


def test_grouping_keeps_every_customer(leaving):
    assert grouped(leaving).customers == len(leaving)


def test_a_sample_is_as_large_as_was_asked(leaving):
    assert sampled(grouped(leaving), 1000).customers == 1000


def test_a_sample_buys_as_often_as_all(leaving):
    part = sampled(grouped(leaving), 1000)
    mean = part.weights @ part.histories.repeats / part.customers
    assert mean == pytest.approx(leaving.repeats.mean(), rel=0.01)


def test_a_fit_on_a_sample_says_of_how_many(leaving):
    report = fit_pareto_nbd(leaving, most=1000).report
    assert (report.customers, report.available) == (1000, 4000)


def test_a_fit_that_starts_from_another_ends_in_the_same_place(leaving, fitted_pareto):
    again = fit_pareto_nbd(leaving, start=ParetoNBD(2.0, 90.0, 0.3, 4.0))
    np.testing.assert_allclose(
        list(again.report.parameters.values()), list(fitted_pareto.report.parameters.values()), rtol=1e-6
    )


def test_the_same_customers_give_the_same_parameters(leaving, fitted_pareto):
    assert fit_pareto_nbd(leaving.rows(slice(None, None, -1))) == fitted_pareto


def test_weeks_and_days_tell_the_same_story(leaving, fitted_pareto):
    in_weeks = fit_pareto_nbd(leaving.in_units_of(7)).model
    days = fitted_pareto.model.log_odds_of_silence(leaving, 14.0)
    np.testing.assert_allclose(in_weeks.log_odds_of_silence(leaving.in_units_of(7), 2.0), days, rtol=1e-6)


def test_a_prior_hardly_moves_what_thousands_of_customers_say(leaving, fitted_pareto):
    alone = fit_pareto_nbd(leaving, prior_weight=0.0).model.log_odds_of_silence(leaving, 14.0)
    assert np.abs(fitted_pareto.model.log_odds_of_silence(leaving, 14.0) - alone).max() < 0.05


def test_a_prior_steadies_a_fit_of_few_customers(leaving):
    truth = ParetoNBD(*PARETO)
    errors = {0.0: [], 1.0: []}
    for first in range(0, 400, 80):
        few = leaving.rows(slice(first, first + 80))
        for weight, found in errors.items():
            parameters = fit_pareto_nbd(few, prior_weight=weight).report.parameters.values()
            off = ParetoNBD(*parameters).log_odds_of_silence(leaving, 14.0)
            found.append(np.abs(off - truth.log_odds_of_silence(leaving, 14.0)).mean())
    assert np.mean(errors[1.0]) < np.mean(errors[0.0])


def test_a_handful_of_customers_is_too_few(leaving):
    fitted = fit_pareto_nbd(leaving.rows(slice(0, 49)))
    assert (fitted.model, fitted.report.reason) == (None, "49 customers; a fit takes 50")


def test_customers_who_never_come_back_are_nothing_to_fit():
    once = PurchaseHistories(np.zeros(500), np.zeros(500), np.full(500, 30.0))
    assert fit_bg_nbd(once).report.reason == "0 customers bought on a second day; a fit takes 10"


def test_where_nobody_leaves_a_pareto_nbd_says_that_it_is_one_of_buying_alone(pareto_of_staying):
    assert pareto_of_staying.report.reason.endswith("as good as a model of buying alone")


def test_where_nobody_leaves_a_pareto_nbd_still_knows_who_stays_silent(staying, pareto_of_staying):
    r, alpha = 0.8, 0.8 * 40.0
    known = ((alpha + staying.age) / (alpha + staying.age + 90.0)) ** (r + staying.repeats)
    odds = pareto_of_staying.model.log_odds_of_silence(staying, 90.0)
    assert np.abs(1.0 / (1.0 + np.exp(-odds)) - known).mean() < 0.01


def test_where_nobody_leaves_a_bg_nbd_is_not_given(bg_of_staying):
    assert bg_of_staying.model is None


def test_where_nobody_leaves_a_bg_nbd_is_called_degenerate(bg_of_staying):
    assert bg_of_staying.report.reason.startswith("a degenerate optimum: hardly anybody is seen to leave")


def test_where_nobody_leaves_and_no_prior_speaks_no_bg_nbd_is_given(staying):
    assert fit_bg_nbd(staying, prior_weight=0.0).model is None


def test_where_nobody_leaves_and_no_prior_speaks_the_parameter_without_end_is_named(staying):
    reason = fit_pareto_nbd(staying, prior_weight=0.0).report.reason
    end = r"the (shape of the rates of|mean time to) leaving ran to the \w+ value that is tried"
    assert re.fullmatch(end, reason)


def test_where_a_search_ended_is_told_of_a_failed_fit_too(bg_of_staying):
    assert set(bg_of_staying.report.parameters) == {"r", "alpha", "a", "b"}


def test_rivals_that_answer_differently_cannot_be_told_apart(leaving):
    two = [ParetoNBD(*PARETO), ParetoNBD(0.8, 20.0, 0.9, 90.0)]
    assert timing._rivalry(two, grouped(leaving)).startswith("two optima are about as probable")


def test_rivals_that_foretell_the_same_do_no_harm(leaving):
    two = [ParetoNBD(*PARETO), ParetoNBD(0.8, 20.0, 0.9, 30.1)]
    assert timing._rivalry(two, grouped(leaving)) == ""


@pytest.mark.parametrize(
    ("optimum", "reason"),
    [
        (Optimum(INSIDE, -9.0, np.eye(4), 0.0), ""),
        (Optimum(INSIDE, np.nan, np.eye(4), 0.0), "the likelihood is not finite"),
        (Optimum(INSIDE, -9.0, np.diag([1.0, 1.0, 1.0, 0.01]), 0.0), "the likelihood is flat"),
        (Optimum(INSIDE, -9.0, np.eye(4), 0.5), "the search did not come to rest: 0.5 of log posterior"),
        (
            Optimum(INSIDE + 5.0 * np.eye(4)[0], -9.0, np.eye(4), 0.0),
            "the shape of the rates of buying ran to the",
        ),
    ],
)
def test_what_is_wrong_with_an_optimum_is_said(optimum, reason):
    target = Target(pareto_nbd_space(40.0), lambda parameters: (0.0, parameters), 1.0)
    assert trouble(target, optimum)[: len(reason)] == reason


def test_a_fit_that_came_to_rest_has_nothing_to_gain(fitted_pareto):
    assert fitted_pareto.report.expected_gain < 1e-10


def test_json_brings_the_same_fit_back(fitted_pareto):
    text = json.dumps(fitted_pareto.to_json())
    assert Fitted.from_json(json.loads(text), ParetoNBD.from_json) == fitted_pareto


def test_json_brings_a_failed_fit_back(bg_of_staying):
    text = json.dumps(bg_of_staying.to_json())
    assert Fitted.from_json(json.loads(text), BGNBD.from_json) == bg_of_staying
