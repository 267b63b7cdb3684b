"""The cap of one action alone is that which is explained beside all others."""

from itertools import product

import pytest

from models.policy.cap_explained import cap_of_action, explained_cap
from tests.policy_examples import MEAN_ORDER, customer
from tests.spec_tables import shipped

PEOPLE = [
    dict(zip(("churn_probability", "value_at_stake_low_minor", "complaints_open"), each, strict=True))
    for each in product([0.2, 0.7, 0.95], [0, 40_000], [0.0, 1.0])
]


@pytest.mark.parametrize("person", PEOPLE)
def test_one_action_has_the_cap_and_the_inputs_that_are_explained(person):
    policy, who = shipped(), customer(value_at_stake_minor=50_000, lifetime_value_minor=60_000, **person)
    explained = explained_cap(who, policy, MEAN_ORDER, None)
    for drawn, cap in ((False, "cap_minor"), (True, "lot_cap_minor")):
        told = {
            one.id: cap_of_action(who, policy, MEAN_ORDER, one.id, drawn=drawn)
            for one in policy.enabled_actions
        }
        assert told == {one.action: (getattr(one, cap), explained.inputs) for one in explained.actions}


def test_some_of_them_get_something():
    told = [
        cap_of_action(customer(value_at_stake_minor=50_000, **person), shipped(), MEAN_ORDER, "coupon")[0]
        for person in PEOPLE
    ]
    assert max(told) > 0


def test_an_action_that_there_is_not_has_no_cap():
    assert cap_of_action(customer(**PEOPLE[0]), shipped(), MEAN_ORDER, "bribe")[0] == 0
