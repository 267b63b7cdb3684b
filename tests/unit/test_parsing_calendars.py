"""Dates of another calendar, in another order, and clocks that change."""

from datetime import UTC, date, datetime, timedelta

import jdatetime
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.parse_instants import parse_instants, plausible_instants
from models.domain.errors import BadSource
from models.domain.vocabulary import Calendar, DateOrder

TEHRAN = "Asia/Tehran"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def parse(texts, zone="UTC", **conventions):
    return parse_instants(pa.array(texts, pa.string()), zone, "orders.ordered_at", **conventions)


def moment(text, zone="UTC", **conventions):
    found = parse([text], zone, **conventions).values[0].as_py()
    return None if found is None else found.strftime("%Y-%m-%d %H:%M")


def jalali(text, order=DateOrder.YEAR_FIRST):
    return moment(text, TEHRAN, calendar=Calendar.JALALI, order=order)


@pytest.mark.parametrize(
    "text",
    [
        "1403/05/03 14:05", "1403-5-3 14:05", "1403.05.03 14:05:00", "۱۴۰۳/۰۵/۰۳ ۱۴:۰۵", "١٤٠٣/٠٥/٠٣ ١٤:٠٥",
        "\u200f۱۴۰۳/۵/۳\u200f  ۱۴:۰۵", "1403/05/03، 14:05", "1403/05/03 - 14:05", "1403/05/03 2:05 ب.ظ",
        "1403/05/03 2:05 ب ظ", "1403/05/03 2:05 م", "1403/05/03 02:05 PM", "1403/05/03 10:35Z",
        "1403/05/03 14:05 +03:30",
    ],
)  # fmt: skip
def test_a_jalali_time_however_it_is_written(text):
    assert jalali(text) == "2024-07-24 10:35"


@pytest.mark.parametrize(
    "text",
    [
        "3 مرداد 1403 14:05",
        "۳ مرداد ۱۴۰۳، ۱۴:۰۵",
        "3-امرداد-1403 14:05",
        "03/05/1403 14:05",
        "1403/05/03 14:05",
    ],
)
def test_a_jalali_day_may_come_first_where_that_is_declared(text):
    assert jalali(text, DateOrder.DAY_FIRST) == "2024-07-24 10:35"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1403/12/30", "2025-03-20 20:30"), ("1404/12/29", "2026-03-20 20:30"), ("1404/12/30", None),
        ("1403/06/31", "2024-09-21 20:30"), ("1403/07/31", None), ("1403/13/01", None), ("1403/00/01", None),
        ("03/05/03", None), ("1299/01/01", None), ("1501/01/01", None), ("3 مرداد 1403", None),
    ],
)  # fmt: skip
def test_a_jalali_day_is_one_of_its_calendar(text, expected):
    assert jalali(text) == expected


@given(st.dates(date(1922, 1, 1), date(2121, 1, 1)))
def test_any_jalali_day_survives_the_way_through_text(day):
    text = jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d").translate(PERSIAN)
    parsed = parse([text], calendar=Calendar.JALALI)
    assert parsed.values[0].as_py().date() == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "declared", "remedy"),
    [
        ("1403/05/03", Calendar.GREGORIAN, "Declare `calendar: jalali` for orders.ordered_at"),
        ("۱۴۰۳/۰۵/۰۳", Calendar.GREGORIAN, "Declare `calendar: jalali`"),
        ("1445-05-03", Calendar.GREGORIAN, "Hijri (lunar) dates cannot be read"),
        ("2024/07/24", Calendar.JALALI, "Declare `calendar: gregorian` for orders.ordered_at"),
    ],
)
def test_a_year_of_another_calendar_stops_the_run_with_the_remedy(text, declared, remedy):
    with pytest.raises(BadSource) as stopped:
        parse([text], calendar=declared)
    assert remedy in stopped.value.remedy


