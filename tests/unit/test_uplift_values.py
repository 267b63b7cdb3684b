"""Whom a policy treats, what that earned, and how sure that is."""

import numpy as np
import pytest

from models.evaluation.uplift_values import Stakes, earned, interval, treat


def test_only_who_gains_is_treated_with_the_arm_that_gains_most():
    treated = treat(np.array([[1.0, -1.0, 2.0], [3.0, -2.0, 1.0]]))
    assert (treated.weight.tolist(), treated.best[[0, 2]].tolist()) == ([1, 0, 1], [1, 0])


def test_within_reach_the_greatest_come_first():
    assert treat(np.array([[1.0, 4.0, 3.0, 2.0]]), 0.5).weight.tolist() == [0, 1, 1, 0]


def test_those_whom_a_policy_cannot_tell_apart_share_the_room():
    assert treat(np.array([[5.0, 1.0, 1.0, 1.0, 1.0]]), 0.6).weight.tolist() == [1, 0.5, 0.5, 0.5, 0.5]


def test_nothing_is_earned_by_those_left_alone():
    treated = treat(np.array([[2.0, -2.0]]))
    assert earned(treated, np.array([[10.0, -50.0]])).tolist() == [10.0, 0.0]


def test_a_gain_is_the_effect_on_the_stake_less_contact_and_coupons_used():
    stakes = Stakes(np.array([1000.0]), np.array([10.0]), np.array([200.0]), np.array([0.5]))
    gain = stakes.gain(np.array([[0.1]]), np.array([0.6]))
    assert gain[0, 0] == pytest.approx(0.1 * 1000 - 10 - 0.5 * 200 * 0.7)


def test_what_is_paid_at_once_costs_its_face_value_whoever_stays():
    costs = (np.array([10.0]), np.array([200.0]), np.array([0.0]))
    gain = Stakes(np.array([1000.0]), *costs, np.array([True])).gain(np.array([[0.1]]), np.array([0.6]))
    assert gain[0, 0] == pytest.approx(0.1 * 1000 - 10 - 200)


def test_the_bound_of_a_mean_is_that_of_the_normal_law():
    values = np.array([0.0, 2.0] * 50)
    found = interval(values, np.arange(100), 0.95)
    assert found.low == pytest.approx(1 - 1.6449 * 0.1, abs=1e-4)


def test_more_comparisons_widen_the_interval():
    values = np.random.default_rng(1).standard_normal(100)
    alone, among = (interval(values, np.arange(100), 0.95, many) for many in (1, 6))
    assert among.low < alone.low < alone.mean < alone.high < among.high


def test_rows_of_one_customer_count_as_one_draw():
    values = np.repeat(np.random.default_rng(1).standard_normal(50), 2)
    apart, same = (interval(values, person, 0.95) for person in (np.arange(100), np.repeat(np.arange(50), 2)))
    assert same.mean - same.low == pytest.approx((apart.mean - apart.low) * 2**0.5)
