"""Whether the data agree that those who consider leaving are easier to keep."""

import numpy as np
import pytest

from models.evaluation.stage_effects import beyond_level, by_stage, considering_beyond
from models.learned.training.uplift import CrossFitted
from models.learned.trial import Trial
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


def of_two_campaigns(rows=2000):
    """A coupon that does .3 to anybody, mostly tried on those considering; a letter, .1, mostly on others."""
    random = np.random.default_rng(1)
    first = np.arange(rows) % 2 == 0
    considering = random.random(rows) < np.where(first, 0.9, 0.1)
    got = random.random(rows) < 0.5
    log = Trial(
        ("x",), np.zeros((rows, 1), np.float32), ("none", "coupon", "letter"),
        np.where(got, np.where(first, 1, 2), 0), np.full(rows, 0.5), np.zeros(rows), np.arange(rows),
        np.where(first, 0, 1),
    )  # fmt: skip
    noise = 0.1 * random.standard_normal(rows)
    told = np.vstack([np.zeros(rows), 0.3 + noise, 0.1 + noise])
    found = CrossFitted(np.zeros((3, rows)), told, effects={}, slopes={}, fold=np.zeros(rows, np.int64))
    return log, found, np.where(considering, "considering", "defecting")


def test_a_stage_that_had_the_better_campaign_is_not_easier_to_keep():
    told, apart = (each(*of_two_campaigns(), 0.95) for each in (by_stage, beyond_level))
    assert considering_beyond(told)["defecting"]["verdict"] == "agree"
    assert considering_beyond(apart)["defecting"]["verdict"] == "cannot_tell"


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
