"""The plan beside rules of thumb that promise as much."""

import numpy as np
import pytest

from models.policy.allocation.problem import FORBIDDEN, NOTHING
from models.policy.offered import Offer, Offered
from models.policy.plan_beside import beside
from tests.policy_examples import COUPON

OFFERS = tuple(Offer(COUPON, face) for face in COUPON.face_values_minor[:2])
# Four customers: the first two gain, the third loses, the fourth may get nothing.
GAIN = np.array([[50, 80, -30, FORBIDDEN], [20, 90, -60, FORBIDDEN]])
OFFERED = Offered(OFFERS, GAIN, np.zeros_like(GAIN), np.full_like(GAIN, 5_000))
CHEAP, DEAR = (offer.liability for offer in OFFERS)
RISK, VALUE = np.array([0.2, 0.1, 0.9, 0.8]), np.array([1.0, 9.0, 5.0, 7.0])


@pytest.fixture
def told():
    return beside(OFFERED, np.array([0, NOTHING, NOTHING, NOTHING]), RISK, VALUE)


def test_the_plan_is_told_as_it_was_made(told):
    assert told["plan"] == {"customers": 1, "liability_minor": CHEAP, "expected_gain_minor": 50}


def test_nobody_costs_and_gains_nothing(told):
    assert told["nobody"] == {"customers": 0, "liability_minor": 0, "expected_gain_minor": 0}


def test_everybody_gets_what_gains_most_though_it_may_lose(told):
    assert told["everybody"] == {
        "customers": 3, "liability_minor": CHEAP * 2 + DEAR, "expected_gain_minor": 50 + 90 - 30
    }  # fmt: skip


def test_by_risk_the_riskiest_who_may_get_something_come_first(told):
    assert told["by_risk"] == {"customers": 1, "liability_minor": CHEAP, "expected_gain_minor": -30}


def test_no_rule_promises_more_than_the_plan(told):
    assert told["by_value"]["liability_minor"] <= told["plan"]["liability_minor"]


def test_whose_offer_does_not_fit_makes_room_for_the_next(told):
    assert told["by_value"] == {"customers": 1, "liability_minor": CHEAP, "expected_gain_minor": -30}


def test_who_was_not_scored_comes_last():
    risk = np.array([0.2, np.nan, 0.1, np.nan])
    told = beside(OFFERED, np.array([0, NOTHING, NOTHING, NOTHING]), risk, VALUE)
    assert told["by_risk"]["expected_gain_minor"] == 50
