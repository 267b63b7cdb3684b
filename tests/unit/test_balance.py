"""A log whose propensities are not what they say is noticed; a right one is not."""

from dataclasses import replace

import numpy as np

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
