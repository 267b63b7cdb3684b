from datetime import date, timedelta

import numpy as np
import pytest

from models.domain.instants import HOUR, local_midnight
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import OUTLOOK_DAYS, in_opening_hours, shop_time

ZONE = "Europe/Berlin"
SETTINGS = SimulatorSettings(start="2022-06-01", years=2)


@pytest.fixture(scope="module")
def time():
    return shop_time(SETTINGS, ZONE)


def test_the_world_ends_at_a_local_midnight(time):
    assert time.end == local_midnight(date(2024, 5, 31), ZONE)


def test_the_outlook_is_one_horizon_past_the_end(time):
    last = SETTINGS.first_day + timedelta(days=SETTINGS.days + OUTLOOK_DAYS)
    assert time.midnights[-1] == local_midnight(last, ZONE)


def test_a_day_of_the_clock_change_is_an_hour_shorter(time):
    day = (date(2023, 3, 26) - SETTINGS.first_day).days
    assert time.midnights[day + 1] - time.midnights[day] == 23 * HOUR


def test_december_passes_more_busy_days_than_january(time):
    december, january = ((date(2022, 12, 1) - SETTINGS.first_day).days + shift for shift in (0, 31))
    passed = np.diff(time.busy_at(np.array([december, december + 31.0, january + 31.0])))
    assert passed[0] > 1.5 * passed[1]


def test_the_busy_clock_reads_both_ways(time):
    day = np.array([0.0, 12.25, 700.5])
    np.testing.assert_allclose(time.day_at(time.busy_at(day)), day)


def test_what_lies_after_the_outlook_never_happens(time):
    assert np.isinf(time.day_at(time.busy[-1:] + 1)).all()


def test_orders_are_placed_while_the_shop_is_open():
    hours = in_opening_hours(np.array([3.0, 3.5, 3.999])) % 1 * 24
    np.testing.assert_allclose(hours, [8, 15, 22], atol=0.02)
