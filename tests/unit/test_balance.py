"""A log whose propensities are not what they say is noticed; a right one is not."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.balance import imbalance
from models.learned.trial import Trial


def log(seed, *, said, done):
    """4,000 assignments by the chances `done` of a feature; the log says `said`."""
    random = np.random.default_rng(seed)
    feature = random.standard_normal((4000, 1)).astype(np.float32)
    treated = (random.random(4000) < done(feature[:, 0])).astype(np.int64)
    chance = said(feature[:, 0]) * np.ones(4000)
    propensity = np.where(treated == 1, chance, 1 - chance)
    return Trial(
        ("silence",), feature, ("none", "coupon"), treated, propensity, np.zeros(4000), np.arange(4000)
    )


def half(_):
    return 0.5


def targeted(silence):
    return np.clip(0.5 + 0.3 * silence, 0.1, 0.9)


def test_a_randomised_log_is_what_it_says():
    assert imbalance(log(1, said=half, done=half), (0, 1)) is None


def test_a_targeted_log_with_its_chances_is_what_it_says():
    assert imbalance(log(1, said=targeted, done=targeted), (0, 1)) is None


def test_chances_that_leave_out_whom_somebody_preferred_are_noticed():
    found = imbalance(log(1, said=half, done=targeted), (0, 1))
    assert found is not None
    assert found.what == "`silence`"


def test_chances_of_another_share_are_noticed():
    found = imbalance(log(1, said=half, done=lambda _: 0.6), (0, 1))
    assert found is not None
    assert found.what == "the share of customers"


def test_the_control_alone_is_looked_at_where_arms_were_not_open_to_all():
    found = imbalance(log(1, said=half, done=targeted))
    assert found is not None
    assert found.arm == "none"


def test_chances_that_leave_out_that_the_unknown_were_passed_over_are_noticed():
    right = log(1, said=half, done=half)
    passed_over = np.random.default_rng(2).random(4000) < np.where(right.treated, 0.15, 0.3)
    values = np.where(passed_over[:, None], np.nan, np.zeros((4000, 1))).astype(np.float32)
    found = imbalance(replace(right, values=values), (0, 1))
    assert found is not None
    assert found.what == "whether `silence` is known"


def test_right_logs_are_hardly_ever_refused():
    refused = [imbalance(log(seed, said=targeted, done=targeted), (0, 1)) for seed in range(60)]
    assert sum(found is not None for found in refused) <= 1


def small(seed, rows, chance):
    """A right log of 60 features, its control drawn for each with `chance`."""
    random = np.random.default_rng(seed)
    feature = random.standard_normal((rows, 60)).astype(np.float32)
    treated = (random.random(rows) >= chance).astype(np.int64)
    propensity = np.where(treated == 1, 1 - chance, chance)
    names = tuple(f"x{number}" for number in range(60))
    return Trial(names, feature, ("none", "coupon"), treated, propensity, np.zeros(rows), np.arange(rows))


@pytest.mark.parametrize(
    ("rows", "chance"), [(120, 0.05), (60, 0.1), (30, 0.5), (320, 0.1), (100, 1 / 3), (64, 0.5)]
)
def test_right_logs_of_few_controls_are_hardly_ever_refused(rows, chance):
    refused = [imbalance(small(seed, rows, chance), (0, 1)) for seed in range(80)]
    assert sum(found is not None for found in refused) == 0


def test_a_control_that_nobody_got_though_every_second_should_is_noticed():
    nobody = replace(small(1, 80, 0.5), arm=np.ones(80, dtype=np.int64), propensity=np.full(80, 0.5))
    found = imbalance(nobody, (0, 1))
    assert found is not None
    assert found.what == "the share of customers"


def test_a_share_that_is_far_off_is_noticed_of_a_hundred_customers():
    treated = (np.arange(100) % 10 > 0).astype(np.int64)
    found = imbalance(replace(small(1, 100, 0.5), arm=treated, propensity=np.full(100, 0.5)), (0, 1))
    assert found is not None
    assert found.what == "the share of customers"


def test_the_more_campaigns_are_looked_at_the_more_is_chance():
    wrong = log(1, said=half, done=targeted)
    one, many = (imbalance(wrong, (0, 1), campaigns) for campaigns in (1, 100))
    assert one is not None
    assert many is not None
    assert many.allowed > one.allowed
