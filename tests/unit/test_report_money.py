"""What the report says of money: the promise, what holds a plan back, and what more would earn."""

import pytest

from pipelines.report.money import beside, curve, sentences

LEARNING = {
    "held_out_from_plan": 3, "drawn_by_lot": 12,
    "customers_per_arm": {"two_points": 9336, "four_points": 2311},
}  # fmt: skip
PLAN = {
    "liability_minor": 50_000,
    "expected_gain_minor": 120_000,
    "gap": 0.0,
    "shadow_prices": {"total": 0.0, "segments": {"lost": 0.0, "considering": 0.0}, "resources": []},
    "more_minor": 100_000,
    "more_would_earn_minor": 0,
    "profit_curve": [
        {"budget_minor": budget, "liability_minor": budget, "expected_gain_minor": 2 * budget}
        for budget in (10_000, 20_000)
    ],
    "experiment": LEARNING,
}


def told(**changed):
    return sentences({**PLAN, **changed}, "EUR")


def prices(total=0.0, segments=(), resources=()):
    return {"total": total, "segments": dict(segments), "resources": list(resources)}


def test_it_says_what_is_promised_and_earned():
    assert "promises 500 EUR at most and is expected to earn 1,200 EUR beyond its cost" in told()[0]


@pytest.mark.parametrize(("gap", "more"), [(0.02, "2.0%"), (0.2, "25.0%"), (0.5, "100.0%")])
def test_a_plan_that_may_fall_short_says_by_how_much(gap, more):
    assert f"would earn {more} more at most" in told(gap=gap)[0]


def test_a_plan_that_earns_nothing_names_no_share_of_it():
    assert "would earn is not known" in told(gap=1.0)[0]


def test_where_nothing_binds_more_earns_nothing():
    assert told()[1:-1] == ["No limit holds it back: more money, calls or hands would earn nothing more."]


def test_a_budget_that_binds_says_what_the_next_thousand_would_earn():
    found = told(shadow_prices=prices(total=1.4), more_would_earn_minor=130_000)
    assert found[1:-1] == ["The budget holds it back: 1,000 EUR more would earn 1,300 EUR more."]


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        (("channel", "phone", 250.0), "One more contact by phone would earn 2.50 EUR."),
        (("owner", "save_team", 400.0), "One more case for save team would earn 4.00 EUR."),
        (("campaign", "spring", 1.25), "Each EUR more for the campaign “spring” would earn 1.25 more."),
    ],
)
def test_what_runs_out_says_what_one_more_would_earn(resource, sentence):
    kind, name, price = resource
    short = [{"kind": kind, "name": name, "price": price}]
    assert told(shadow_prices=prices(resources=short))[1:-1] == [sentence]


def test_a_segment_s_budget_speaks_for_itself():
    found = told(shadow_prices=prices(segments={"considering": 0.8, "lost": 0.0}))
    assert found[1:-1] == ["The budget for “considering” holds it back: each EUR more would earn 0.80 more."]


def test_it_says_what_is_being_learned_and_how_many_that_takes():
    assert "12 customers got what a lot decided and 3 are held out" in told()[-1]
    assert "takes 2,311 on each side" in told()[-1]


def test_a_plan_without_chance_says_that_it_teaches_nothing():
    nothing = LEARNING | {"held_out_from_plan": 0, "drawn_by_lot": 0}
    assert "nothing can be learned" in told(experiment=nothing)[-1]


def test_the_curve_has_a_bar_for_each_budget():
    drawn = curve(PLAN, "EUR")
    assert drawn.count("<rect") == 2
    assert "400 EUR" in drawn


def test_a_plan_that_promises_nothing_has_no_curve():
    flat = [{"budget_minor": 0, "liability_minor": 0, "expected_gain_minor": 0}]
    assert curve({**PLAN, "profit_curve": flat}, "EUR") == ""


def test_the_plan_stands_beside_rules_of_thumb():
    rules = {
        name: {"customers": customers, "liability_minor": promised, "expected_gain_minor": gain}
        for name, customers, promised, gain in (
            ("plan", 10, 5_000, 9_000),
            ("nobody", 0, 0, 0),
            ("everybody", 40, 30_000, -2_000),
            ("by_risk", 9, 4_800, 1_000),
            ("by_value", 8, 4_900, 3_000),
        )
    }
    assert beside(rules, "assumed", "EUR") == (
        "By effects that are assumed, the plan with its lots is expected to gain 90 EUR. Promising as much "
        "by risk would gain 10 EUR, by value 30 EUR; treating all 40 who may get something -20 EUR, for 300 "
        "EUR promised; treating nobody 0."
    )
