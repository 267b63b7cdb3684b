"""The lower bound of the mean, by hand."""

import numpy as np
import pytest

from models.learned.bounds import LowerBound
from models.learned.training.bounds import (
    ClosedBacktest,
    decile_factor,
    fit_bound,
    lag_differences,
    lags_seen,
    level_deviation,
)


def backtest(day, level=1.0, customers=20):
    predicted = np.linspace(10.0, 20.0, customers)
    return ClosedBacktest(day, predicted, predicted * level)


def test_a_level_that_never_moved_leaves_what_was_known_before():
    # lag 100: three differences of 0 that end on days 100, 200, 300 are three lags' worth; ν = 2 + 3;
    # s² = 2 · .04 ÷ 5, t₀.₉(5) = 1.47588; k_lo = exp(−1.47588 · .126491) = .82970
    bound = fit_bound([backtest(day) for day in (0, 100, 200, 300)], scoring_day=400)
    assert bound.k_lo == pytest.approx(0.82970, abs=1e-5)


def test_two_degrees_of_freedom_have_the_quantile_of_the_table():
    bound = fit_bound([backtest(0), backtest(10)], scoring_day=120)
    assert bound.quantile == pytest.approx(1.885618, abs=1e-6)


def test_the_bound_worked_by_hand():
    # l = 0, log .9, log .8, log .9 at days 0, 100, 200, 300; lag 100: mean square of
    # (−.10536, −.11778, .11778) is .012949; n = 3, ν = 5; s² = (2 · .04 + 3 · .012949) ÷ 5 = .023769;
    # t₀.₉(5) = 1.47588; k_lo = exp(log .9 − 1.47588 · .154173) = .9 · .79650 = .71685
    levels = {0: 1.0, 100: 0.9, 200: 0.8, 300: 0.9}
    backtests = [backtest(day, level) for day, level in levels.items()]
    assert fit_bound(backtests, scoring_day=400).k_lo == pytest.approx(0.71685, abs=1e-4)


def test_a_total_that_was_too_low_never_lifts_the_bound_above_1():
    backtests = [backtest(day, level=3.0) for day in (0, 100, 200)]
    assert fit_bound(backtests, scoring_day=300).k_lo == pytest.approx(1.0)


def test_before_any_lag_has_passed_a_fifth_of_drift_is_assumed():
    assert level_deviation([], 0.0) == pytest.approx(0.2)


def test_much_evidence_outweighs_what_was_assumed():
    assert level_deviation([0.05] * 500, 500.0) == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(("lag", "expected"), [(100, [0.1, 0.2]), (150, [0.3]), (200, [0.3]), (201, [])])
def test_differences_reach_back_at_least_the_lag(lag, expected):
    found = lag_differences([0, 100, 200], [0.0, 0.1, 0.3], lag)
    assert [difference for _, difference in found] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("days", "expected"), [([], 0.0), ([400], 1.0), ([400, 430], 1.3), ([400, 500, 600], 3.0)]
)
def test_differences_that_overlap_are_no_new_evidence(days, expected):
    assert lags_seen(days, 100) == pytest.approx(expected)


def test_the_worst_decile_lowers_the_bound():
    predicted = np.arange(1.0, 11.0)
    actual = predicted.copy()
    actual[4] *= 0.5  # 2.5 of 5, while the total comes to 52.5 of 55
    assert decile_factor([ClosedBacktest(0, predicted, actual)]) == pytest.approx(0.5 / (52.5 / 55))


def test_chance_alone_does_not_lower_the_bound():
    predicted = np.repeat(np.arange(1.0, 11.0), 200)
    actual = predicted * np.random.default_rng(5).exponential(1.0, 2000)
    assert decile_factor([ClosedBacktest(0, predicted, actual)]) > 0.95


def test_a_decile_that_many_customers_missed_lowers_the_bound():
    predicted = np.repeat(np.arange(1.0, 11.0), 2000)
    actual = np.where(predicted == 5.0, 0.5, 1.0) * predicted
    actual *= np.random.default_rng(5).exponential(1.0, len(predicted))
    assert decile_factor([ClosedBacktest(0, predicted, actual)]) == pytest.approx(0.5, abs=0.08)


def test_a_decile_of_next_to_nothing_does_not_decide():
    predicted = np.array([0.01, *np.arange(2.0, 11.0)])
    actual = np.array([0.0, *np.arange(2.0, 11.0)])
    assert decile_factor([ClosedBacktest(0, predicted, actual)]) > 0.99


def test_a_decile_factor_is_never_negative():
    predicted = np.arange(1.0, 11.0)
    actual = np.where(predicted == 4.0, -3.0, predicted)
    assert decile_factor([ClosedBacktest(0, predicted, actual)]) == 0.0


def test_without_a_closed_backtest_nothing_is_spendable():
    assert fit_bound([], scoring_day=0).k_lo == 0.0


def test_a_total_that_was_not_positive_makes_nothing_spendable():
    assert fit_bound([backtest(0), backtest(10, level=-1.0)], scoring_day=99).k_lo == 0.0


def test_a_stake_below_zero_is_bounded_by_zero():
    np.testing.assert_array_equal(LowerBound(0.5, "").of_stake(np.array([-10.0, 10.0])), [0.0, 5.0])


def test_json_brings_the_same_bound_back():
    bound = fit_bound([backtest(day) for day in (0, 100, 200)], scoring_day=300)
    assert LowerBound.from_json(bound.to_json()) == bound
