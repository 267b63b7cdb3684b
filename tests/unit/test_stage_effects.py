"""Whether the data agree that those who consider leaving are easier to keep."""

import pytest

from models.evaluation.stage_effects import considering_beyond
from pipelines.report.offers import stages_agree


def stages(considering, other, *, error=0.01, name="defecting"):
    told = {"considering": considering, name: other}
    return {
        stage: {"customers": 100, "effect": effect, "low": effect - error, "high": effect + error}
        for stage, effect in told.items()
    }


@pytest.mark.parametrize(
    ("considering", "defecting", "verdict"),
    [(0.1, 0.05, "agree"), (0.05, 0.1, "disagree"), (0.1, 0.09, "cannot_tell")],
)
def test_the_data_agree_only_beyond_chance(considering, defecting, verdict):
    assert considering_beyond(stages(considering, defecting))["defecting"]["verdict"] == verdict


def test_errors_of_two_stages_add_in_squares():
    told = considering_beyond(stages(0.1, 0.05))["defecting"]
    assert told["effect"] - told["low"] == pytest.approx(0.01 * 2**0.5, abs=1e-5)


def test_without_anybody_considering_there_is_nothing_to_compare():
    assert considering_beyond({"silent": stages(0, 0)["considering"]}) == {}


def test_a_sentence_says_that_the_data_agree():
    told = {"considering_beyond": considering_beyond(stages(0.1, 0.05))}
    assert stages_agree(told) == (
        "The data agree that those who consider leaving are easier to keep than those defecting: "
        "by +5.0 points (+3.6 points to +6.4 points)."
    )


def test_a_sentence_names_the_stage_that_was_there_where_nobody_was_defecting():
    told = {"considering_beyond": considering_beyond(stages(0.1, 0.09, name="silent"))}
    assert stages_agree(told) == (
        "Nobody was defecting in a trial. "
        "The data cannot tell whether those who consider leaving are easier to keep than those silent: "
        "by +1.0 points (−0.4 points to +2.4 points)."
    )


def test_without_a_trial_nothing_is_said():
    assert stages_agree({}) == ""
