"""The gate: who may replace whom, as a table."""

import numpy as np
import pytest

from models.evaluation.comparison import Verdict
from models.evaluation.promotion import (
    Comparison,
    PromoteSettings,
    beside_logistic,
    beside_recipe,
    decide,
    decide_unjudged,
    same_models,
)

LIMIT = PromoteSettings(max_log_loss_increase=0.002)


def beside(ours, theirs, verdict):
    return Comparison("the recipe of champion abc", "fitted on the same folds", ours, theirs, verdict)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "promoted"),
    [
        (0.50, 0.55, Verdict.BETTER, True),
        (0.55, 0.55, Verdict.TIE, True),
        (0.552, 0.55, Verdict.WORSE, True),
        (0.553, 0.55, Verdict.WORSE, False),
        (0.56, 0.55, Verdict.TIE, True),
    ],
)
def test_a_candidate_is_refused_when_worse_by_more_than_the_limit_and_not_by_accident(
    ours, theirs, verdict, promoted
):
    assert decide(beside(ours, theirs, verdict), LIMIT).promoted is promoted


@pytest.mark.parametrize("missing", [np.nan, np.inf])
def test_a_candidate_without_a_figure_is_refused(missing):
    assert not decide(beside(missing, 0.5, Verdict.TIE), LIMIT).promoted


def test_the_reason_names_the_rival_and_both_figures():
    assert decide(beside(0.52, 0.50, Verdict.WORSE), LIMIT).reason == (
        "log-loss 0.5200 beside 0.5000 of the recipe of champion abc (fitted on the same folds; worse): "
        "beyond the limit of 0.002"
    )


def test_logistic_rfm_is_taken_from_the_final_cut():
    against = {"logistic_rfm": {"log_loss": {"verdict": "better"}}}
    final = {"model": {"log_loss": 0.4}, "logistic_rfm": {"log_loss": 0.5}, "against": against}
    found = beside_logistic({"final_cut": final}, "no champion yet")
    assert found == Comparison("logistic RFM", "no champion yet", 0.4, 0.5, Verdict.BETTER)


WHY = "no backtest has closed: needs 270 days of log, has 200"
JUDGED = {"final_cut": {"cut": "2024-04-01T00:00:00Z"}}
UNJUDGED = {"final_cut": None, "unjudged": WHY}


def test_a_first_candidate_that_nothing_could_judge_goes_live_and_says_so():
    found = decide_unjudged(WHY, None)
    assert (found.promoted, found.reason) == (True, f"not validated: {WHY}; nothing else is live")


def test_a_candidate_that_nothing_could_judge_replaces_another_such():
    assert decide_unjudged(WHY, UNJUDGED).promoted


def test_a_candidate_that_nothing_could_judge_never_replaces_one_that_was_judged():
    found = decide_unjudged(WHY, JUDGED)
    assert (found.promoted, found.reason) == (False, f"not validated: {WHY}; the champion was")


CHURNED = np.tile([0.0, 1.0], 500)
GOOD = np.where(CHURNED == 1, 0.8, 0.2)
POOR = np.full(1000, 0.5)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [(GOOD, POOR, Verdict.BETTER), (POOR, GOOD, Verdict.WORSE), (GOOD, GOOD, Verdict.TIE)],
)
def test_a_champion_s_recipe_is_compared_customer_by_customer(ours, theirs, verdict):
    assert beside_recipe("abc", ours, theirs, CHURNED).verdict is verdict


def test_another_policy_and_another_telling_leave_the_models_the_same():
    champion = {"churn/churn.json": "1", "churn/recipe.json": "2", "policy.json": "3"}
    assert same_models({**champion, "churn/recipe.json": "20", "policy.json": "30"}, champion)


def test_another_booster_is_another_model():
    champion = {"churn/churn.json": "1", "churn/booster_0.txt": "2"}
    assert not same_models({**champion, "churn/booster_0.txt": "20"}, champion)
