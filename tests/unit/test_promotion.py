"""The gate: who may replace whom, as a table."""

import pytest

from models.evaluation.comparison import Verdict
from models.evaluation.promotion import JudgedRelease, PromoteSettings, decide, judged

LIMIT = PromoteSettings(max_log_loss_increase=0.002)


def release(log_loss, *, outcomes="these", horizon=90, name="new", verdict=Verdict.WORSE):
    return JudgedRelease(name, horizon, outcomes, log_loss, 0.55, verdict)


@pytest.mark.parametrize(
    ("candidate", "champion", "promoted"),
    [
        (release(0.50), None, True),
        (release(0.552), None, True),
        (release(0.56), None, False),
        (release(0.56, verdict=Verdict.TIE), None, True),
        (release(0.50), release(0.50, name="old"), True),
        (release(0.502), release(0.50, name="old"), True),
        (release(0.5021), release(0.50, name="old"), False),
        (release(0.54, outcomes="others"), release(0.50, name="old"), True),
        (release(0.56, outcomes="others"), release(0.50, name="old"), False),
        (release(0.56, outcomes="others", verdict=Verdict.TIE), release(0.50, name="old"), True),
        (release(0.54, horizon=60), release(0.50, name="old"), True),
        (release(0.51, verdict=Verdict.BETTER), release(0.50, name="old"), False),
    ],
)
def test_a_candidate_goes_live_unless_it_is_worse_than_its_rival_by_more_than_the_limit(
    candidate, champion, promoted
):
    assert decide(candidate, champion, LIMIT).promoted is promoted


def test_the_reason_names_the_champion_and_both_figures():
    reason = decide(release(0.52), release(0.50, name="abc"), LIMIT).reason
    assert reason == "log-loss 0.5200 beside 0.5000 of champion abc: beyond the limit of 0.002"


def test_a_champion_that_answered_another_question_is_not_compared_directly():
    reason = decide(
        release(0.54, outcomes="others", verdict=Verdict.TIE), release(0.50, name="old"), LIMIT
    ).reason
    assert reason == (
        "the champion was judged on other data or another horizon; "
        "log-loss 0.5400 beside 0.5500 of logistic RFM (tie): allowed"
    )


def test_the_figures_come_from_the_final_cut():
    against = {"logistic_rfm": {"log_loss": {"verdict": "better"}}}
    final = {
        "outcomes": "these",
        "model": {"log_loss": 0.4},
        "logistic_rfm": {"log_loss": 0.5},
        "against": against,
    }
    expected = JudgedRelease("abc", 90, "these", 0.4, 0.5, Verdict.BETTER)
    assert judged("abc", 90, {"final_cut": final}) == expected
