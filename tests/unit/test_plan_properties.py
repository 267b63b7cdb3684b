"""What holds of every plan, whoever the customers are, whatever is short and whatever chance decides."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.domain.vocabulary import LifecycleStage, Purpose
from models.policy.allocation.problem import NOTHING
from models.policy.assess import assess
from models.policy.budget_settings import BudgetSettings
from models.policy.budgets import planned
from models.policy.consent import NO, YES
from models.policy.exploration import Draw
from models.policy.offered import Offered
from tests.policy_examples import APOLOGISE, CALL, COUPON, MEAN_ORDER, customer, policy
from tests.policy_examples import POLICY as EXAMPLE

# Large shares of the stake may be spent and little is sure to come of it, so that what pays binds most caps.
POLICY = policy(
    actions=(COUPON, replace(CALL, owner="save_team"), APOLOGISE),
    phi=dict.fromkeys(LifecycleStage, 0.3),
    response=replace(EXAMPLE.response, gamma_low=0.04, considering_gamma_low=0.04),
)


def evenly(low, high):
    """Any of fifty-one numbers, each as often: plain ranges are mostly tried near 0."""
    return st.sampled_from(np.linspace(low, high, 51).tolist())


people = st.fixed_dictionaries(
    {
        "churn_probability": evenly(0.3, 0.95),
        "value_at_stake_minor": evenly(5_000, 300_000).map(int),
        "value_at_stake_low_minor": evenly(0, 150_000).map(int),
        "lifetime_value_minor": evenly(0, 60_000).map(int),
        "recency_days": evenly(0, 90),
        "complaints_open": st.sampled_from([0.0, 0.0, 0.0, 1.0]),
        "scored": st.sampled_from([True, True, True, False]),
        "consents": st.fixed_dictionaries({"email": st.sampled_from([YES, YES, NO]), "phone": st.just(YES)}),
    }
)
limits = st.one_of(st.none(), st.integers(0, 3_000))


@st.composite
def days(draw):
    """Customers, what all of them together may be promised, whose lots fall, and who is held out."""
    crowd = draw(st.lists(people, min_size=1, max_size=6))
    n = len(crowd)
    found = [assess(customer(**each), POLICY, MEAN_ORDER) for each in crowd]
    offered = [each.offered for each in found]
    together = Offered(
        offered[0].offers,
        *(
            np.concatenate([getattr(each, name) for each in offered], axis=1)
            for name in ("gain", "cost", "cap")
        ),
    )
    lots = st.lists(st.floats(0, 0.999), min_size=n, max_size=n)
    chance = Draw(np.array(draw(lots)), np.array(draw(lots)), draw(st.sampled_from([0.0, 0.5, 0.9])))
    held = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    return crowd, found, together, chance, held


def choice_of(day, budgets):
    _, found, together, chance, held = day
    stage = np.concatenate([each.lifecycle_stage for each in found])
    return planned(together, stage, budgets, chance, held)


def promised(day, choice):
    """Customer, offer and cap of everybody who is promised something."""
    together = day[2]
    return [
        (who, together.offers[at], together.cap[at, who]) for who, at in enumerate(choice) if at != NOTHING
    ]


@settings(max_examples=50, deadline=None)
@given(days(), limits)
def test_nobody_is_promised_more_than_their_cap_or_their_bounded_stake(day, total):
    for who, offer, cap in promised(day, choice_of(day, BudgetSettings(total_minor=total)).choice):
        assert offer.liability <= cap <= day[0][who]["value_at_stake_low_minor"]


@settings(max_examples=50, deadline=None)
@given(days(), limits)
def test_who_is_unscored_or_refused_a_channel_is_never_reached_by_it(day, total):
    for who, offer, _ in promised(day, choice_of(day, BudgetSettings(total_minor=total)).choice):
        assert day[0][who]["scored"]
        assert day[0][who]["consents"][offer.action.channel] == YES


@settings(max_examples=50, deadline=None)
@given(days(), limits)
def test_the_held_out_get_nothing_but_answers_to_their_complaints(day, total):
    for who, offer, _ in promised(day, choice_of(day, BudgetSettings(total_minor=total)).choice):
        assert not day[4][who] or offer.action.purpose is Purpose.RECOVERY


@settings(max_examples=50, deadline=None)
@given(days(), st.integers(0, 3_000), st.integers(0, 3), st.integers(0, 2))
def test_all_that_is_promised_fits_the_budget_the_calls_and_the_team(day, total, calls, cases):
    budgets = BudgetSettings(total_minor=total, contacts={"phone": calls}, teams={"save_team": cases})
    found = choice_of(day, budgets)
    offers = [offer for _, offer, _ in promised(day, found.choice)]
    assert sum(offer.liability for offer in offers) == found.use.total <= total
    assert sum(offer.action.channel == "phone" for offer in offers) <= min(calls, cases)


@settings(max_examples=50, deadline=None)
@given(days(), st.integers(0, 2_000), st.integers(0, 2_000), st.integers(0, 2), st.integers(0, 2))
def test_more_of_anything_costs_at_most_the_reported_gap(day, total, more_money, calls, more_calls):
    day = (*day[:3], replace(day[3], share=0.0), day[4])  # a lot may fall on more where there is more
    less, more = (
        choice_of(day, BudgetSettings(total_minor=money, contacts={"phone": phone}))
        for money, phone in ((total, calls), (total + more_money, calls + more_calls))
    )
    assert more.use.gain >= less.use.gain - more.allocation.gap * more.allocation.bound - 1e-6


@settings(max_examples=50, deadline=None)
@given(days())
def test_whom_the_plan_would_treat_does_not_hang_on_who_is_held_out(day):
    """Without limits: with them prices differ a little."""
    crowd, found, together, chance, held = day
    one = choice_of(day, BudgetSettings())
    other = choice_of((crowd, found, together, chance, ~held), BudgetSettings())
    if held.any() and not held.all():
        np.testing.assert_array_equal(one.compared, other.compared)


def greatest_cap(person, policy_=POLICY):
    return assess(customer(**person), policy_, MEAN_ORDER).greatest_cap_minor[0]


@settings(max_examples=300, deadline=None)
@given(people, evenly(0, 1))
def test_the_cap_of_those_whom_it_binds_never_rises_when_the_bounded_stake_falls(person, share):
    low = person["value_at_stake_low_minor"]
    assert greatest_cap(person | {"value_at_stake_low_minor": int(low * share)}) <= greatest_cap(person)


@settings(max_examples=300, deadline=None)
@given(people, evenly(0, 1))
def test_the_cap_of_those_whom_it_binds_never_rises_when_the_low_end_of_the_response_falls(person, share):
    response = replace(
        POLICY.response,
        gamma_low=POLICY.response.gamma_low * share,
        considering_gamma_low=POLICY.response.considering_gamma_low * share,
    )
    actions = tuple(replace(action, touch_low=action.touch_low * share) for action in POLICY.actions)
    assert greatest_cap(person, replace(POLICY, response=response, actions=actions)) <= greatest_cap(person)


@settings(max_examples=300, deadline=None)
@given(people, evenly(0, 60_000).map(int))
def test_the_same_customer_in_a_lower_tier_is_never_given_more(person, fall):
    poorer = person | {"lifetime_value_minor": person["lifetime_value_minor"] - fall}
    given_to = [
        assess(customer(**each), POLICY, MEAN_ORDER).choice.face_value_minor[0] for each in (poorer, person)
    ]
    assert given_to[0] <= given_to[1]
