"""Amounts at the ends of what can be: huge, tiny, of currencies without fractions and with three digits."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.conform import Conventions, conform
from models.contract.fates import all_accepted, count
from models.contract.parse_numbers import LARGEST_MINOR
from models.contract.tables import ORDERS
from models.contract.validation import out_of_range
from models.domain.money import CURRENCY_EXPONENTS, exponent, format_minor, format_whole, minor_per_unit
from models.domain.vocabulary import AmountUnit
from models.learned.lifetime_value import floored

MONEY = [
    ("EUR", AmountUnit.MAJOR), ("EUR", AmountUnit.MINOR), ("KWD", AmountUnit.MAJOR),
    ("JPY", AmountUnit.MAJOR), ("IRR", AmountUnit.RIAL), ("IRR", AmountUnit.TOMAN),
    ("IRR", AmountUnit.THOUSAND_TOMAN),
]  # fmt: skip
ENDS = (
    "1e99", "-1e99", "1e-99", "-1e-99", "1E+15", "9" * 40, "-" + "9" * 40, "0." + "0" * 40 + "1",
    "1000000000000000", "1000000000000001", "-0", "0e99", "0.5", "1.5", "-2.5",
)  # fmt: skip


def read(texts, currency, unit):
    """The amounts, or why each was refused, of rows with those amounts."""
    table = pa.table({"amount_minor": pa.array(texts, pa.string())})
    conformed = conform(table, ORDERS, Conventions("UTC", unit, currency), all_accepted(len(texts)))
    fates = out_of_range(conformed.table, ORDERS, conformed.fates)
    amounts = conformed.table["amount_minor"].to_pylist()
    return [None if fate else amount for amount, fate in zip(amounts, fates.tolist(), strict=True)], fates


def exact(text, currency, unit):
    minor = Decimal(text) * minor_per_unit(unit, currency)
    return (
        None if abs(minor) > LARGEST_MINOR + Decimal("0.5") else int(minor.to_integral_value(ROUND_HALF_EVEN))
    )


@pytest.mark.parametrize(("currency", "unit"), MONEY)
def test_an_amount_at_the_end_of_the_range_is_exact_or_refused(currency, unit):
    # One by one: several fractions of a minor unit would say that the unit is wrong.
    found = [read([text], currency, unit)[0][0] for text in ENDS]
    assert found == [exact(text, currency, unit) for text in ENDS]


def test_an_amount_beyond_the_range_is_refused_by_name():
    assert count(read(["1e99", "-1e16", "5"], "IRR", AmountUnit.TOMAN)[1]).reasons == {"out_of_range": 2}


@settings(deadline=None)
@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=4),
    st.sampled_from(MONEY),
)
def test_no_amount_is_read_as_another_one(amount, money):
    found, _ = read([f"{amount:f}"], *money)
    assert found == [exact(f"{amount:f}", *money)]


def test_no_currency_has_fewer_than_no_digits():
    assert all(0 <= digits <= 4 for digits in CURRENCY_EXPONENTS.values())


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1, "IRR", "1 IRR"),
        (-1_250_000, "IRR", "-1,250,000 IRR"),
        (10**15, "IRR", "1,000,000,000,000,000 IRR"),
        (1, "KWD", "0.001 KWD"),
        (-1_234_567, "KWD", "-1,234.567 KWD"),
        (1_000, "JPY", "1,000 JPY"),
    ],
)
def test_an_amount_is_shown_with_the_digits_of_its_currency(amount, currency, shown):
    assert format_minor(amount, currency) == shown


@pytest.mark.parametrize("currency", sorted(CURRENCY_EXPONENTS))
def test_a_whole_number_of_units_is_shown_alike_in_both_forms(currency):
    shown = format_minor(7_000 * 10 ** exponent(currency), currency)
    assert format_whole(7_000 * 10 ** exponent(currency), currency) == shown.replace(".000", "").replace(
        ".00", ""
    )


def test_a_value_gone_wild_stays_an_amount():
    assert floored(np.array([1e300, -1e300, 12.7])).tolist() == [2**62, -(2**62), 12]
