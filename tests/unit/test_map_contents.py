"""What the values of a column look like."""

import pytest

from models.domain.vocabulary import Calendar, DateOrder
from pipelines.mapping_proposal.contents import contents_of


def of(*texts):
    return contents_of("column", texts)


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (("2023-05-01", "2023-12-31 10:00"), (DateOrder.YEAR_FIRST,)),
        (("31/12/2023", "01/02/2023"), (DateOrder.DAY_FIRST,)),
        (("12/31/2023", "01/02/2023"), (DateOrder.MONTH_FIRST,)),
        (("01/02/2023", "03/04/2023"), (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)),
        (("31.12.2023", "2023-05-01"), (DateOrder.DAY_FIRST,)),
        (("۱۴۰۲/۰۵/۰۳",), (DateOrder.YEAR_FIRST,)),
        (("3 مرداد 1402",), (DateOrder.DAY_FIRST,)),
        (("3 May 2024", "May 31, 2024"), (DateOrder.YEAR_FIRST,)),
        (("3-May-24", "31-Dec-23"), (DateOrder.DAY_FIRST,)),
    ],
)
def test_only_a_day_beyond_twelve_proves_the_order(texts, orders):
    assert of(*texts).days.orders == orders


@pytest.mark.parametrize(
    ("texts", "calendar"),
    [
        (("1402/01/05", "1403/12/29"), Calendar.JALALI),
        (("2023-01-05",), Calendar.GREGORIAN),
        (("1402/01/05", "2023-01-05"), None),
        (("1402/01/05",) * 20 + ("1900-01-01",), Calendar.JALALI),
    ],
)
def test_the_years_tell_the_calendar(texts, calendar):
    assert of(*texts).days.calendar is calendar


def test_the_first_day_stands_year_first_in_its_own_calendar():
    assert of("29/12/1402", "03/01/1402").days.first == "1402-01-03"


@pytest.mark.parametrize("texts", [("3-May-24", "31-Dec-23"), ("May 3, 2024", "Dec 31, 2023 14:05")])
def test_english_months_are_dates(texts):
    days = of(*texts).days
    assert (days.share, days.calendar, days.first) == (1.0, Calendar.GREGORIAN, "2023-12-31")


def test_a_year_of_two_digits_is_no_date():
    assert of("02/05/17", "03/05/17").days.share == 0.0


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (("12.50", "3"), "."),
        (("12,50", "3"), ","),
        (("1,234.50", "12.00"), "."),
        (("1.234,50", "12,00"), ","),
        (("1,234", "56"), "."),
        (("1.234", "56"), None),
        (("1.234", "56.5"), "."),
        (("1.234", "1.234.567"), ","),
        (("۲٬۵۰۰٬۰۰۰",), "."),
        (("7", "8"), "."),
    ],
)
def test_the_mark_before_a_fraction_is_told_by_all_numbers_together(texts, mark):
    assert of(*texts).numbers.decimal_mark == mark


def test_persian_digits_are_numbers():
    assert of("۲٬۵۰۰", "۳٬۵۰۰").numbers.median == 3000


def test_a_unit_beside_the_number_is_seen():
    assert of("۲٬۵۰۰ تومان").numbers.units == ("تومان",)


def test_words_are_no_numbers():
    assert of("tea", "cup").numbers.share == 0.0


@pytest.mark.parametrize(
    "text", ["09123456789", "۰۹۱۲۳۴۵۶۷۸۹", "+98 912 345 6789", "0098-912-3456789", "9123456789"]
)
def test_ways_of_writing_a_telephone_number(text):
    assert of(text).phones == 1.0


@pytest.mark.parametrize("text", ["10234", "2023-05-01", "C0912", "12.50"])
def test_what_is_no_telephone_number(text):
    assert of(text).phones == 0.0


def test_a_number_without_zero_or_plus_may_be_an_id():
    assert of("9123456789").dialled == 0.0


def test_an_address_is_seen():
    assert of("ann@example.com", None).emails == 1.0


@pytest.mark.parametrize("text", ["Yes", "0", "بله", "خیر", "لا", "true"])
def test_words_for_yes_and_no(text):
    assert of(text).yes_or_no == 1.0


def test_a_key_has_no_value_twice():
    assert (of("1", "2", None).unique, of("1", "1").unique, of("1").unique) == (True, False, False)


def test_blanks_count_as_nothing():
    assert of(" ", None, "x").filled == 1
