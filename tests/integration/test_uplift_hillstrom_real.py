"""Whom an e-mail changed, on Hillstrom's experiment: the gate tells what may be targeted on."""

import os
from pathlib import Path

import pytest

from benchmarks import uplift
from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_curves import qini

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def rows():
    folder = os.environ.get("HOLDFAST_REAL_DATA")
    if not folder:
        pytest.skip("HOLDFAST_REAL_DATA does not name the folder of the real logs")
    return uplift.read_log(Path(folder) / uplift.FILE)


@pytest.mark.parametrize(
    ("e_mail", "outcome", "state"),
    [
        ("Womens E-Mail", "visit", ResponseState.LEARNED),
        ("Mens E-Mail", "visit", ResponseState.UNIFORM),
        ("Womens E-Mail", "spend", ResponseState.UNIFORM),
    ],
)
def test_the_gate_opens_to_targeting_only_where_it_is_worth_it(rows, e_mail, outcome, state):
    assert uplift.judged(uplift.trial_of(rows, e_mail, outcome), 0)[1].state is state


def test_who_is_changed_by_the_womens_e_mail_is_found(rows):
    trial = uplift.trial_of(rows, "Womens E-Mail", "visit")
    found, verdict = uplift.judged(trial, 0)
    assert qini(trial.outcome, found.effects[verdict.learner][0], trial.treated) > 0.05