def test_a_typed_time_is_checked_for_its_calendar_too():
    with pytest.raises(BadSource, match="look Jalali"):
        plausible_instants(pa.array([datetime(1403, 5, 3, tzinfo=UTC)]), "t")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_typed_time_out_of_reach_is_refused(unit):
    typed = pa.array([2**62, 0, None]).cast(pa.timestamp(unit, "UTC"))
    assert plausible_instants(typed, "t").failed.tolist() == [unit != "ns", False, False]


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("24/07/2024 14:05", DateOrder.DAY_FIRST, "2024-07-24 14:05"),
        ("24.7.2024, 14:05", DateOrder.DAY_FIRST, "2024-07-24 14:05"),
        ("03-04-2024 00:00", DateOrder.DAY_FIRST, "2024-04-03 00:00"),
        ("03-04-2024 00:00", DateOrder.MONTH_FIRST, "2024-03-04 00:00"),
        ("7/24/2024, 2:05:00 PM", DateOrder.MONTH_FIRST, "2024-07-24 14:05"),
        ("2024-07-24 14:05", DateOrder.MONTH_FIRST, "2024-07-24 14:05"),
        ("03-04-2024T10:00", DateOrder.DAY_FIRST, "2024-04-03 10:00"),
        ("24/07/2024", DateOrder.MONTH_FIRST, None),
        ("24/07/2024", DateOrder.YEAR_FIRST, None),
        ("24/07/24", DateOrder.DAY_FIRST, None),
        ("3/4/20241", DateOrder.DAY_FIRST, None),
        ("3 مرداد 2024", DateOrder.DAY_FIRST, None),
    ],
)
def test_a_date_is_read_in_the_declared_order(text, order, expected):
    assert moment(text, order=order) == expected


@pytest.mark.parametrize(
    "text",
    [
        "03 May 2024 14:05", "3-May-2024 14:05", "3.MAY.2024, 2:05 pm", "03may2024 14:05",
        "3rd May, 2024 14:05", "May 3, 2024 14:05", "May 3, 2024, 2:05 PM", "may. 03 2024 14:05",
        "Fri, 3 May 2024 14:05:00 +0000",
        "Friday May 3rd, 2024 14:05", "2024-May-03 14:05", "May 3, 24 14:05",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", DateOrder)
def test_an_english_month_in_words_needs_no_order(text, order):
    assert moment(text, order=order) == "2024-05-03 14:05"


@pytest.mark.parametrize("name", ["%b", "%B"])
@pytest.mark.parametrize("month", range(1, 13))
def test_every_english_month_is_known_in_full_and_by_three_letters(month, name):
    day = date(2023, month, 28)
    assert moment(day.strftime(f"%d {name} %Y")) == f"{day + timedelta(days=1)} 00:00"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("3-May-24 14:05", DateOrder.DAY_FIRST, "2024-05-03 14:05"),
        ("03 Sept 68", DateOrder.DAY_FIRST, "2068-09-04 00:00"),
        ("31-DEC-69", DateOrder.DAY_FIRST, "1970-01-01 00:00"),
        ("3-May-24", DateOrder.YEAR_FIRST, None),
        ("3-May-24", DateOrder.MONTH_FIRST, None),
        ("31 Feb 2024", DateOrder.YEAR_FIRST, None),
        ("3 Mayor 2024", DateOrder.YEAR_FIRST, None),
        ("May 2024", DateOrder.YEAR_FIRST, None),
        ("May 3, 12:50", DateOrder.YEAR_FIRST, None),
        ("maybe 3 2024", DateOrder.YEAR_FIRST, None),
    ],
)
def test_an_english_date_is_one_of_the_calendar(text, order, expected):
    assert moment(text, order=order) == expected


def test_years_of_two_digits_in_an_undeclared_order_stop_the_run_with_the_remedy():
    with pytest.raises(BadSource, match=r"Declare `order` for orders\.ordered_at"):
        parse(["3-May-24", "4-May-24", "13-Jun-24", None])


def test_an_english_month_in_a_jalali_column_stops_the_run():
    with pytest.raises(BadSource, match="look Gregorian"):
        parse(["3 May 2024"], calendar=Calendar.JALALI)


def test_a_column_in_an_undeclared_order_stops_the_run_with_the_remedy():
    with pytest.raises(BadSource, match=r"Declare `order` for orders\.ordered_at"):
        parse(["01/02/2024", "02/02/2024", "13/02/2024", None])


