"""Instants: whole microseconds; days begin once, also where a clock change removed midnight."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.instants import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    from_micros,
    iso,
    local_date,
    local_midnight,
    to_micros,
)

ZONES = [
    "UTC",
    "Europe/London",
    "Asia/Tehran",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Havana",
    "America/Sao_Paulo",
]

zones = st.sampled_from(ZONES)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2035, 12, 31))
moments = st.datetimes(min_value=datetime(1902, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the strategy adds the zone


def test_the_units_are_microseconds():
    assert (SECOND, MINUTE, HOUR, DAY) == (10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6)


def test_the_epoch_is_zero():
    assert to_micros(datetime(1970, 1, 1, tzinfo=UTC)) == 0


def test_a_moment_before_the_epoch_is_negative():
    assert to_micros(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        to_micros(datetime(2011, 9, 10))  # noqa: DTZ001  # that is the point


def test_the_same_moment_in_two_zones_is_one_instant():
    there = datetime(2011, 9, 10, 3, 30, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    assert to_micros(there) == to_micros(datetime(2011, 9, 10, tzinfo=UTC))


@given(moments)
def test_an_instant_goes_there_and_back(moment):
    assert from_micros(to_micros(moment)) == moment


@given(st.integers(min_value=-(10**15), max_value=10**16))
def test_microseconds_go_there_and_back(micros):
    assert to_micros(from_micros(micros)) == micros


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2011, 9, 10), "UTC", "2011-09-10T00:00:00Z"),
        (date(2011, 7, 1), "Europe/London", "2011-06-30T23:00:00Z"),
        (date(2011, 1, 1), "Asia/Tehran", "2010-12-31T20:30:00Z"),
        (date(2021, 3, 21), "Asia/Tehran", "2021-03-20T20:30:00Z"),
        (date(2021, 3, 22), "Asia/Tehran", "2021-03-21T20:30:00Z"),  # there was no midnight
        (date(2021, 3, 23), "Asia/Tehran", "2021-03-22T19:30:00Z"),
        (date(2021, 9, 22), "Asia/Tehran", "2021-09-21T20:30:00Z"),
        (date(2021, 9, 23), "Asia/Tehran", "2021-09-22T20:30:00Z"),
        (date(2023, 4, 28), "Africa/Cairo", "2023-04-27T22:00:00Z"),  # there was no midnight
        (date(2021, 11, 7), "America/Havana", "2021-11-07T04:00:00Z"),  # there were two
    ],
)
def test_a_local_day_begins_at_its_first_instant(day, zone, begins):
    assert iso(local_midnight(day, zone)) == begins


@given(days, zones)
def test_the_first_instant_of_a_day_falls_in_that_day_and_the_one_before_does_not(day, zone):
    if (zone, day) == ("Pacific/Apia", date(2011, 12, 30)):
        return  # Samoa left this day out
    begins = local_midnight(day, zone)
    assert (local_date(begins, zone), local_date(begins - 1, zone) < day) == (day, True)


@given(days, zones)
def test_days_begin_one_after_the_other(day, zone):
    following = local_midnight(day + timedelta(days=1), zone)
    assert 0 <= following - local_midnight(day, zone) <= 25 * HOUR


@pytest.mark.parametrize(
    ("micros", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (-SECOND, "1969-12-31T23:59:59Z")],
)
def test_an_instant_is_written_in_utc(micros, text):
    assert iso(micros) == text


@given(moments)
def test_a_written_instant_can_be_read_back(moment):
    assert datetime.fromisoformat(iso(to_micros(moment))) == moment
