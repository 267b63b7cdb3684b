"""What plans earn in truth beside rules of thumb, on customers few enough to reckon by hand."""

import numpy as np
import pytest

from models.evaluation.realised_profit import BEST, PLAN, CouponLaw, rules_beside_plan
from models.policy.allocation.problem import FORBIDDEN, Options

LAW = {
    "telling": 500.0, "most_kept": 0.5, "parting": 0.2, "wakes": 0.0, "uses_least": 0.25, "uses_more": 0.35,
    "buys": 0.6, "buys_if_swayed": 0.7, "as_it_is": 8_000.0, "if_swayed": 10_000.0,
}  # fmt: skip


def law(**changed):
    return CouponLaw(**{name: np.array([value]) for name, value in (LAW | changed).items()})


def test_a_coupon_earns_what_it_keeps_less_what_is_used():
    pull = 1 - np.exp(-1)
    lucky, uses = 0.5 * pull, 0.25 + 0.35 * pull
    used = (1 - lucky) * uses * 0.6 + lucky * (0.2 + 0.8 * uses * 0.7)
    assert law().profit(500, 10) == pytest.approx([lucky * 2_000 - 500 * used - 10])


def test_a_letter_without_a_coupon_costs_the_letter():
    assert law(wakes=0.5).profit(0, 10) == pytest.approx([-10])


def test_who_is_driven_away_uses_no_coupon():
    assert law(wakes=1.0, most_kept=0.0).profit(500, 10) == pytest.approx([-8_010])


def test_who_is_beyond_reach_costs_the_contact_alone():
    gone = law(most_kept=0.0, parting=0.0, buys=0.0, as_it_is=0.0)
    assert gone.profit(500, 10) == pytest.approx([-10])


# Four customers, one coupon of 100: the policy believes in the second, truth in the third; the fourth may
# get none. Risk falls, value rises.
GAIN = np.array([[30, 90, 60, FORBIDDEN]])
PROFIT = np.array([[-20.0, 40.0, 70.0, 500.0]])
ORDERS = {"by_risk": np.array([4.0, 3.0, 2.0, 1.0]), "by_value": np.array([1.0, 2.0, 3.0, 4.0])}


def found(share):
    options = Options(GAIN, np.full((1, 4), 100), ((),), np.zeros(4, np.int64))
    figures = rules_beside_plan(options, PROFIT, ORDERS, (share,))
    (budget,) = figures["budgets"]
    return figures, budget


def profits(rules):
    return {name: told["profit_minor"] for name, told in rules.items()}


def test_with_money_for_one_each_rule_chooses_its_own():
    _, budget = found(0.34)
    assert budget["budget_minor"] == 102
    assert profits(budget["rules"]) == {PLAN: 40, "by_risk": -20, "by_value": 70, BEST: 70}


def test_what_the_policy_believes_stands_beside_what_is_true():
    assert found(0.34)[1]["believed_minor"] == 90


def test_with_money_for_all_the_rules_treat_the_same_customers_and_truth_skips_a_loss():
    _, budget = found(1.0)
    assert profits(budget["rules"]) == {PLAN: 90, "by_risk": 90, "by_value": 90, BEST: 110}


def test_no_rule_promises_more_than_the_budget():
    _, budget = found(0.67)
    assert {told["liability_minor"] for told in budget["rules"].values()} == {200}


def test_without_caps_a_rule_may_choose_whom_the_policy_forbids():
    _, budget = found(0.34)
    assert profits(budget["without_caps"]) == {"by_risk": -20, "by_value": 500}


def test_it_says_how_many_may_get_anything():
    assert found(1.0)[0]["allowed"] == 3


def test_where_nothing_is_on_offer_nobody_earns():
    options = Options(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64), (), np.zeros(2, np.int64))
    orders = {"by_risk": np.array([1.0, 2.0])}
    (budget,) = rules_beside_plan(options, np.zeros((0, 2)), orders, (1.0,))["budgets"]
    assert profits(budget["rules"]) == {PLAN: 0, "by_risk": 0, BEST: 0}
