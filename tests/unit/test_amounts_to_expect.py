"""Where a customer's log-amount starts: by rhythm where it has something to say, else by what was spent."""

import numpy as np
import pytest

from models.features.frame import FeatureFrame
from models.features.looked_up import EXPECTED_AMOUNT, EXPECTED_DAYS, SILENCE
from models.learned.amounts_to_expect import Start, log_amount, start_for

SPENDING = {"spend_365": 8_000.0, "mean_order_amount": 2_000.0}
RHYTHM = {EXPECTED_DAYS: 3.0, EXPECTED_AMOUNT: 1_500.0, SILENCE: 0.0}  # even odds of silence


def frame_of(**columns):
    values = np.array([list(columns.values())], np.float32)
    return FeatureFrame(tuple(columns), values, np.array(["a"], dtype=object), np.array([0]))


def amount(start, **columns):
    return np.exp(log_amount(start, frame_of(**columns))[0])


def test_what_was_spent_is_a_year_and_one_order():
    assert amount(Start.SPENT, **SPENDING) == pytest.approx(10_000)


def test_what_is_expected_is_days_times_the_amount_of_one():
    assert amount(Start.EXPECTED, **SPENDING, **RHYTHM) == pytest.approx(4_500)


def test_who_is_known_to_stay_is_expected_to_spend_what_all_do_over_the_share_who_stay():
    assert amount(Start.EXPECTED_IF_STAYING, **SPENDING, **RHYTHM) == pytest.approx(9_000)


@pytest.mark.parametrize("start", list(Start))
def test_what_was_sent_back_does_not_count(start):
    kept, all_of_it = (
        amount(start, **SPENDING, **RHYTHM, return_share_365=share) for share in (0.75, float("nan"))
    )
    assert kept == pytest.approx(all_of_it / 4)


def test_of_whom_rhythm_says_nothing_what_was_spent_stands():
    mute = dict.fromkeys(RHYTHM, float("nan"))
    assert amount(Start.EXPECTED, **SPENDING, **mute) == pytest.approx(10_000)


def test_the_start_is_rhythm_where_its_models_say_all_of_it():
    assert start_for(frame_of(**SPENDING, **RHYTHM), staying=False) is Start.EXPECTED


def test_the_start_of_those_who_stay_knows_that_they_do():
    assert start_for(frame_of(**SPENDING, **RHYTHM), staying=True) is Start.EXPECTED_IF_STAYING


@pytest.mark.parametrize("absent", RHYTHM)
def test_without_one_of_its_columns_the_start_is_what_was_spent(absent):
    columns = {**SPENDING, **{name: value for name, value in RHYTHM.items() if name != absent}}
    assert start_for(frame_of(**columns), staying=True) is Start.SPENT


def test_who_is_known_by_nothing_starts_at_one_minor_unit():
    assert amount(Start.SPENT, recency_days=3.0) == pytest.approx(1)
