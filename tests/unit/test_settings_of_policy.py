"""Limits must limit something: a mistyped name would be no limit at all."""

import pytest

from models.domain.errors import InvalidSetting
from models.policy.budget_settings import BudgetSettings
from tests.policy_examples import policy


@pytest.mark.parametrize(
    "budgets",
    [
        BudgetSettings(segments={"consdering": 1}),
        BudgetSettings(campaigns={"cupon": 0}),
        BudgetSettings(teams={"save_teem": 1}),
    ],
)
def test_a_limit_on_what_does_not_exist_is_refused(budgets):
    with pytest.raises(InvalidSetting, match="limits nothing"):
        policy(budgets=budgets)


def test_regions_are_the_source_s_own_words():
    assert policy(budgets=BudgetSettings(segment_by="region", segments={"Bavaria": 1})).budgets.segments
