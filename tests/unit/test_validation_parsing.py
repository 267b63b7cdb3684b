"""Texts to instants, amounts and numbers."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.parse_instants import parse_instant, parse_instants
from models.contract.parse_numbers import parse_amounts, parse_booleans, parse_integers
from models.domain.errors import BadSource
from models.domain.instants import DAY, iso
from models.domain.money import to_minor
from models.domain.vocabulary import AmountUnit

TEXT = pa.string()


def instant(text, zone="Europe/London"):
    return iso(parse_instant(text, zone, "orders.ordered_at"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-12-09 12:50:00", "2011-12-09T12:50:00Z"),
        ("2011-06-09 12:50", "2011-06-09T11:50:00Z"),
        ("2011-06-09T12:50:00Z", "2011-06-09T12:50:00Z"),
        ("2011-06-09 12:50:00+03:30", "2011-06-09T09:20:00Z"),
        ("2011-06-09 12:50:00-0500", "2011-06-09T17:50:00Z"),
        ("2011-06-09T12:50:00.25Z", "2011-06-09T12:50:00.250000Z"),
        (" 2011/6/9 ", "2011-06-09T23:00:00Z"),
    ],
)
def test_a_text_is_the_instant_that_its_zone_makes_it(text, expected):
    assert instant(text) == expected


def test_a_date_alone_happened_at_the_end_of_that_local_day():
    assert instant("2011-12-31") == "2012-01-01T00:00:00Z"


def test_a_day_of_birth_is_its_beginning():
    parsed = parse_instants(pa.array(["1970-01-02"]), "UTC", "customers.birth_date", starts_day=True)
    assert parsed.values.cast(pa.int64()).to_pylist() == [DAY]


def test_a_day_that_ends_in_a_clock_change_ends_at_the_first_instant_after_it():
    assert instant("2021-03-21", "Asia/Tehran") == "2021-03-21T20:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "09/12/2011",
        "2011-02-30",
        "2011-13-01",
        "2011-01-01 24:00",
        "2011-01-01 10:61",
        "yesterday",
        "0001-01-01",
    ],
)
def test_what_is_no_time_is_refused(text):
    assert parse_instants(pa.array([text]), "UTC", "t").failed.tolist() == [True]


def test_a_missing_time_is_missing_and_not_refused():
    parsed = parse_instants(pa.array([None, "2011-01-01"], TEXT), "UTC", "t")
    assert (parsed.failed.tolist(), parsed.values[0].as_py()) == ([False, False], None)


@pytest.mark.parametrize("text", ["1403-05-03", "1300/01/01", "1500-12-30 10:00"])
def test_a_jalali_year_stops_the_run(text):
    with pytest.raises(BadSource, match="Jalali"):
        parse_instants(pa.array([text]), "Asia/Tehran", "orders.ordered_at")


@given(st.datetimes(datetime(1901, 1, 1), datetime(2198, 1, 1)))  # noqa: DTZ001  # given in UTC below
def test_any_utc_time_survives_the_way_through_text(moment):
    parsed = parse_instants(pa.array([moment.isoformat() + "Z"]), "UTC", "t")
    assert parsed.values[0].as_py() == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.55", 255), ("-0.1", -10), ("1e2", 10_000), (".5", 50), ("5.", 500), ("+7", 700), ("0.005", 0),
        ("0.015", 2), ("0.0000000000001", 0), ("1e90", 10**15 + 1), ("-1e90", -(10**15) - 1),
        ("999999999999999", 10**15 + 1),
    ],
)  # fmt: skip
def test_an_amount_is_exact_in_minor_units(text, expected):
    assert parse_amounts(pa.array([text]), AmountUnit.MAJOR, "GBP").values.to_pylist() == [expected]


@pytest.mark.parametrize("text", ["1,23", "€ 5 €", "nan", "inf", "1_000", "--1", "1.2.3", "1/2"])
def test_what_is_no_plain_number_is_refused_and_never_guessed(text):
    assert parse_amounts(pa.array([text]), AmountUnit.MAJOR, "GBP").failed.tolist() == [True]


def test_a_toman_is_ten_rials():
    assert parse_amounts(pa.array(["12.5"]), AmountUnit.TOMAN, "IRR").values.to_pylist() == [125]


@given(st.decimals("-1000000000000", "1000000000000", places=4, allow_nan=False))
def test_amounts_agree_with_decimal_arithmetic(amount):
    text = f"{amount:f}"
    parsed = parse_amounts(pa.array([text]), AmountUnit.MAJOR, "GBP").values.to_pylist()
    assert parsed == [to_minor(text, AmountUnit.MAJOR, "GBP")]


@pytest.mark.parametrize(("text", "expected"), [("3", 3), ("3.0", 3), ("-3", -3), ("+3", 3), ("3.5", None)])
def test_a_whole_number_is_whole(text, expected):
    assert parse_integers(pa.array([text])).values.to_pylist() == [expected]


@pytest.mark.parametrize(("text", "expected"), [("Yes", True), ("0", False), ("TRUE", True), ("maybe", None)])
def test_yes_and_no_in_the_usual_spellings(text, expected):
    assert parse_booleans(pa.array([text])).values.to_pylist() == [expected]
