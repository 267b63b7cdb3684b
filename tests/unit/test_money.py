"""Money: whole minor units, own exponents, halves to even."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import InvalidSetting
from models.domain.money import (
    CURRENCY_EXPONENTS,
    exponent,
    format_minor,
    format_whole,
    minor_per_unit,
    to_minor,
)
from models.domain.vocabulary import AmountUnit

currencies = st.sampled_from(sorted(CURRENCY_EXPONENTS))
minor_amounts = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(("currency", "digits"), [("GBP", 2), ("KWD", 3), ("JPY", 0), ("IRR", 0), ("IQD", 0)])
def test_a_currency_has_the_digits_that_people_use(currency, digits):
    assert exponent(currency) == digits


def test_an_unknown_currency_is_refused_by_name():
    with pytest.raises(InvalidSetting, match=r"currency is unknown.*given: 'XXX'.*source\.currency"):
        exponent("XXX")


@pytest.mark.parametrize(
    ("unit", "currency", "minor"),
    [
        (AmountUnit.MAJOR, "GBP", 100),
        (AmountUnit.MAJOR, "KWD", 1000),
        (AmountUnit.MAJOR, "IRR", 1),
        (AmountUnit.MINOR, "GBP", 1),
        (AmountUnit.RIAL, "IRR", 1),
        (AmountUnit.TOMAN, "IRR", 10),
        (AmountUnit.THOUSAND_TOMAN, "IRR", 10_000),
    ],
)
def test_a_unit_is_so_many_minor_units(unit, currency, minor):
    assert minor_per_unit(unit, currency) == minor


@pytest.mark.parametrize("unit", [AmountUnit.RIAL, AmountUnit.TOMAN, AmountUnit.THOUSAND_TOMAN])
def test_iranian_units_belong_to_the_rial_alone(unit):
    with pytest.raises(InvalidSetting, match="belongs to IRR"):
        minor_per_unit(unit, "EUR")


@pytest.mark.parametrize("unit", [AmountUnit.MAJOR, AmountUnit.MINOR])
def test_no_unit_makes_an_unknown_currency_known(unit):
    with pytest.raises(InvalidSetting, match="currency is unknown"):
        minor_per_unit(unit, "XXX")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "GBP", 1234),
        ("-12.34", "GBP", -1234),
        ("0.005", "GBP", 0),
        ("0.015", "GBP", 2),
        ("0.025", "GBP", 2),
        ("1.0005", "KWD", 1000),
        ("1e3", "USD", 100_000),
        (" 7 ", "JPY", 7),
    ],
)
def test_an_amount_is_rounded_to_minor_units_with_halves_to_even(amount, currency, minor):
    assert to_minor(amount, AmountUnit.MAJOR, currency) == minor


def test_an_amount_with_many_digits_is_rounded_once():
    assert to_minor("1.0050000000000000000000000000000000001", AmountUnit.MAJOR, "GBP") == 101


def test_the_greatest_amount_that_can_be_stored_is_read_exactly():
    assert to_minor("92233720368547758.07", AmountUnit.MAJOR, "GBP") == 2**63 - 1


@pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.08", "1e30", "1e999999999"])
def test_an_amount_that_cannot_be_stored_is_refused(amount):
    with pytest.raises(ValueError, match="too large an amount"):
        to_minor(amount, AmountUnit.MAJOR, "GBP")


def test_an_amount_too_small_to_matter_is_nothing():
    assert to_minor("1e-999999999", AmountUnit.MAJOR, "GBP") == 0


@pytest.mark.parametrize("amount", ["", "twelve", "1,234.50", "12.3.4"])
def test_what_is_no_decimal_is_refused(amount):
    with pytest.raises(ValueError, match="not a decimal amount"):
        to_minor(amount, AmountUnit.MAJOR, "GBP")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_finite_is_refused(amount):
    with pytest.raises(ValueError, match="not a finite amount"):
        to_minor(amount, AmountUnit.MAJOR, "GBP")


@given(minor_amounts, currencies)
def test_whole_minor_units_survive_being_written_in_major_ones(amount, currency):
    written = Decimal(amount).scaleb(-exponent(currency))
    assert to_minor(str(written), AmountUnit.MAJOR, currency) == amount


@given(minor_amounts, currencies)
def test_a_formatted_amount_can_be_read_back(amount, currency):
    digits = format_minor(amount, currency).removesuffix(f" {currency}").replace(",", "")
    assert to_minor(digits, AmountUnit.MAJOR, currency) == amount


@given(minor_amounts, minor_amounts, currencies)
def test_reading_keeps_the_order_of_amounts(first, second, currency):
    less, more = sorted((first, second))
    read = [to_minor(Decimal(value) / 7, AmountUnit.MAJOR, currency) for value in (less, more)]
    assert read[0] <= read[1]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123_450, "EUR", "1,234.50 EUR"),
        (-5, "GBP", "-0.05 GBP"),
        (0, "KWD", "0.000 KWD"),
        (12_345_678, "IRR", "12,345,678 IRR"),
    ],
)
def test_an_amount_is_formatted_with_its_currencys_digits(amount, currency, text):
    assert format_minor(amount, currency) == text


def test_the_greatest_amount_is_formatted_exactly():
    assert format_minor(2**63 - 1, "GBP") == "92,233,720,368,547,758.07 GBP"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123_449, "EUR", "1,234 EUR"),
        (123_451, "EUR", "1,235 EUR"),
        (250, "EUR", "2 EUR"),
        (-40, "GBP", "0 GBP"),
        (1_500_000, "KWD", "1,500 KWD"),
        (12_345_678, "IRR", "12,345,678 IRR"),
    ],
)
def test_a_total_is_shown_in_whole_currency_units(amount, currency, text):
    assert format_whole(amount, currency) == text


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("AFN", 2),
        ("DJF", 0),
        ("KMF", 0),
        ("MRU", 2),
        ("RUB", 2),
        ("SDG", 2),
        ("SYP", 2),
        ("TJS", 2),
        ("YER", 2),
    ],
)
def test_currencies_of_the_neighbours_are_known(currency, digits):
    assert exponent(currency) == digits
