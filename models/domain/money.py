"""Currencies and units. Money is whole minor units everywhere; fractions exist only while reading."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from models.domain.errors import InvalidSetting, one_of
from models.domain.vocabulary import AmountUnit

# Digits after the decimal point that people use, not what a standard lists: ISO 4217 gives the rial 2,
# and nobody has written a hundredth of one for decades. Where shop software still writes two (afghani,
# Syrian pound, Yemeni rial), it is two; the ouguiya has fifths, which are written as decimals.
CURRENCY_EXPONENTS: dict[str, int] = {
    "AED": 2, "AFN": 2, "AMD": 2, "AUD": 2, "AZN": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CNY": 2,
    "DJF": 0, "DKK": 2, "DZD": 2, "EGP": 2, "EUR": 2, "GBP": 2, "ILS": 2, "INR": 2, "IQD": 0, "IRR": 0,
    "JOD": 3, "JPY": 0, "KMF": 0, "KRW": 0, "KWD": 3, "LBP": 0, "LYD": 3, "MAD": 2, "MRU": 2, "MXN": 2,
    "NOK": 2, "NZD": 2, "OMR": 3, "PKR": 2, "PLN": 2, "QAR": 2, "RUB": 2, "SAR": 2, "SDG": 2, "SEK": 2,
    "SGD": 2, "SOS": 2, "SYP": 2, "TJS": 2, "TMT": 2, "TND": 3, "TRY": 2, "USD": 2, "UZS": 2, "YER": 2,
    "ZAR": 2,
}  # fmt: skip

# Amounts are stored as int64.
GREATEST_MINOR = 2**63 - 1

RIALS = {AmountUnit.RIAL: 1, AmountUnit.TOMAN: 10, AmountUnit.THOUSAND_TOMAN: 10_000}


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency. Raises `InvalidSetting` for one not in the table."""
    if currency not in CURRENCY_EXPONENTS:
        raise InvalidSetting(
            "the currency is unknown",
            allowed=one_of(CURRENCY_EXPONENTS),
            given=currency,
            remedy="Set source.currency in params.yaml, or add the currency to models/domain/money.py.",
        )
    return CURRENCY_EXPONENTS[currency]


def minor_per_unit(unit: AmountUnit, currency: str) -> int:
    """How many minor units one unit of a source's amounts is.

    Raises `InvalidSetting` for an unknown currency, or a unit that is not the currency's.
    """
    digits = exponent(currency)
    if unit in RIALS:
        if currency != "IRR":
            raise InvalidSetting(
                f"the unit {unit} belongs to IRR",
                given=currency,
                remedy="Set source.amount_unit to major or minor.",
            )
        return RIALS[unit]
    return 1 if unit is AmountUnit.MINOR else int(10**digits)


def to_minor(amount: str | Decimal, unit: AmountUnit, currency: str) -> int:
    """Whole minor units of a decimal amount, halves to even.

    Raises `ValueError` for what is no finite number, or too large to be stored.
    """
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"not a decimal amount: {amount!r}") from error
    if not value.is_finite():
        raise ValueError(f"not a finite amount: {amount!r}")
    # Compared before it is multiplied out: "1e999999999" is short to write and long to compute.
    if value.copy_abs() > GREATEST_MINOR:
        raise ValueError(f"too large an amount: {amount!r}")
    # As many digits as the product can have: rounding it to fewer first would round twice.
    exact = Context(prec=len(value.as_tuple().digits) + 5)
    minor = int(exact.multiply(value, minor_per_unit(unit, currency)).to_integral_value(ROUND_HALF_EVEN))
    if abs(minor) > GREATEST_MINOR:
        raise ValueError(f"too large an amount: {amount!r}")
    return minor


def written_minor(amount_minor: int, currency: str) -> str:
    """'1,234.50': an amount in whole units and their fraction."""
    digits = exponent(currency)
    return f"{Decimal(amount_minor).scaleb(-digits):,.{digits}f}"


def format_minor(amount_minor: int, currency: str) -> str:
    """'1,234.50 EUR': an amount for people to read."""
    return f"{written_minor(amount_minor, currency)} {currency}"


def written_whole(amount_minor: int, currency: str) -> str:
    """'1,234': a sum in whole units, halves to even."""
    major = Decimal(amount_minor).scaleb(-exponent(currency))
    return f"{int(major.to_integral_value(ROUND_HALF_EVEN)):,}"


def format_whole(amount_minor: int, currency: str) -> str:
    """'1,234 EUR': a sum for people to read, in whole currency units, halves to even."""
    return f"{written_whole(amount_minor, currency)} {currency}"
