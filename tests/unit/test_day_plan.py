"""The plan of a day: budgets, lots and holdout meet what is best for each one."""

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from models.policy.budget_settings import BudgetSettings
from models.policy.day_plan import NOT_PLANNED, plan_day
from models.policy.experiment_settings import ExperimentSettings
from models.policy.lots import held_out
from tests.list_examples import POLICY_OF_LISTS, choices, offers

MANY = [(f"C{number:04d}", 100 + number, 50) for number in range(400)]


def day_plan(people, **changed):
    return plan_day(choices(people), offers(people), replace(POLICY_OF_LISTS, **changed), "2024-06-30")


def columns(found, *names):
    return list(zip(*(found.choices[name].to_pylist() for name in names), strict=True))


def test_without_budgets_everybody_keeps_what_is_best_for_them():
    people = [("A", 0, 900), ("B", 500, 100)]
    assert day_plan(people).choices.drop_columns(list(NOT_PLANNED)).equals(choices(people))


def test_who_is_crowded_out_by_the_budget_is_left_alone_for_that_reason():
    found = day_plan([("A", 300, 9), ("B", 500, 9)], budgets=BudgetSettings(total_minor=600))
    assert columns(found, "recommended_action", "do_not_contact_reason") == [
        ("leave_alone", "over_budget"),
        ("coupon", None),
    ]


def test_who_is_left_alone_for_another_reason_keeps_it():
    found = day_plan([("A", 0, 9), ("B", 500, 9)], budgets=BudgetSettings(total_minor=0))
    assert found.choices["do_not_contact_reason"].to_pylist() == ["no_gain", "over_budget"]


def test_who_is_crowded_out_is_promised_nothing():
    found = day_plan([("A", 300, 9)], budgets=BudgetSettings(total_minor=0))
    names = ("recommended_offer", "liability_minor", "incentive_cap_minor", "expected_gain_minor")
    assert columns(found, *names) == [(None, 0, 0, 0)]


def test_a_budget_of_a_segment_is_known_by_its_word():
    found = day_plan([("A", 300, 9)], budgets=BudgetSettings(segments={"considering": 100}))
    assert found.choices["do_not_contact_reason"].to_pylist() == ["over_budget"]


def test_lots_are_logged_with_their_chance():
    found = day_plan(MANY, experiment=ExperimentSettings(exploration_share=0.4)).choices
    drawn = found.filter(pc.equal(found["campaign_id"], "explore-2024-06-30"))
    assert 0.3 < drawn.num_rows / len(MANY) < 0.5
    assert set(drawn["propensity"].to_pylist()) == {0.5}
    assert set(drawn["design"].to_pylist()) == {"randomised"}
    assert set(drawn["recommended_action"].to_pylist()) == {"coupon", "leave_alone"}


def test_who_drew_nothing_is_held_out_for_comparison():
    found = day_plan(MANY, experiment=ExperimentSettings(exploration_share=0.4)).choices
    alone = found.filter(pc.equal(found["recommended_action"], "leave_alone"))
    assert set(alone["do_not_contact_reason"].to_pylist()) == {"in_holdout"}


def test_another_day_draws_others():
    def drawn(day):
        settings = replace(POLICY_OF_LISTS, experiment=ExperimentSettings(exploration_share=0.4))
        return plan_day(choices(MANY), offers(MANY), settings, day).planned.explored.drawn

    assert np.array_equal(drawn("2024-06-30"), drawn("2024-06-30"))
    assert 0.3 < np.mean(drawn("2024-06-30") != drawn("2024-07-01")) < 0.7


def test_the_plan_claims_no_chance_for_whoever_is_held_out():
    rows = day_plan([("B", 0, 9)], experiment=ExperimentSettings(holdout_share=0.5)).choices
    assert held_out(["B"], 0.5).tolist() == [True]
    assert columns_of(rows) == [("plan-2024-06-30", "targeted", 1.0)]


def columns_of(rows):
    return list(zip(*(rows[name].to_pylist() for name in NOT_PLANNED), strict=True))


def test_tables_of_different_customers_are_refused():
    with pytest.raises(ValueError, match="same customers"):
        plan_day(choices(MANY), offers(MANY[1:]), POLICY_OF_LISTS, "2024-06-30")
