"""Text to numbers, exactly: amounts never pass through a float."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.parsed import Parsed, by_distinct
from models.domain.money import minor_per_unit, to_minor
from models.domain.vocabulary import AmountUnit

# Largest amount a single row may hold, in minor units: sums of millions of rows still fit in 64 bits.
LARGEST_MINOR = 10**15

_PLAIN_DECIMAL = r"^-?\d{1,15}(\.\d{1,9})?$"
_ANY_DECIMAL = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
_WHOLE = r"^[+-]?\d{1,15}(\.0*)?$"
_DECIMAL = pa.decimal128(25, 9)
_TRUE = ("true", "1", "yes", "y", "t")
_FALSE = ("false", "0", "no", "n", "f")


def parse_amounts(text: pa.Array, unit: AmountUnit, currency: str) -> Parsed:
    """Whole minor units of decimal texts [n] in `unit`, halves to even.

    An amount beyond `LARGEST_MINOR` stays just beyond it, for the range rule to refuse.
    """
    return by_distinct(text, lambda distinct: _parse_amounts(distinct, unit, currency))


def parse_integers(text: pa.Array) -> Parsed:
    """Whole numbers of texts [n]; '3.0' is 3, '3.5' fails."""
    return by_distinct(text, _parse_integers)


def parse_numbers(text: pa.Array) -> Parsed:
    """Decimal numbers of texts [n] as float64."""
    return by_distinct(text, _parse_numbers)


def parse_booleans(text: pa.Array) -> Parsed:
    """true/false, 1/0, yes/no, y/n, t/f in any case."""
    return by_distinct(text, _parse_booleans)


def exact_product(quantity: pa.Array, price: pa.Array, minor: int) -> pa.Array:
    """Quantity × price in whole minor units, halves to even, of plain decimal texts [n]; null for others.

    `minor` is the number of minor units in one unit of the price. A product beyond `LARGEST_MINOR` stays
    just beyond it.
    """
    wholes = _matching(quantity, r"^-?\d{1,10}$", "^$").cast(pa.decimal128(10, 0))
    prices = _matching(price, r"^-?\d{1,12}(\.\d{1,6})?$", "^$").cast(pa.decimal128(18, 6))
    return _whole_minor(pc.multiply(wholes, prices), minor)


def _whole_minor(amounts: pa.Array, minor: int) -> pa.Array:
    scaled = pc.multiply(amounts, pa.scalar(Decimal(minor), pa.decimal128(5, 0)))
    low, high = (pa.scalar(Decimal(bound), scaled.type) for bound in (-LARGEST_MINOR - 1, LARGEST_MINOR + 1))
    bounded = pc.if_else(pc.greater(scaled, high), high, pc.if_else(pc.less(scaled, low), low, scaled))
    return pc.round(bounded, 0, "half_to_even").cast(pa.int64())


def _parse_amounts(text: pa.Array, unit: AmountUnit, currency: str) -> Parsed:
    trimmed = pc.utf8_trim_whitespace(text)
    plain = pc.match_substring_regex(trimmed, _PLAIN_DECIMAL).fill_null(False)
    exact = pc.if_else(plain, trimmed, pa.scalar(None, pa.string())).cast(_DECIMAL)
    values = _whole_minor(exact, minor_per_unit(unit, currency))
    odd = pc.and_(pc.invert(plain), pc.match_substring_regex(trimmed, _ANY_DECIMAL).fill_null(False))
    if pc.any(odd).as_py():
        slow = [_bounded_minor(amount, unit, currency) for amount in trimmed.filter(odd).to_pylist()]
        values = pc.replace_with_mask(values, odd, pa.array(slow, pa.int64()))
    return _parsed(text, values)


def _bounded_minor(text: str, unit: AmountUnit, currency: str) -> int:
    amount = Decimal(text)
    if amount.copy_abs() * minor_per_unit(unit, currency) > LARGEST_MINOR:
        return (LARGEST_MINOR + 1) * (-1 if amount.is_signed() else 1)
    return to_minor(amount, unit, currency)


def _parse_integers(text: pa.Array) -> Parsed:
    return _parsed(text, _matching(text, _WHOLE, r"^\+|\.0*$").cast(pa.int64()))


def _parse_numbers(text: pa.Array) -> Parsed:
    return _parsed(text, _matching(text, _ANY_DECIMAL, r"^\+|\.$").cast(pa.float64()))


def _matching(text: pa.Array, pattern: str, noise: str) -> pa.Array:
    """The texts that match, without the noise that a cast does not understand; null elsewhere."""
    trimmed = pc.utf8_trim_whitespace(text)
    matches = pc.match_substring_regex(trimmed, pattern).fill_null(False)
    return pc.if_else(matches, pc.replace_substring_regex(trimmed, noise, ""), pa.scalar(None, pa.string()))


def _parse_booleans(text: pa.Array) -> Parsed:
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(text))
    true = pc.is_in(lower, value_set=pa.array(_TRUE))
    false = pc.is_in(lower, value_set=pa.array(_FALSE))
    return _parsed(text, pc.if_else(pc.or_(true, false), true, pa.scalar(None, pa.bool_())))


def _parsed(text: pa.Array, values: pa.Array) -> Parsed:
    failed = pc.and_(text.is_valid(), values.is_null()).to_numpy(zero_copy_only=False)
    return Parsed(values, failed, np.zeros(len(text), dtype=np.bool_))
