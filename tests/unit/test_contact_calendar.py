from datetime import date

import numpy as np
import pytest

from models.domain.instants import local_midnight
from serving.columns import Columns
from serving.contact_calendar import Days, Occasion, by_date, by_rhythm, in_order, special_dates

ZONE = "Asia/Tehran"
FIRST = date(2024, 2, 20)
DAYS = Days(FIRST, 14, ZONE)


def at(year, month, day):
    return local_midnight(date(year, month, day), ZONE)


SCORES = Columns(
    {
        "customer_id": np.array(["a", "b", "c"], dtype=object),
        "lifecycle_stage": np.array(["silent", "ideal", "ideal"], dtype=object),
        "next_order_expected_by": np.array(
            [at(2024, 1, 1), at(2024, 2, 22), at(2024, 3, 5)], dtype="datetime64[us]"
        ),
        "value_at_risk_minor": np.array([5, 50, 500]),
    }
)


def dates(days=DAYS, **known):
    told = special_dates([{"customer_id": "a", **known}], {"a": 0}, ZONE)
    return [(each.day, each.occasion, each.years) for each in by_date(told, days)]


def test_who_fell_silent_stands_on_the_first_day():
    assert [(each.day, each.row) for each in by_rhythm(SCORES, DAYS) if each.occasion is Occasion.SILENT] == [
        (FIRST, 0)
    ]


def test_who_is_due_stands_on_the_day_in_the_shop_s_own_zone():
    due = [(each.day, each.row) for each in by_rhythm(SCORES, DAYS) if each.occasion is Occasion.DUE]
    assert due == [(date(2024, 2, 22), 1)]


def test_a_birthday_returns_every_year():
    assert dates(birth_date=at(1990, 2, 25)) == [(date(2024, 2, 25), Occasion.BIRTHDAY, 34)]


def test_a_leap_day_stands_on_the_29th_where_there_is_one():
    assert dates(birth_date=at(1992, 2, 29)) == [(date(2024, 2, 29), Occasion.BIRTHDAY, 32)]


def test_a_leap_day_stands_on_the_28th_where_there_is_none():
    found = dates(Days(date(2023, 2, 20), 14, ZONE), birth_date=at(1992, 2, 29))
    assert found == [(date(2023, 2, 28), Occasion.BIRTHDAY, 31)]


def test_the_day_itself_is_no_anniversary():
    assert dates(signed_up_at=at(2024, 2, 21)) == []


def test_days_run_over_the_end_of_a_year():
    found = dates(Days(date(2024, 12, 25), 14, ZONE), signed_up_at=at(2000, 1, 3))
    assert found == [(date(2025, 1, 3), Occasion.ANNIVERSARY, 25)]


@pytest.mark.parametrize("known", [{}, {"birth_date": None}, {"birth_date": at(1990, 7, 1)}])
def test_whose_day_is_not_among_them_is_not_listed(known):
    assert dates(**known) == []


def test_the_newest_version_of_a_customer_counts():
    versions = [
        {"customer_id": "a", "birth_date": at(1990, 2, 25)},
        {"customer_id": "a", "birth_date": at(1990, 2, 26)},
    ]
    assert [each.day for each in by_date(special_dates(versions, {"a": 0}, ZONE), DAYS)] == [
        date(2024, 2, 26)
    ]


def test_on_one_day_the_most_value_at_risk_comes_first():
    entries = [*by_rhythm(SCORES, Days(FIRST, 30, ZONE))]
    assert [each.row for each in in_order(entries, SCORES)] == [0, 1, 2]