def test_a_slip_in_an_undeclared_order_refuses_its_row():
    assert parse(["01/02/2024", "02/02/2024", "13/02/2024", "2024-02-14"]).failed.tolist() == [True] * 3 + [
        False
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:00 am", "00:00"), ("12:30 AM", "00:30"), ("1:00 a.m.", "01:00"), ("12:00 PM", "12:00"),
        ("11:59:59 p.m.", "23:59"), ("12:00 ق.ظ", "00:00"), ("8:00 ق.ظ.", "08:00"), ("8:00 ص", "08:00"),
        ("0:30 am", None), ("13:00 pm", None), ("24:00", None), ("10:60", None), ("10:00:60", None),
    ],
)  # fmt: skip
def test_a_clock_of_twelve_hours_needs_its_half(text, expected):
    found = moment(f"2024-07-24 {text}")
    assert found == (None if expected is None else f"2024-07-24 {expected}")


@pytest.mark.parametrize(
    "text", ["45497", "45497.5", "1721811900", "1721811900000", "20240724", "2024-07", "14:05"]
)
def test_a_bare_number_is_no_time(text):
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2021-03-22", TEHRAN, (False, False)), ("2021-03-21", TEHRAN, (True, False)),
        ("2021-03-22 00:30", TEHRAN, (True, False)), ("2021-03-22 01:00", TEHRAN, (False, False)),
        ("2021-09-21 23:30", TEHRAN, (False, True)), ("2021-10-31 01:30", "Europe/London", (False, True)),
        ("2021-10-31 01:30Z", "Europe/London", (False, False)), ("2023-03-22 00:30", TEHRAN, (False, False)),
    ],
)  # fmt: skip
def test_times_that_a_clock_change_removed_or_repeated_are_marked(text, zone, expected):
    parsed = parse([text], zone)
    assert (parsed.moved[0], parsed.doubled[0]) == expected


def test_a_removed_time_is_the_first_instant_after_the_gap():
    assert moment("2021-03-22 00:30", TEHRAN) == "2021-03-21 20:30"


def test_a_repeated_time_is_the_first_of_the_two():
    assert moment("2021-10-31 01:30", "Europe/London") == "2021-10-31 00:30"


def test_a_time_that_is_blank_is_missing_and_not_refused():
    parsed = parse([" ", "\u200c", ""])
    assert (parsed.values.null_count, parsed.failed.any()) == (3, False)


def lunar(texts, **conventions):
    return parse(texts, calendar=Calendar.JALALI, **conventions)


@pytest.mark.parametrize("others", [[], ["1403/05/03", "1403/05/04"]])
def test_lunar_years_taken_for_jalali_ones_stop_the_run(others):
    with pytest.raises(BadSource, match="lunar Hijri") as stopped:
        lunar(["1445/05/03", "1446/01/09", "1446/02/10", *others])
    assert "Convert" in stopped.value.remedy


def test_a_few_jalali_dates_far_ahead_are_left():
    read = lunar(["1445/05/03", "1446/01/09", *(f"1403/05/{day:02}" for day in range(1, 9))])
    assert not read.failed.any()


def test_ends_that_may_lie_ahead_are_left():
    assert not lunar(["1430/05/03", "1431/01/09", "1432/02/10"], may_lie_ahead=True).failed.any()


MIDNIGHTS = [f"2024-01-{day:02} 00:00:00" for day in range(1, 21)]


def test_midnights_alone_are_dates():
    exported, dates = parse(MIDNIGHTS), parse([text[:10] for text in MIDNIGHTS])
    assert exported.values.equals(dates.values)
    assert exported.midnight.all()
    assert exported.whole_day.all()


@pytest.mark.parametrize(
    "texts",
    [MIDNIGHTS[:19], [*MIDNIGHTS, "2024-02-01 09:30"], [f"{text}Z" for text in MIDNIGHTS]],
    ids=["few", "beside another hour", "with an offset"],
)
def test_a_midnight_is_the_beginning_of_its_day(texts):
    read = parse(texts)
    assert read.values[0].as_py() == datetime(2024, 1, 1, tzinfo=UTC)
    assert not read.midnight.any()


def test_a_day_meant_from_its_beginning_stays_there():
    read = parse(MIDNIGHTS, starts_day=True)
    assert read.values[0].as_py() == datetime(2024, 1, 1, tzinfo=UTC)
    assert not read.midnight.any()
