import re
from pathlib import Path

import numpy as np
import pytest

from models.policy.power import customers_per_arm


@pytest.mark.parametrize(
    ("retention", "uplift", "customers"),
    [
        (0.5, 0.02, 9806),
        (0.5, 0.04, 2448),
        (0.8, 0.02, 6039),
        (0.8, 0.04, 1447),
    ],
)
def test_the_customers_that_two_and_four_points_need(retention, uplift, customers):
    assert customers_per_arm(retention, uplift) == customers


def test_an_experiment_of_that_size_sees_the_effect_as_often_as_said():
    arm, random = customers_per_arm(0.6, 0.05), np.random.default_rng(4)
    stayed, moved = (random.binomial(arm, p, 4000) / arm for p in (0.6, 0.65))
    mean = (stayed + moved) / 2
    seen = np.abs(moved - stayed) / np.sqrt(2 * mean * (1 - mean) / arm) > 1.959964
    assert seen.mean() == pytest.approx(0.8, abs=0.02)


def test_a_fall_needs_as_many_as_the_rise_back():
    assert customers_per_arm(0.6, -0.05) == customers_per_arm(0.55, 0.05)


@pytest.mark.parametrize(("retention", "uplift"), [(0.5, 0.0), (0.99, 0.02), (0.01, -0.02), (1.2, 0.1)])
def test_what_no_experiment_can_tell_is_refused(retention, uplift):
    with pytest.raises(ValueError, match="no experiment tells"):
        customers_per_arm(retention, uplift)


def test_the_page_on_budgets_says_what_the_function_says():
    page = (Path(__file__).parents[2] / "docs" / "budgets.md").read_text()
    rows = re.findall(r"^\| (\d+) % \| ([\d,]+) \| ([\d,]+) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for retention, *customers in rows:
        found = [customers_per_arm(int(retention) / 100, uplift) for uplift in (0.02, 0.04)]
        assert [int(number.replace(",", "")) for number in customers] == found
