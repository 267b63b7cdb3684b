"""The plan of a day: budgets, lots and holdout meet what is best for each one."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.policy.budget_settings import BudgetSettings
from models.policy.day_plan import NOT_PLANNED, plan_day
from models.policy.experiment_report import experiment_report
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


def test_no_chance_is_claimed_for_the_held_out_whom_the_plan_would_leave_alone():
    rows = day_plan([("B", 0, 9)], experiment=ExperimentSettings(holdout_share=0.5)).choices
    assert held_out(["B"], 0.5).tolist() == [True]
    assert columns_of(rows) == [("plan-2024-06-30", "targeted", 1.0)]


HELD_OUT = ExperimentSettings(holdout_share=0.25)


def by_holdout(found):
    """The rows of those who are held out, and of the others."""
    held = held_out(found["customer_id"].to_pylist(), 0.25)
    return found.filter(pa.array(held)), found.filter(pa.array(~held))


def test_whom_the_plan_would_treat_but_for_the_holdout_is_logged_with_the_chance_of_it():
    held, _ = by_holdout(day_plan(MANY, experiment=HELD_OUT).choices)
    assert set(columns_of(held)) == {("plan-2024-06-30", "randomised", 0.25)}
    assert set(held["recommended_action"].to_pylist()) == {"leave_alone"}


def test_whom_the_plan_treats_is_logged_with_the_chance_of_not_being_held_out():
    _, treated = by_holdout(day_plan(MANY, experiment=HELD_OUT).choices)
    assert set(columns_of(treated)) == {("plan-2024-06-30", "randomised", 0.75)}
    assert set(treated["recommended_action"].to_pylist()) == {"coupon"}


def test_whom_an_earlier_plan_has_tried_is_compared_with_nobody():
    rows = plan_day(
        choices(MANY),
        offers(MANY, tried=[name for name, _, _ in MANY]),
        replace(POLICY_OF_LISTS, experiment=HELD_OUT),
        "2024-06-30",
    ).choices
    assert set(columns_of(rows)) == {("plan-2024-06-30", "targeted", 1.0)}


def test_without_a_holdout_nothing_is_compared():
    assert set(columns_of(day_plan(MANY).choices)) == {("plan-2024-06-30", "targeted", 1.0)}


def test_a_budget_chooses_whom_to_compare_without_regard_to_the_holdout():
    people = [(f"C{number:05d}", 100 + number, 50) for number in range(4000)]
    found = day_plan(people, experiment=HELD_OUT, budgets=BudgetSettings(total_minor=510 * 1500)).choices
    compared = found.filter(pc.equal(found["design"], "randomised"))
    held, treated = by_holdout(compared)
    assert treated.num_rows == 1500
    assert abs(held.num_rows - 500) < 4 * np.sqrt(2000 * 0.25 * 0.75)  # of 2,000 a quarter, four deviations
    least = [int(pc.min(part["customer_id"]).as_py()[1:]) for part in (held, treated)]
    assert min(least) > 1900


def test_the_lot_falls_on_the_held_out_without_giving_them_anything():
    settings = ExperimentSettings(holdout_share=0.25, exploration_share=0.4)
    held, _ = by_holdout(day_plan(MANY, experiment=settings).choices)
    fallen = held.filter(pc.equal(held["campaign_id"], "explore-2024-06-30"))
    assert 0.2 < fallen.num_rows / held.num_rows < 0.6
    assert set(columns_of(fallen)) == {("explore-2024-06-30", "targeted", 1.0)}
    assert set(held["recommended_action"].to_pylist()) == {"leave_alone"}


def test_the_figures_say_who_was_left_to_chance_and_how_many_an_answer_takes():
    settings = ExperimentSettings(holdout_share=0.25, exploration_share=0.4)
    found = day_plan(MANY, experiment=settings)
    rows, told = found.choices, experiment_report(found, np.full(len(MANY), 0.4))
    held, treated = by_holdout(rows.filter(pc.equal(rows["campaign_id"], "plan-2024-06-30")))
    assert (told["held_out_from_plan"], told["treated_beside_them"]) == (held.num_rows, treated.num_rows)
    assert told["drawn_by_lot"] == pc.sum(pc.equal(rows["propensity"], 0.5)).as_py()
    assert told["retention_as_things_stand"] == pytest.approx(0.6)
    assert told["customers_per_arm"] == {"two_points": 9336, "four_points": 2311}  # as docs/budgets.md has it


@pytest.mark.parametrize(
    ("chance", "needed"), [(0.01, [None, None]), (0.03, [769, None]), (np.nan, [None] * 2)]
)
def test_no_number_is_told_for_a_change_that_cannot_be(chance, needed):
    found = day_plan(MANY, experiment=ExperimentSettings(exploration_share=0.4))
    told = experiment_report(found, np.full(len(MANY), chance))["customers_per_arm"]
    assert list(told.values()) == needed


def columns_of(rows):
    return list(zip(*(rows[name].to_pylist() for name in NOT_PLANNED), strict=True))


def test_tables_of_different_customers_are_refused():
    with pytest.raises(ValueError, match="same customers"):
        plan_day(choices(MANY), offers(MANY[1:]), POLICY_OF_LISTS, "2024-06-30")
