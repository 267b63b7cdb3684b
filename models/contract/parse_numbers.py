"""Text to numbers, exactly: amounts never pass through a float. How they may be written: `numerals`."""

from dataclasses import replace
from decimal import Context, Decimal

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fractions import (
    finer_than_minor,
    refuse_fractional_prices,
    refuse_fractions_of_minor,
)
from models.contract.numerals import Numerals, numerals
from models.contract.parse_text import normalise_distinct
from models.contract.parsed import Parsed, by_distinct, nothing, parsed
from models.domain.currency_words import currencies, unit_of, worth
from models.domain.errors import BadSource, one_of
from models.domain.money import minor_per_unit, to_minor
from models.domain.vocabulary import AmountUnit

# Largest amount a single row may hold, in minor units: sums of millions of rows still fit in 64 bits.
LARGEST_MINOR = 10**15

_PLAIN_DECIMAL = r"^-?\d{1,15}(\.\d{1,9})?$"
_ANY = ""
_WHOLE = r"^[+-]?\d{1,15}(\.0*)?$"
_DECIMAL = pa.decimal128(25, 9)
# As many digits as the product of two numerals can have.
_EXACT = Context(prec=800)
TRUE_WORDS = ("true", "1", "1.0", "yes", "y", "t", "on", "✓", "✔", "بله", "بلی", "آری", "درست", "نعم")
FALSE_WORDS = ("false", "0", "0.0", "no", "n", "f", "off", "✗", "✘", "خیر", "نه", "نادرست", "لا")


def parse_amounts(
    text: pa.Array, unit: AmountUnit, currency: str, *, decimal_mark: str = ".", where: str = "amount"
) -> Parsed:
    """Whole minor units of texts [n] in `unit`, halves to even.

    An amount beyond `LARGEST_MINOR` stays just beyond it, for the range rule to refuse. `where` names the
    column in messages. Raises `BadSource` for amounts that name another unit or currency, and for fractions
    of minor units in more than a few amounts.
    """

    def parse(distinct: pa.Array) -> Parsed:
        said = numerals(distinct, decimal_mark)
        _require_unit(said, unit, currency, where)
        finer = finer_than_minor(said.plain, unit, currency)
        refuse_fractions_of_minor(said.plain, finer, unit, currency, where)
        return replace(parsed(said.tidy, _minor_units(said.plain, unit, currency)), rounded=finer)

    return by_distinct(text, parse)


def parse_products(
    quantity: pa.Array,
    price: pa.Array,
    unit: AmountUnit,
    currency: str,
    *,
    decimal_mark: str = ".",
    where: str = "amount",
) -> Parsed:
    """Quantity × price in whole minor units, halves to even, of texts [n]; `price` is in `unit`.

    Null where either is missing, failed where either is no number. A product beyond `LARGEST_MINOR` stays
    just beyond it. Raises `BadSource` as `parse_amounts` does; fractions that only a quantity brings (half a
    kilogram) say nothing of the unit, and are rounded.
    """
    quantities = _without_unit(_said(quantity, decimal_mark))
    prices = _said(price, decimal_mark)
    _require_unit(prices, unit, currency, where)
    minor = minor_per_unit(unit, currency)
    exact = _short_products(quantities.plain, prices.plain)
    values = _whole_minor(exact, minor)
    long = pc.and_(values.is_null(), pc.and_(quantities.plain.is_valid(), prices.plain.is_valid()))
    products = _long_products(quantities, prices, long)
    bounded = pa.array([_bounded_minor(product, unit, currency) for product in products], pa.int64())
    values = pc.replace_with_mask(values, long, bounded)
    finer = nothing(len(values))
    if products or pc.any(_uneven(exact, values, minor)).as_py():
        written = pa.array([f"{product:f}" for product in products], pa.string())
        texts = pc.replace_with_mask(exact.cast(pa.string()), long, written)
        finer = finer_than_minor(texts, unit, currency)
        refuse_fractional_prices(texts, finer, prices.plain, unit, currency, where=where)
    tidy = pc.binary_join_element_wise(quantities.tidy, prices.tidy, "")
    return replace(parsed(tidy, values), rounded=finer)


def parse_integers(text: pa.Array, *, decimal_mark: str = ".") -> Parsed:
    """Whole numbers of texts [n]; '3.0' is 3, '3.5' fails."""
    return _plain_numbers(text, decimal_mark, _WHOLE, r"^\+|\.0*$", pa.int64())


def parse_numbers(text: pa.Array, *, decimal_mark: str = ".") -> Parsed:
    """Decimal numbers of texts [n] as float64."""
    return _plain_numbers(text, decimal_mark, _ANY, r"^\+|\.$", pa.float64())


def parse_booleans(text: pa.Array) -> Parsed:
    """`TRUE_WORDS` and `FALSE_WORDS` in any case."""
    return by_distinct(text, _parse_booleans)


def _plain_numbers(text: pa.Array, decimal_mark: str, pattern: str, noise: str, kind: pa.DataType) -> Parsed:
    """Numbers without any unit; what the cast to `kind` does not understand is noise."""

    def parse(distinct: pa.Array) -> Parsed:
        said = _without_unit(numerals(distinct, decimal_mark))
        return parsed(said.tidy, _matching(said.plain, pattern, noise).cast(kind))

    return by_distinct(text, parse)


