"""Plans under budgets: nothing exceeds a limit, and what chance decides is what it says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.errors import InvalidSetting
from models.policy.allocation.problem import FORBIDDEN, NOTHING
from models.policy.budget_settings import BudgetSettings
from models.policy.budgets import planned
from models.policy.exploration import Draw
from models.policy.lots import lots
from models.policy.offered import Offer, Offered
from tests.policy_examples import APOLOGISE, CALL, COUPON

CALL_BY_TEAM = replace(CALL, owner="save_team")
OFFERS = (Offer(COUPON, 200), Offer(COUPON, 500), Offer(CALL_BY_TEAM, 0), Offer(APOLOGISE, 500))


def offered(gain):
    gain = np.array(gain, np.int64)
    cap = np.full(gain.shape, 10_000)
    return Offered(OFFERS[: len(gain)], gain, np.zeros_like(gain), cap)


def plan(gain, budgets=None, *, segment=None, lot=None, share=0.0):
    possible = offered(gain)
    customers = possible.gain.shape[1]
    return planned(
        possible,
        np.array(segment or ["all"] * customers),
        budgets or BudgetSettings(),
        Draw(
            np.linspace(0, 1, customers, endpoint=False) if lot is None else np.array(lot),
            lots([f"arm of {customer}" for customer in range(customers)], "arm"),
            share,
        ),
    )


@st.composite
def worlds(draw):
    n = draw(st.integers(1, 12))
    gains = st.one_of(st.just(FORBIDDEN), st.integers(-50, 900))
    gain = [draw(st.lists(gains, min_size=n, max_size=n)) for _ in OFFERS]
    limit = st.integers(0, 1500)
    budgets = BudgetSettings(
        total_minor=draw(st.one_of(st.none(), limit)),
        segments=draw(st.dictionaries(st.sampled_from(["a", "b"]), limit)),
        campaigns=draw(st.dictionaries(st.sampled_from(["coupon", "apologise"]), limit)),
        contacts=draw(st.dictionaries(st.sampled_from(["email", "phone"]), st.integers(0, 4))),
        teams=draw(st.dictionaries(st.just("save_team"), st.integers(0, 3))),
    )
    segment = draw(st.lists(st.sampled_from(["a", "b"]), min_size=n, max_size=n))
    lot = draw(st.lists(st.floats(0, 0.999), min_size=n, max_size=n))
    return gain, budgets, segment, lot, draw(st.sampled_from([0.0, 0.3, 0.9]))


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_plan_exceeds_any_budget_whatever_chance_decides(world):
    gain, budgets, segment, lot, share = world
    choice = plan(gain, budgets, segment=segment, lot=lot, share=share).choice
    given_to = [(OFFERS[at], where) for at, where in zip(choice, segment, strict=True) if at != NOTHING]
    money = [(offer.liability, offer.action, where) for offer, where in given_to]
    assert budgets.total_minor is None or sum(each for each, _, _ in money) <= budgets.total_minor
    for name, limit in budgets.segments.items():
        assert sum(each for each, _, where in money if where == name) <= limit
    for name, limit in budgets.campaigns.items():
        assert sum(each for each, action, _ in money if action.id == name) <= limit
    for name, limit in budgets.contacts.items():
        assert sum(action.channel == name for _, action, _ in money) <= limit
    for name, limit in budgets.teams.items():
        assert sum(action.owner == name for _, action, _ in money) <= limit


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_nobody_gets_what_is_forbidden_whatever_chance_decides(world):
    gain, budgets, segment, lot, share = world
    choice = plan(gain, budgets, segment=segment, lot=lot, share=share).choice
    assert all(at == NOTHING or gain[at][who] > FORBIDDEN for who, at in enumerate(choice))


def test_without_budgets_everybody_gets_what_gains_most():
    found = plan([[5, 90, 0], [50, 9, -4]])
    assert found.choice.tolist() == [1, 0, NOTHING]


def test_money_of_a_campaign_binds_its_actions_alone():
    found = plan([[90, 80], [0, 0], [10, 20]], BudgetSettings(campaigns={"coupon": 210}))
    assert found.choice.tolist() == [0, 2]  # 200 + 10 is promised once; the other is called


def test_actions_may_share_the_money_of_one_campaign():
    shared = tuple(replace(offer, action=replace(offer.action, campaign="spring")) for offer in OFFERS)
    possible = replace(offered([[90, 80], [0, 0], [10, 20]]), offers=shared[:3])
    nobody = Draw(np.array([0.5, 0.5]), np.array([0.5, 0.5]), 0.0)
    found = planned(possible, np.array(["", ""]), BudgetSettings(campaigns={"spring": 210}), nobody)
    assert found.choice.tolist() == [0, NOTHING]


def test_a_team_takes_no_more_cases_than_it_can():
    found = plan([[FORBIDDEN] * 3] * 2 + [[30, 50, 40]], BudgetSettings(teams={"save_team": 2}))
    assert found.choice.tolist() == [NOTHING, 2, 2]


def test_a_lot_below_the_share_draws_nothing_or_an_action_with_equal_chance():
    n = 30_000
    lot = lots([f"c{number}" for number in range(n)], "explore")
    found = plan([[10] * n, [20] * n, [5] * n], lot=lot, share=0.5)
    drawn = found.choice[found.explored.drawn]
    assert set(found.explored.propensity[found.explored.drawn]) == {1 / 3}
    counts = np.array([np.sum(drawn == at) for at in (NOTHING, 1, 2)])  # a coupon at its best value
    assert counts.sum() == len(drawn)
    assert np.all(np.abs(counts / len(drawn) - 1 / 3) < 5 * np.sqrt(2 / 9 / len(drawn)))


def test_who_is_not_drawn_gets_what_gains_most_for_certain():
    found = plan([[10] * 4, [20] * 4], lot=[0.1, 0.3, 0.6, 0.9], share=0.2)
    assert found.explored.drawn.tolist() == [True, False, False, False]
    assert found.choice[1:].tolist() == [1, 1, 1]
    assert found.explored.propensity[1:].tolist() == [1.0, 1.0, 1.0]


def test_whoever_may_get_nothing_is_not_drawn():
    assert not plan([[FORBIDDEN, FORBIDDEN]], lot=[0.0, 0.1], share=0.5).explored.drawn.any()


def test_the_holdout_keeps_campaigns_away_and_not_answers_to_complaints():
    possible = offered([[90, FORBIDDEN], [FORBIDDEN] * 2, [80, FORBIDDEN], [FORBIDDEN, 10]])
    nobody = Draw(np.array([0.5, 0.5]), np.array([0.5, 0.5]), 0.0)
    found = planned(possible, np.array(["", ""]), BudgetSettings(), nobody, np.array([True, True]))
    assert found.choice.tolist() == [NOTHING, 3]
    assert found.compared.tolist() == [True, False]
    assert found.use.total == OFFERS[3].liability


def test_where_nothing_is_on_offer_nobody_gets_anything():
    found = planned(
        Offered((), np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64)),
        np.array(["", ""]),
        BudgetSettings(total_minor=100),
        Draw(np.array([0.1, 0.9]), np.array([0.5, 0.5]), 0.5),
        np.array([True, False]),
    )
    assert found.choice.tolist() == [NOTHING, NOTHING]


def test_an_answer_to_a_complaint_is_no_matter_of_chance():
    found = plan([[FORBIDDEN]] * 3 + [[10]], lot=[0.0], share=0.5)
    assert (found.choice.tolist(), found.explored.drawn.tolist()) == ([3], [False])


def test_who_is_drawn_does_not_hang_on_what_was_drawn():
    # Whatever they draw, the budget has room for the dearest of it; chance gets half of the budget here.
    found = plan([[10] * 2, [20] * 2], BudgetSettings(total_minor=1020), lot=[0.0, 0.4], share=0.5)
    assert found.explored.drawn.tolist() == [True, False]


def test_chances_are_what_they_say_when_the_budget_binds():
    n = 20_000
    lot = lots([f"c{number}" for number in range(n)], "explore")
    found = plan([[10] * n, [20] * n, [5] * n], BudgetSettings(total_minor=n * 100), lot=lot, share=0.4)
    drawn = found.choice[found.explored.drawn]
    assert 1000 < len(drawn) < 2000  # of 8,000: the dearest arm, 510, must fit two fifths of the budget
    shares = np.array([np.mean(drawn == at) for at in (NOTHING, 1, 2)])
    assert np.all(np.abs(shares - 1 / 3) < 5 * np.sqrt(2 / 9 / len(drawn)))


def test_chance_gets_its_share_of_a_limit_and_no_more():
    found = plan(
        [[FORBIDDEN] * 40] * 2 + [[9] * 40], BudgetSettings(contacts={"phone": 20}), lot=[0.0] * 40, share=0.1
    )
    assert found.explored.drawn.sum() == 2


def test_no_propensity_falls_below_a_twentieth():
    many = tuple(Offer(replace(CALL, id=f"call_{number}"), 0) for number in range(30))
    gain = np.full((30, 1), 10)
    draw = Draw(np.array([0.0]), np.array([0.3]), 0.5)
    found = planned(Offered(many, gain, gain * 0, gain + 1000), np.array([""]), BudgetSettings(), draw)
    assert found.explored.propensity.tolist() == [0.05]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"total_minor": -1}, "out of range"),
        ({"contacts": {"pigeon": 3}}, "names no channel"),
        ({"segment_by": "shoe_size"}, "unknown"),
        ({"teams": {"save_team": -2}}, "out of range"),
    ],
)
def test_budgets_that_make_no_sense_are_refused(settings, problem):
    with pytest.raises(InvalidSetting, match=problem):
        BudgetSettings(**settings)
