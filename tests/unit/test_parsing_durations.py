"""A moment and how long after it, by the calendar and by the clock of a business."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.business_hours import DAYS, BusinessHours
from models.contract.parse_durations import add_business_duration, add_duration
from models.domain.errors import InvalidSetting
from models.domain.vocabulary import DurationUnit
from tests.oracles.business_clock import after_open_minutes

OFFICE = BusinessHours(("mon", "tue", "wed", "thu", "fri"), "09:00", "17:00")
FRIDAY = datetime(2024, 3, 1, 16, tzinfo=UTC)


def started(moment=FRIDAY):
    return pa.array([moment], pa.timestamp("us", "UTC"))


def after(text, unit=DurationUnit.MINUTES, moment=FRIDAY):
    parsed = add_duration(started(moment), pa.array([text], pa.string()), unit)
    return parsed.values[0].as_py(), bool(parsed.failed[0])


def after_open(text, moment=FRIDAY, hours=OFFICE, zone="UTC"):
    texts = pa.array([text], pa.string())
    return add_business_duration(started(moment), texts, DurationUnit.MINUTES, hours, zone).values[0].as_py()


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("90", DurationUnit.SECONDS, datetime(2024, 3, 1, 16, 1, 30, tzinfo=UTC)),
        ("12.5", DurationUnit.MINUTES, datetime(2024, 3, 1, 16, 12, 30, tzinfo=UTC)),
        ("۱۲٫۵", DurationUnit.MINUTES, datetime(2024, 3, 1, 16, 12, 30, tzinfo=UTC)),
        ("1,440", DurationUnit.MINUTES, datetime(2024, 3, 2, 16, tzinfo=UTC)),
        ("12.333333333333334", DurationUnit.MINUTES, datetime(2024, 3, 1, 16, 12, 20, tzinfo=UTC)),
        ("2", DurationUnit.HOURS, datetime(2024, 3, 1, 18, tzinfo=UTC)),
        ("1", DurationUnit.DAYS, datetime(2024, 3, 2, 16, tzinfo=UTC)),
        ("49:30:15", DurationUnit.DAYS, datetime(2024, 3, 3, 17, 30, 15, tzinfo=UTC)),
        ("0", DurationUnit.DAYS, FRIDAY),
    ],
)
def test_a_duration_ends_so_much_later(text, unit, expected):
    assert after(text, unit) == (expected, False)


@pytest.mark.parametrize(
    "text", ["-3", "(3)", "soon", "1:05", "10:60:00", "nan", "inf", "1e3", "99999999999", "5 €"]
)
def test_what_is_no_duration_is_refused(text):
    assert after(text) == (None, True)


def test_an_end_beyond_all_data_is_refused():
    assert after("5", DurationUnit.DAYS, datetime(2199, 12, 30, tzinfo=UTC)) == (None, True)


@pytest.mark.parametrize(("text", "moment"), [(None, FRIDAY), (" ", FRIDAY), ("5", None)])
def test_where_start_or_duration_is_missing_so_is_the_end(text, moment):
    assert after(text, moment=moment) == (None, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", datetime(2024, 3, 1, 16, 30, tzinfo=UTC)),
        ("60", datetime(2024, 3, 1, 17, tzinfo=UTC)),
        ("61", datetime(2024, 3, 4, 9, 1, tzinfo=UTC)),
        ("0", FRIDAY),
        ("-5", None),
        ("09:00:00", datetime(2024, 3, 4, 17, tzinfo=UTC)),
    ],
)
def test_a_business_duration_counts_open_hours_alone(text, expected):
    assert after_open(text) == expected


def test_a_ticket_of_the_night_waits_for_the_morning():
    assert after_open("5", datetime(2024, 3, 2, 3, tzinfo=UTC)) == datetime(2024, 3, 4, 9, 5, tzinfo=UTC)


def test_open_hours_follow_the_local_clock():
    week = BusinessHours(("sat", "sun", "mon", "tue", "wed"), "08:00", "16:00")
    assert after_open("30", FRIDAY, week, "Asia/Tehran") == datetime(2024, 3, 2, 5, tzinfo=UTC)


def test_an_end_beyond_all_open_hours_is_refused():
    hour_a_week = BusinessHours(("mon",), "09:00", "09:01")
    texts = pa.array(["80000"])
    parsed = add_business_duration(started(), texts, DurationUnit.HOURS, hour_a_week, "UTC")
    assert (parsed.values[0].as_py(), parsed.failed.tolist()) == (None, [True])


@settings(max_examples=40, deadline=None)
@given(
    moment=st.datetimes(datetime(2015, 1, 1), datetime(2025, 1, 1)),  # noqa: DTZ001  # given in UTC below
    minutes=st.integers(0, 3000),
    hours=st.builds(
        lambda days, opens, length: BusinessHours(
            tuple(sorted(days)), f"{opens:02d}:00", f"{min(24, opens + length):02d}:00"
        ),
        st.sets(st.sampled_from(DAYS), min_size=1),
        st.integers(0, 22),
        st.integers(1, 10),
    ),
    zone=st.sampled_from(["Asia/Tehran", "Europe/London", "America/New_York", "UTC"]),
)
def test_open_time_agrees_with_a_look_at_the_clock_each_minute(moment, minutes, hours, zone):
    begun = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    assert after_open(str(minutes), begun, hours, zone) == after_open_minutes(begun, minutes, hours, zone)


@pytest.mark.parametrize(
    ("days", "opens", "closes"),
    [((), "09:00", "17:00"), (("monday",), "09:00", "17:00"), (("mon", "mon"), "09:00", "17:00"),
     (("mon",), "17:00", "09:00"), (("mon",), "9", "17:00"), (("mon",), "nine", "17:00")],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(days, opens, closes):
    with pytest.raises(InvalidSetting):
        BusinessHours(days, opens, closes)
