"""How the policy reads what experiments have taught: face values, caps, states, and what lots may try."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.vocabulary import ResponseState
from models.learned.response import TriedArm
from models.policy.action_settings import LEAVE_ALONE
from models.policy.allocation.problem import FORBIDDEN
from models.policy.assess import assess
from models.policy.cap_explained import explained_cap
from models.policy.exploration import Draw, explore
from models.policy.learned_response import LearnedAction, LearnedResponse
from models.retention.judging.learned_response import shares_of_alike
from tests.policy_examples import COUPON, MEAN_ORDER, POLICY, customer

COUPONS = replace(POLICY, actions=(COUPON,))
TRIED = LearnedAction(
    face_values=np.array([500.0, 1500.0]),
    effects=np.array([[0.1], [0.2]]),
    redemption=np.array([0.4, 0.6]),
    redemption_high=np.array([0.5, 0.7]),
)


def told(effect, *, state=ResponseState.LEARNED, low_share=0.8, action=COUPON.id):
    tried = replace(TRIED, effects=np.array([[effect], [effect]]))
    return LearnedResponse(state, low_share, {action: tried})


def found(response, *, contact_cost=COUPON.contact_cost_minor, **person):
    coupon = replace(COUPON, contact_cost_minor=contact_cost)
    policy = replace(COUPONS, actions=(coupon,), lost_cause_probability=1.0)
    return assess(replace(customer(**person), response=response), policy, MEAN_ORDER)


WAVERING = {"churn_probability": 0.7, "value_at_stake_minor": 50_000, "value_at_stake_low_minor": 40_000,
            "lifetime_value_minor": 60_000}  # fmt: skip


@pytest.mark.parametrize(
    ("face_value", "effect"), [(0, 0.0), (250, 0.05), (500, 0.1), (1000, 0.15), (1500, 0.2), (3000, 0.2)]
)
def test_effects_lie_on_straight_lines_between_what_was_tried(face_value, effect):
    assert TRIED.uplift(face_value) == pytest.approx([effect])


@pytest.mark.parametrize(("face_value", "used"), [(100, (0.4, 0.5)), (1000, (0.5, 0.6)), (9000, (0.6, 0.7))])
def test_use_lies_between_what_was_seen(face_value, used):
    assert TRIED.used(face_value) == pytest.approx(used)


def test_a_learned_effect_is_told_as_learned():
    assessed = found(told(0.3), **WAVERING)
    assert (assessed.choice.recommended_action[0], assessed.response_state[0]) == (COUPON.id, "learned")


def explained(response, **person):
    policy = replace(COUPONS, lost_cause_probability=1.0)
    return explained_cap(replace(customer(**person), response=response), policy, MEAN_ORDER, None)


def test_a_cap_is_told_with_the_use_and_the_state_that_decided_it():
    (coupon,) = explained(told(0.3), **WAVERING).actions
    used = {face.face_value_minor: (face.redemption, face.redemption_high) for face in coupon.face_values}
    assert (coupon.response_state, used[1000]) == ("learned", pytest.approx((0.5, 0.6)))


def test_the_gain_that_is_told_of_an_offer_is_the_one_that_chose_it():
    choice, told_cap = found(told(0.3), **WAVERING).choice, explained(told(0.3), **WAVERING)
    gains = {face.face_value_minor: face.expected_gain_minor for face in told_cap.actions[0].face_values}
    assert gains[choice.face_value_minor[0]] == choice.expected_gain_minor[0]


def test_the_cap_is_the_greatest_liability_that_fits():
    told_cap = explained(told(0.3), **WAVERING)
    (coupon,) = told_cap.actions
    fits = [face.liability_minor for face in coupon.face_values if face.fits]
    assert (told_cap.cap_minor, coupon.cap_minor) == (max(fits), max(fits))


def test_how_sure_a_learned_effect_is_stands_among_the_inputs():
    inputs = {one.symbol: (one.value, one.source) for one in explained(told(0.3), **WAVERING).inputs}
    assert inputs["s"] == (0.8, "learned: past campaigns")


def test_an_action_that_was_never_tried_stays_assumed():
    person = replace(customer(**WAVERING), response=told(0.0, action=COUPON.id))
    assessed = assess(person, POLICY, MEAN_ORDER)
    assert (assessed.choice.acts[0], assessed.response_state[0]) == (True, "assumed")


def test_no_effect_gives_nobody_the_offer():
    assessed = found(told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0), **WAVERING)
    assert assessed.choice.recommended_action[0] == LEAVE_ALONE


def test_no_effect_leaves_no_cap():
    assert (
        found(told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0), **WAVERING).greatest_cap_minor[0] == 0
    )


def test_a_lot_may_still_try_what_had_no_effect():
    offers = found(told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0), **WAVERING).offered
    assert (offers.gain > FORBIDDEN).any()
    assert (offers.gain <= 0).all()


def test_what_a_lot_may_promise_by_an_action_without_effect_is_within_the_cap_of_its_lots():
    closed = told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0)
    offers, told_cap = found(closed, **WAVERING).offered, explained(closed, **WAVERING)
    promised = offers.liability[(offers.gain > FORBIDDEN)[:, 0]].max()
    assert (told_cap.cap_minor, told_cap.actions[0].cap_minor) == (0, 0)
    assert 0 < promised <= told_cap.actions[0].lot_cap_minor


def test_what_a_lot_may_promise_by_an_action_without_effect_is_what_it_might_by_assumption():
    closed, assumed = told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0), explained(None, **WAVERING)
    assert explained(closed, **WAVERING).actions[0].lot_cap_minor == assumed.actions[0].cap_minor


def drawn_face_value(response):
    """What a lot tries on somebody on whom it falls."""
    offers = found(response, **WAVERING).offered
    explored = explore(offers, Draw(np.array([0.0]), np.array([0.99]), 1.0))
    return offers.offers[explored.choice[0]].face_value


def test_a_lot_behind_a_closed_gate_tries_the_face_value_that_assumption_would_try():
    closed = told(0.0, state=ResponseState.NO_EFFECT, low_share=0.0)
    assert drawn_face_value(closed) == drawn_face_value(None) > min(COUPON.face_values_minor)


def test_what_a_lot_may_promise_by_an_action_that_works_is_its_cap():
    (coupon,) = explained(told(0.3), **WAVERING).actions
    assert coupon.lot_cap_minor == coupon.cap_minor > 0


def test_who_is_driven_away_gets_nothing():
    assert found(told(-0.05), **WAVERING).choice.recommended_action[0] == LEAVE_ALONE


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-0.2, 0.5))
def test_the_cap_never_rises_when_the_bound_of_the_effect_falls(share, other, effect):
    low, high = sorted((share, other))
    caps = [found(told(effect, low_share=each), **WAVERING).greatest_cap_minor[0] for each in (low, high)]
    assert caps[0] <= caps[1]


@given(st.floats(-1, 0), st.sampled_from([0, 1, 36]), st.floats(0.5, 0.99))
def test_what_changes_nothing_has_no_cap_even_where_telling_costs_nothing(effect, contact_cost, leaving):
    person = WAVERING | {"churn_probability": leaving}
    assert found(told(effect), contact_cost=contact_cost, **person).greatest_cap_minor[0] == 0


@given(st.floats(-0.5, 1), st.integers(0, 100_000))
def test_the_cap_lies_between_nothing_and_the_bounded_stake(effect, stake_low):
    person = WAVERING | {"value_at_stake_low_minor": stake_low}
    assert 0 <= found(told(effect), **person).greatest_cap_minor[0] <= stake_low


def arm(name, face_value, rows, redemption):
    return TriedArm(name, face_value, rows, 0.1, 0.05, 0.15, redemption, redemption + 0.1)


def test_arms_that_tried_one_face_value_under_two_names_speak_together():
    arms = [arm("coupon_500", 500.0, 3_000, 0.4), arm("coupon:510", 510.0, 1_000, 0.8)]
    shares = shares_of_alike([*arms, arm("coupon_1500", 1500.0, 2_000, 0.5)])
    assert shares.tolist() == [[0.75, 0.25, 0.0], [0.0, 0.0, 1.0]]
