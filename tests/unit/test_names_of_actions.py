"""An action is told apart from no action by its name alone, in the plan as in the ledger."""

from dataclasses import replace

import pytest

from models.domain.errors import InvalidSetting
from models.domain.vocabulary import Purpose
from models.policy.action_settings import LEAVE_ALONE, NO_ARM
from tests.policy_examples import APOLOGISE


@pytest.mark.parametrize("name", ["", NO_ARM, LEAVE_ALONE, *(purpose.value for purpose in Purpose)])
def test_an_action_may_not_have_the_name_of_what_needs_none(name):
    with pytest.raises(InvalidSetting, match="a name of its own") as refused:
        replace(APOLOGISE, id=name)
    assert (refused.value.given, refused.value.remedy) == (name, "Rename it.")


def test_it_is_told_which_names_are_taken():
    with pytest.raises(InvalidSetting, match="but none, leave_alone, retention, recovery, win_back or owed"):
        replace(APOLOGISE, id="recovery")


def test_an_action_may_have_the_name_of_a_purpose_within_its_own():
    assert replace(APOLOGISE, id="recovery_call").id == "recovery_call"
