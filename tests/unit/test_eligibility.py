"""What steps down to what, in numbers: nothing where nothing does."""

import pytest

from models.evaluation.eligibility import fallbacks, features_off

SHORT = "no backtest has closed: needs 270 days of log, has 150"
CHURN = {"model_used": "boosted_and_logistic", "reason": "9000 rows"}
GROUP = {"rows": 900, "reason": "900 rows with a margin"}
VALUE = {"retained": GROUP, "lost": GROUP}
BOUND = {"k_lo": 0.7, "reason": "5 closed backtests"}
RESPONSE = {"state": "learned", "reason": ""}
ALONE = {"rows": 90, "reason": "the mean alone: 77 rows with a margin, fewer than 180"}


def told(churn=(), value=(), bound=(), response=()):
    parts = (CHURN, churn), (VALUE, value), (BOUND, bound), (RESPONSE, response)
    recipes = [usual | dict(other) for usual, other in parts]
    return fallbacks(churn=recipes[0], value=recipes[1], bound=recipes[2], response=recipes[3])


def test_where_nothing_steps_down_there_is_nothing_to_say():
    assert told() == ()


@pytest.mark.parametrize(
    ("used", "instead"),
    [
        ("logistic_rfm", "logistic RFM instead of boosted trees"),
        ("logistic", "logistic regression instead of boosted trees"),
        ("cold_start", "one rate for everybody instead of a model"),
        ("none", "nobody is scored"),
    ],
)
def test_churn_says_what_stands_in_and_why(used, instead):
    reason = "640 rows, fewer than 1,000"
    assert told(churn={"model_used": used, "reason": reason}) == (f"churn: {instead}: {reason}",)


def test_churn_that_could_not_be_judged_says_so():
    found = told(churn={"model_used": "logistic_rfm", "reason": "640 rows", "unjudged": SHORT})
    assert found[1] == f"churn: not judged: {SHORT}"


def test_one_reason_for_both_is_said_once():
    found = told(churn={"model_used": "logistic_rfm", "reason": SHORT, "unjudged": SHORT})
    assert found == (f"churn: logistic RFM instead of boosted trees: {SHORT}",)


def test_value_that_may_not_be_spent_says_so():
    reason = "no window has 3 closed backtests, nothing is spendable: needs 450 days of log, has 150"
    assert told(bound={"k_lo": 0.0, "reason": reason}) == (f"value: {reason}",)


def test_value_whose_bound_came_out_as_nothing_says_so():
    found = told(bound={"k_lo": 0.0, "reason": "4 closed backtests"})
    assert found == ("value: nothing is spendable: 4 closed backtests",)


def test_value_told_by_a_mean_says_whose():
    assert told(value={"retained": ALONE}) == (
        "value of those who stay: the mean alone: 77 rows with a margin, fewer than 180",
    )


def test_a_group_that_brought_nothing_at_all_needs_no_model():
    nothing = {"rows": 90, "reason": "the mean alone: 0 rows with a margin, fewer than 180"}
    assert told(value={"lost": nothing}) == ()


def test_value_that_nothing_is_known_of_says_so_once():
    nothing = {"rows": 0, "reason": "no window of 90 days has closed"}
    found = told(value={"retained": nothing, "lost": nothing}, bound={"k_lo": 0.0})
    assert found == ("value: unknown: no window of 90 days has closed",)


def test_assumed_effects_say_so():
    found = told(response={"state": "assumed", "reason": "the source holds no offers"})
    assert found == ("effects of actions: assumed, not learned: the source holds no offers",)


def test_features_that_are_off_are_counted_by_reason():
    off = {"a": "the source has no table offers", "b": "the source has no table complaints"}
    off |= {"c": "the source has no table complaints"}
    assert features_off(off) == (
        "features: 3 switched off: the source has no table complaints (2), no table offers (1)",
    )


def test_features_that_are_all_on_are_not_worth_a_word():
    assert features_off({}) == ()


def test_features_that_are_off_for_want_of_customers_do_not_blame_the_source():
    off = {"a": "the source has no table offers", "b": "3 customers bought articles, counting takes 16"}
    assert features_off(off) == (
        (
            "features: 2 switched off: the source has no table offers (1); "
            "3 customers bought articles, counting takes 16 (1)"
        ),
    )
