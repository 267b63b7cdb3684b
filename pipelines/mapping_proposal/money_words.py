"""Currency and unit of amounts, where headings say; and amounts in words, for a person to recognise."""

from decimal import Decimal

from models.domain.money import RIALS, exponent, format_minor
from models.domain.text import fold
from models.domain.vocabulary import AmountUnit
from pipelines.mapping_proposal.number_words import number_words
from pipelines.mapping_proposal.synonyms.words import CURRENCIES, UNITS

RIAL = "IRR"
_IN_WORDS = {
    AmountUnit.RIAL: "rial",
    AmountUnit.TOMAN: "toman",
    AmountUnit.THOUSAND_TOMAN: "thousand toman",
}


def unit_in(heading: str) -> AmountUnit | None:
    """The unit that a heading names: `مبلغ (تومان)` is in toman. Only IRR has units of several names."""
    if currency_in(heading) != RIAL:
        return None
    found = (unit for unit, names in UNITS.items() if any(_says(heading, name) for name in names))
    return next(map(AmountUnit, found), None)


def currency_in(heading: str) -> str | None:
    """The currency that a heading names: `Total (EUR)`."""
    return next(
        (currency for currency, names in CURRENCIES.items() if any(_says(heading, name) for name in names)),
        None,
    )


def in_words(minor: int, currency: str) -> str:
    """An amount as people say it: 'twenty-five million rial (two million five hundred thousand toman)'."""
    if currency != RIAL:
        return f"{_number_in_words(Decimal(minor).scaleb(-exponent(currency)))} {currency}"
    tomans = _number_in_words(Decimal(minor) / RIALS[AmountUnit.TOMAN])
    return f"{_number_in_words(Decimal(minor))} rial ({tomans} toman)"


def readings(written: Decimal) -> tuple[str, ...]:
    """What an amount as written means in each unit of IRR, in words."""
    return tuple(
        f"UNIT={unit.value}: {in_words(int(written * factor), RIAL)}" for unit, factor in RIALS.items()
    )


def shown(minor: int, currency: str) -> str:
    """'25,000,000 IRR, twenty-five million rial (…)'."""
    return f"{format_minor(minor, currency)}, {in_words(minor, currency)}"


def _says(heading: str, name: str) -> bool:
    """Whether the words of a name stand together in a heading; signs such as € anywhere in it."""
    words = fold(name)
    return f" {words} " in f" {fold(heading)} " if words else name in heading


def _number_in_words(amount: Decimal) -> str:
    return number_words(Decimal(int(amount)) if amount == int(amount) else amount.quantize(Decimal("0.01")))
