"""Which curve is chosen, and what it does."""

import numpy as np
import pytest

from models.learned.calibration import Calibration, CalibrationKind, logit, probability
from models.learned.training.calibration import Judged, choose_calibration


def judged(seed, slope=1.0, shift=0.0, size=4000):
    """Backtest whose true log-odds are slope · said + shift."""
    random = np.random.default_rng(seed)
    said = random.normal(0, 1.5, size)
    return Judged(said, (random.random(size) < probability(slope * said + shift)).astype(float))


def test_two_closed_backtests_leave_the_log_odds_alone():
    history = [judged(seed, slope=0.4) for seed in range(2)]
    assert choose_calibration(history).calibration.kind is CalibrationKind.IDENTITY


def test_two_closed_backtests_are_given_as_the_reason():
    assert "2 closed backtest(s), choosing takes 3" in choose_calibration([judged(0), judged(1)]).reason


def test_overconfident_log_odds_are_not_left_alone():
    choice = choose_calibration([judged(seed, slope=0.4) for seed in range(3)])
    assert choice.calibration.kind is not CalibrationKind.IDENTITY


def test_the_sigmoid_finds_the_true_slope():
    choice = choose_calibration([judged(seed, slope=0.5, shift=-0.3, size=20_000) for seed in range(3)])
    curve = choice.calibration.apply(np.array([0.0, 1.0]))
    assert curve[1] - curve[0] == pytest.approx(0.5, abs=0.1)


def test_the_lowest_brier_score_on_the_latest_cut_wins():
    choice = choose_calibration([judged(seed, slope=0.4) for seed in range(3)])
    assert choice.brier[choice.calibration.kind] == min(choice.brier.values())


def test_backtests_of_one_outcome_only_leave_the_log_odds_alone():
    none_left = Judged(np.array([0.0, 1.0]), np.zeros(2))
    assert choose_calibration([none_left, judged(1), judged(2)]).calibration == Calibration()


def test_an_isotonic_curve_never_falls():
    curve = Calibration(CalibrationKind.ISOTONIC, x=(-1.0, 0.0, 2.0), y=(-2.0, -2.0, 1.0))
    assert np.all(np.diff(curve.apply(np.linspace(-3, 3, 50))) >= 0)


@pytest.mark.parametrize("log_odds", [-1e6, 1e6])
def test_probabilities_are_never_certain(log_odds):
    assert 1e-6 <= probability(np.array([log_odds]))[0] <= 1 - 1e-6


def test_logit_undoes_probability():
    np.testing.assert_allclose(logit(probability(np.array([-3.0, 0.5]))), [-3.0, 0.5])


@pytest.mark.parametrize("kind", list(CalibrationKind))
def test_json_brings_the_same_curve_back(kind):
    curve = Calibration(kind, 0.9, -0.1, (0.0, 1.0), (0.1, 0.8))
    assert Calibration.from_json(curve.to_json()) == curve


def test_a_curve_that_helps_at_one_cut_and_hurts_at_the_next_is_not_taken():
    # The level rises once and comes back: what the second cut teaches misleads at the third.
    history = [judged(1), judged(2), judged(3, shift=0.8), judged(4)]
    assert choose_calibration(history).calibration.kind is CalibrationKind.IDENTITY


def test_a_shift_that_stays_is_corrected():
    history = [judged(seed, shift=0.8) for seed in range(4)]
    assert choose_calibration(history).calibration.kind is not CalibrationKind.IDENTITY
