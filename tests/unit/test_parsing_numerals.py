"""Numbers as people write them: digits, separators, signs and the names of money."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.parse_numbers import (
    parse_amounts,
    parse_booleans,
    parse_integers,
    parse_numbers,
    parse_products,
)
from models.domain.currency_words import WORDS
from models.domain.errors import BadSource
from models.domain.money import to_minor
from models.domain.text import normalise
from models.domain.vocabulary import AmountUnit

PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")


def pence(text, mark="."):
    parsed = parse_amounts(pa.array([text]), AmountUnit.MAJOR, "GBP", decimal_mark=mark)
    assert parsed.failed.tolist() == [parsed.values[0].as_py() is None]
    return parsed.values[0].as_py()


def rials(text, unit, currency="IRR"):
    return parse_amounts(pa.array([text]), unit, currency, where="orders.amount_minor").values[0].as_py()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234,567.50", 123_456_750), ("12,345", 1_234_500), ("1 234.5", 123_450), ("1'234", 123_400),
        ("1’234", 123_400), ("1\u202f234", 123_400), ("٬١", None), ("١٬٢٣٤٫٥", 123_450),
        ("۱۲،۳۴۵", 1_234_500), ("۱۲", 1_200), ("٫5", 50), ("5٫", 500), ("\u200f۵\u200f", 500),
    ],
)  # fmt: skip
def test_thousands_are_parted_in_groups_of_three(text, expected):
    assert pence(text) == expected


@pytest.mark.parametrize(
    "text",
    ["1,23", "12,34,567", "0,234", "00,123", "1,2345", "1,234,56", "1,234 567", ",123", "1.234.567", "1 23"],
)
def test_groups_that_are_not_of_three_are_refused(text):
    assert pence(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234.567,50", 123_456_750), ("1,5", 150), ("1.234", 123_400), ("1 234,5", 123_450),
        ("1'234,5", 123_450), (",5", 50), ("1234", 123_400), ("١٬٢٣٤٫٥", 123_450), ("1.5", None),
        ("0.234", None), ("1,234.5", None),
    ],
)  # fmt: skip
def test_a_declared_comma_stands_before_the_fraction(text, expected):
    assert pence(text, ",") == expected


@pytest.mark.parametrize(
    "text",
    [
        "-100",
        "100-",
        "(100)",
        "−100",
        "–100",
        "- 100",
        "£-100",
        "-£100",
        "(£100)",
        "£(100)",
        "(100) GBP",
        "100-£",
    ],
)
def test_a_negative_amount_in_every_usual_writing(text):
    assert pence(text) == -10_000


@pytest.mark.parametrize(
    "text",
    ["--1", "-(100)", "(100", "100)", "-100-", "+-5", "5-7", "£5£", "£", "-", ".", "5 %", "5kg", "nan", "inf",
     "Infinity", "1_000", "1.2.3", "0x1f", "1/2"],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    assert pence(text) is None


@pytest.mark.parametrize("text", ["£5", "5 £", "GBP 5", "5gbp", "5\u00a0£"])
def test_the_sign_of_the_declared_currency_may_stand_beside_an_amount(text):
    assert pence(text) == 500


@pytest.mark.parametrize(
    ("text", "unit", "currency", "expected"),
    [
        ("۱۲٬۵۰۰ تومان", AmountUnit.TOMAN, "IRR", 125_000),
        ("۱۲ هزار تومان", AmountUnit.THOUSAND_TOMAN, "IRR", 120_000),
        ("۱۲۵۰۰۰ ریال", AmountUnit.RIAL, "IRR", 125_000),
        ("۱۲۵۰۰۰ ريال", AmountUnit.MAJOR, "IRR", 125_000),
        ("﷼ 125000", AmountUnit.RIAL, "IRR", 125_000),
        ("١٢ ريال", AmountUnit.MAJOR, "SAR", 1_200),
        ("ر.س.\u200f ١٢", AmountUnit.MAJOR, "SAR", 1_200),
        ("12 KWD", AmountUnit.MAJOR, "KWD", 12_000),
    ],
)
def test_a_unit_beside_an_amount_may_say_what_was_declared(text, unit, currency, expected):
    assert rials(text, unit, currency) == expected


@pytest.mark.parametrize(
    ("text", "unit", "currency", "remedy"),
    [
        ("100 تومان", AmountUnit.RIAL, "IRR", "Declare `amount_unit: toman` for orders.amount_minor"),
        ("100 ریال", AmountUnit.TOMAN, "IRR", "Declare `amount_unit: rial` for orders.amount_minor"),
        ("100 هزار تومان", AmountUnit.TOMAN, "IRR", "Declare `amount_unit: thousand_toman`"),
        ("€100", AmountUnit.MAJOR, "GBP", "Set source.currency to EUR"),
        ("£100", AmountUnit.MINOR, "GBP", "Declare `amount_unit: major`"),
    ],
)
def test_a_unit_that_contradicts_the_declared_one_stops_the_run_with_the_remedy(text, unit, currency, remedy):
    with pytest.raises(BadSource) as stopped:
        rials(text, unit, currency)
    assert remedy in stopped.value.remedy


def test_the_message_names_the_column_and_both_units():
    with pytest.raises(BadSource, match=r"`orders.amount_minor` is declared in rial of IRR, .* name تومان"):
        rials("100 تومان", AmountUnit.RIAL)


def test_words_for_money_are_written_as_texts_are_normalised():
    assert [normalise(word).lower() for word in WORDS] == list(WORDS)


@given(st.decimals("-10000000000", "10000000000", places=2, allow_nan=False))
def test_any_amount_survives_thousands_separators_and_persian_digits(amount):
    expected = to_minor(amount, AmountUnit.MAJOR, "GBP")
    assert pence(f"{amount:,}") == pence(f"{amount:,}".translate(PERSIAN)) == expected


def test_an_amount_that_is_blank_is_missing_and_not_refused():
    parsed = parse_amounts(pa.array([" ", "\u200c", ""]), AmountUnit.MAJOR, "GBP")
    assert (parsed.values.null_count, parsed.failed.any()) == (3, False)


@pytest.mark.parametrize(
    ("text", "expected"), [("۱٬۲۳۴", 1234), ("(3)", -3), ("3٫0", 3), ("3٫5", None), ("3 €", None)]
)
def test_whole_numbers_are_written_in_as_many_ways(text, expected):
    assert parse_integers(pa.array([text])).values.to_pylist() == [expected]


@pytest.mark.parametrize(
    ("text", "expected"), [("۱٫۵", 1.5), ("1e3", 1000.0), ("5-", -5.0), ("nan", None), ("€5", None)]
)
def test_decimal_numbers_are_written_in_as_many_ways(text, expected):
    assert parse_numbers(pa.array([text])).values.to_pylist() == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("بله", True), ("بلی", True), ("آری", True), ("درست", True), ("نعم", True), ("✓", True),
        ("ON", True), ("1.0", True), ("۱", True), ("خیر", False), ("خير", False), ("نه", False),
        ("نادرست", False), ("لا", False), ("✗", False), ("off", False), ("۰", False), ("شاید", None),
    ],
)  # fmt: skip
def test_yes_and_no_in_persian_and_arabic(text, expected):
    assert parse_booleans(pa.array([text])).values.to_pylist() == [expected]


@pytest.mark.parametrize(
    ("quantity", "price", "expected", "failed"),
    [
        ("۲", "1,000", 200_000, False), ("0.75", "£4", 300, False), ("-1", "2.50", -250, False),
        (None, "3", None, False),
        (" ", "3", None, False), ("x", "3", None, True), ("3", "x", None, True), ("3 £", "3", None, True),
        ("1e3", "3", 300_000, False), ("0.33333", "12.299999999999999", 410, False),
        ("9e99", "-9e99", -(10**15) - 1, False),
        ("9999999999", "999999999999", 10**15 + 1, False),
    ],
)  # fmt: skip
def test_quantity_times_price_as_people_write_them(quantity, price, expected, failed):
    factors = (pa.array([value], pa.string()) for value in (quantity, price))
    parsed = parse_products(*factors, AmountUnit.MAJOR, "GBP")
    assert (parsed.values[0].as_py(), parsed.failed[0]) == (expected, failed)


@given(
    st.decimals("-80000", "80000", places=3, allow_nan=False),
    st.decimals("-40000", "40000", places=3, allow_nan=False),
)
def test_a_product_of_decimals_is_exact(quantity, price):
    product = parse_products(pa.array([f"{quantity:f}"]), pa.array([f"{price:f}"]), AmountUnit.MAJOR, "GBP")
    assert product.values.to_pylist() == [to_minor(Decimal(quantity) * price, AmountUnit.MAJOR, "GBP")]


def test_a_price_in_another_unit_stops_a_product_too():
    with pytest.raises(BadSource, match="تومان"):
        parse_products(pa.array(["1"]), pa.array(["5 تومان"]), AmountUnit.RIAL, "IRR")


def test_products_beyond_the_minor_unit_are_rounded_and_marked():
    parsed = parse_products(
        pa.array(["0.5", "3", "2", "0.12345"]), pa.array(["0.333", "0.1", "0.005", "9.999999999"]),
        AmountUnit.MAJOR, "GBP",
    )  # fmt: skip
    assert parsed.values.to_pylist() == [17, 30, 1, 123]
    assert parsed.rounded.tolist() == [True, False, False, True]


def test_prices_with_fractions_of_minor_units_stop_the_run_with_the_remedy():
    quantity, price = pa.array(["1", "3", "2", "2"]), pa.array(["19.99", "7.25", "0.15", "12.50"])
    with pytest.raises(BadSource, match="3 of 4 different amounts have a fraction") as stopped:
        parse_products(quantity, price, AmountUnit.MINOR, "EUR", where="orders.amount_minor")
    assert stopped.value.given == "19.99"
    assert "amount_unit: major" in stopped.value.remedy


def test_fractions_of_quantities_say_nothing_of_the_unit():
    kilograms, price = pa.array(["0.5", "1.25", "0.75", "2"]), pa.array(["333", "401", "399", "250"])
    parsed = parse_products(kilograms, price, AmountUnit.MINOR, "EUR")
    assert parsed.values.to_pylist() == [166, 501, 299, 500]
    assert parsed.rounded.tolist() == [True, True, True, False]


def test_noise_of_computed_prices_is_no_fraction():
    parsed = parse_products(pa.array(["2"]), pa.array(["12.300000000000001"]), AmountUnit.MAJOR, "EUR")
    assert (parsed.values.to_pylist(), parsed.rounded.tolist()) == ([2460], [False])
