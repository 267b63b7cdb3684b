import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.vocabulary import Payment
from models.policy.economics import (
    break_even_uplift,
    expected_cost,
    expected_gain,
    greatest_face_value,
    liability,
    menu_cap,
    spending_limit,
)
from models.policy.response import uplift
from models.policy.settings import Tier

COUPON, GIFT = Payment.ON_PURCHASE, Payment.IMMEDIATE
half = np.array([0.5])


def test_a_coupon_costs_only_when_it_is_redeemed():
    cost = expected_cost(10, 500, COUPON, redemption=0.4, retention=half, uplift=np.array([0.1]))
    assert cost == pytest.approx([10 + 0.4 * 500 * 0.6])


def test_a_gift_costs_its_face_value_at_once():
    cost = expected_cost(10, 500, GIFT, redemption=0.4, retention=half, uplift=np.array([0.1]))
    assert cost.tolist() == [510.0]


def test_the_liability_is_the_contact_and_the_whole_face_value():
    assert liability(10, 500) == 510


def test_the_gain_is_the_saved_value_less_the_cost():
    assert expected_gain(np.array([0.1]), np.array([10_000]), np.array([130.0])) == pytest.approx([870.0])


@given(
    offer=st.tuples(st.integers(0, 1000), st.integers(0, 5000)),
    payment=st.sampled_from(Payment),
    redemption=st.floats(0, 1),
    retention=st.floats(0, 1),
    stake=st.integers(6000, 10**6),
)
def test_at_the_break_even_uplift_nothing_is_gained(offer, payment, redemption, retention, stake):
    stay, worth = np.array([retention]), np.array([stake])
    needed = break_even_uplift(*offer, payment, redemption=redemption, retention=stay, value_at_stake=worth)
    cost = expected_cost(*offer, payment, redemption=redemption, retention=stay, uplift=needed)
    assert expected_gain(needed, worth, cost) == pytest.approx([0.0], abs=1e-6)


@pytest.mark.parametrize("stake", [200, 100, -5])
def test_a_stake_below_the_redeemed_value_never_breaks_even(stake):
    needed = break_even_uplift(
        10, 500, COUPON, redemption=0.4, retention=half, value_at_stake=np.array([stake])
    )
    assert needed.tolist() == [np.inf]


@pytest.mark.parametrize(
    ("low", "step", "limit"),
    [(10_000, 1, 1000), (9999, 1, 999), (9999, 50, 950), (90_000, 1, 2000), (0, 1, 0), (-5, 1, 0)],
)
def test_the_limit_is_a_floored_share_of_the_stake(low, step, limit):
    assert spending_limit(np.array([0.1]), np.array([low]), 2000, step).tolist() == [limit]


def test_the_cap_skips_a_face_value_that_does_not_pay():
    cap = menu_cap(
        10,
        [200, 500, 1000],
        limit=np.array([2000]),
        greatest_face_value=np.array([2000]),
        pays=[np.array([False]), np.array([True]), np.array([False])],
    )
    assert cap.tolist() == [510]


@pytest.mark.parametrize(("value", "face"), [(-1, 0), (0, 100), (4999, 100), (5000, 500), (10**9, 500)])
def test_the_tier_begins_at_its_lifetime_value(value, face):
    assert greatest_face_value(np.array([value]), [Tier(0, 100), Tier(5000, 500)]).tolist() == [face]


@given(st.floats(0, 1), st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_no_action_keeps_more_customers_than_there_are(retention, face, touch, gamma):
    added = uplift(np.array([retention]), face, touch=touch, gamma=np.array([gamma]), theta_minor=300.0)
    assert 0 <= added[0] <= 1 - retention


def test_at_theta_money_does_63_percent_of_what_it_can():
    added = uplift(half, 300, touch=0.0, gamma=np.array([0.2]), theta_minor=300.0)
    assert added == pytest.approx([0.2 * 0.632], abs=1e-4)