def _short_products(quantity: pa.Array, price: pa.Array) -> pa.Array:
    """Exact products of plain decimals [n] of usual length, at Arrow's speed; null for others."""
    quantities = _matching(quantity, r"^-?\d{1,10}(\.\d{1,3})?$", "^$").cast(pa.decimal128(13, 3))
    prices = _matching(price, r"^-?\d{1,12}(\.\d{1,6})?$", "^$").cast(pa.decimal128(18, 6))
    return pc.multiply(quantities, prices)


def _long_products(quantities: Numerals, prices: Numerals, long: pa.Array) -> list[Decimal]:
    """Exact products of the `long` ones among plain decimals [n]."""
    factors = (factor.plain.filter(long).to_pylist() for factor in (quantities, prices))
    return [_EXACT.multiply(Decimal(a), Decimal(b)) for a, b in zip(*factors, strict=True)]


def _uneven(exact: pa.Array, values: pa.Array, minor: int) -> pa.Array:
    """Which amounts [n] differ from their whole minor units."""
    scaled = pc.multiply(exact, pa.scalar(Decimal(minor), pa.decimal128(5, 0)))
    return pc.not_equal(scaled, values.cast(scaled.type)).fill_null(False)


def _said(text: pa.Array, decimal_mark: str) -> Numerals:
    encoded = text.dictionary_encode()
    said = numerals(encoded.dictionary, decimal_mark)
    return Numerals(*(part.take(encoded.indices) for part in (said.tidy, said.plain, said.unit)))


def _without_unit(said: Numerals) -> Numerals:
    """Where no unit is due, a number with one is not understood."""
    bare = pc.if_else(pc.equal(said.unit, ""), said.plain, pa.scalar(None, pa.string()))
    return Numerals(said.tidy, bare, said.unit)


def _require_unit(said: Numerals, unit: AmountUnit, currency: str, where: str) -> None:
    """Raise `BadSource` where an amount names what it is counted in, and that is not what was declared."""
    for word in pc.unique(said.unit).drop_null().to_pylist():
        if word and worth(word, currency) != minor_per_unit(unit, currency):
            named = said.tidy.filter(pc.equal(said.unit, word))
            raise BadSource(
                f"`{where}` is declared in {unit} of {currency}, but {len(named):,} amounts name {word}",
                allowed=f"amounts in {unit} of {currency}, with or without its name or sign",
                given=named[0].as_py(),
                remedy=_remedy(word, currency, where),
            )


def _remedy(word: str, currency: str, where: str) -> str:
    if currency in currencies(word):
        return f"Declare `amount_unit: {unit_of(word, currency)}` for {where}, or for its table or source."
    return (
        f"Set source.currency to {one_of(currencies(word))} if all amounts are in it; else convert such rows "
        "or leave them out (`where` in the mapping): one currency is read."
    )


def _minor_units(plain: pa.Array, unit: AmountUnit, currency: str) -> pa.Array:
    short = pc.match_substring_regex(plain, _PLAIN_DECIMAL)
    exact = pc.if_else(short, plain, pa.scalar(None, pa.string())).cast(_DECIMAL)
    values = _whole_minor(exact, minor_per_unit(unit, currency))
    long = pc.invert(short).fill_null(False)
    if pc.any(long).as_py():
        slow = [_bounded_minor(Decimal(amount), unit, currency) for amount in plain.filter(long).to_pylist()]
        values = pc.replace_with_mask(values, long, pa.array(slow, pa.int64()))
    return values


def _bounded_minor(amount: Decimal, unit: AmountUnit, currency: str) -> int:
    if amount.copy_abs() * minor_per_unit(unit, currency) > LARGEST_MINOR:
        return (LARGEST_MINOR + 1) * (-1 if amount.is_signed() else 1)
    return to_minor(amount, unit, currency)


def _whole_minor(amounts: pa.Array, minor: int) -> pa.Array:
    scaled = pc.multiply(amounts, pa.scalar(Decimal(minor), pa.decimal128(5, 0)))
    low, high = (pa.scalar(Decimal(bound), scaled.type) for bound in (-LARGEST_MINOR - 1, LARGEST_MINOR + 1))
    bounded = pc.if_else(pc.greater(scaled, high), high, pc.if_else(pc.less(scaled, low), low, scaled))
    return pc.round(bounded, 0, "half_to_even").cast(pa.int64())


def _matching(text: pa.Array, pattern: str, noise: str) -> pa.Array:
    """The texts that match, without the noise that a cast does not understand; null elsewhere."""
    matches = pc.match_substring_regex(text, pattern).fill_null(False)
    return pc.if_else(matches, pc.replace_substring_regex(text, noise, ""), pa.scalar(None, pa.string()))


def _parse_booleans(distinct: pa.Array) -> Parsed:
    tidy = normalise_distinct(distinct)
    lower = pc.utf8_lower(tidy)
    true = pc.is_in(lower, value_set=pa.array(TRUE_WORDS))
    false = pc.is_in(lower, value_set=pa.array(FALSE_WORDS))
    return parsed(tidy, pc.if_else(pc.or_(true, false), true, pa.scalar(None, pa.bool_())))
