"""Durations in business hours are not taken for calendar time unless somebody says so."""

import pytest

from models.contract.business_hours import BusinessHours
from models.domain.errors import InvalidSetting
from models.domain.vocabulary import DurationUnit
from pipelines.sources.clocks import require_clocks
from pipelines.sources.mapping import Clock, ColumnSource

WEEK = BusinessHours(("mon", "tue", "wed", "thu", "fri"), "09:00", "17:00")


def required(heading, clock=None, hours=None, business=(), after="opened_at"):
    columns = {
        "opened_at": ColumnSource("Created"),
        "resolved_at": ColumnSource(heading, after=after, unit=DurationUnit.MINUTES, clock=clock),
    }
    require_clocks(columns, business, hours, "source.tables.complaints")


@pytest.mark.parametrize(
    "heading",
    [
        "Full resolution time in minutes within business hours",
        "working_minutes",
        "زمان پاسخ (ساعت کاری)",
        "زمان پاسخ در ساعات اداري",
        "ساعات العمل",
    ],
)
def test_a_heading_that_speaks_of_business_hours_needs_a_clock(heading):
    with pytest.raises(InvalidSetting, match=r"may be in business hours.*Declare `clock`"):
        required(heading)


def test_a_heading_that_is_known_for_business_hours_needs_a_clock():
    with pytest.raises(InvalidSetting, match="may be in business hours"):
        required("Resolution time (in hrs)", business=("resolution time (in hrs)",))


def test_a_declared_calendar_clock_is_believed():
    required("minutes within business hours", clock=Clock.CALENDAR)


def test_a_business_clock_needs_business_hours():
    with pytest.raises(InvalidSetting, match=r"nobody said when.*source\.business_hours"):
        required("minutes", clock=Clock.BUSINESS)


def test_a_business_clock_with_business_hours_is_read():
    required("minutes", clock=Clock.BUSINESS, hours=WEEK)


def test_any_other_duration_is_calendar_time():
    required("Full resolution time in minutes")


def test_a_duration_must_begin_at_an_instant_that_is_read():
    with pytest.raises(InvalidSetting, match=r"no column of the file holds.*Map first_response_at too"):
        required("minutes", after="first_response_at")
