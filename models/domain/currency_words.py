"""Words and signs that stand beside an amount, and what one of them is worth: the only ones that are read."""

from models.domain.money import CURRENCY_EXPONENTS, RIALS, exponent
from models.domain.vocabulary import AmountUnit

_ABBREVIATIONS = {
    "ر.س": "SAR", "ر.ق": "QAR", "د.إ": "AED", "د.ک": "KWD", "د.ب": "BHD", "د.ع": "IQD", "ج.م": "EGP",
}  # fmt: skip
_SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "AUD", "CAD"),
    "us$": ("USD",),
    "€": ("EUR",),
    "£": ("GBP", "EGP"),
    "₺": ("TRY",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "ریال": ("IRR", "SAR", "QAR", "OMR"),  # ﷼ and the Arabic ريال are normalised to it
    "rial": ("IRR", "OMR"),
    "rials": ("IRR", "OMR"),
    "riyal": ("SAR", "QAR"),
    "درهم": ("AED",),
    "دینار": ("KWD", "BHD", "IQD"),
    "جنیه": ("EGP",),
    "یورو": ("EUR",),
    "دلار": ("USD",),
    **{form: (code,) for sign, code in _ABBREVIATIONS.items() for form in (sign, f"{sign}.")},
}
_TOMANS: dict[str, AmountUnit] = {
    "تومان": AmountUnit.TOMAN,
    "تومن": AmountUnit.TOMAN,
    "toman": AmountUnit.TOMAN,
    "tomans": AmountUnit.TOMAN,
    "irt": AmountUnit.TOMAN,  # no code of any standard, but shop software writes it
    "هزار تومان": AmountUnit.THOUSAND_TOMAN,
    "هزارتومان": AmountUnit.THOUSAND_TOMAN,
    "هزار تومن": AmountUnit.THOUSAND_TOMAN,
}
_CODES = {code.lower(): (code,) for code in CURRENCY_EXPONENTS}
_CURRENCIES = _SIGNS | _CODES | dict.fromkeys(_TOMANS, ("IRR",))

# Normalised and in small letters.
WORDS = tuple(_CURRENCIES)


def currencies(word: str) -> tuple[str, ...]:
    """The currencies that the word may name."""
    return _CURRENCIES[word]


def worth(word: str, currency: str) -> int | None:
    """Minor units of `currency` in one of what the word names; None where it names another currency."""
    if currency not in _CURRENCIES[word]:
        return None
    return RIALS[_TOMANS[word]] if word in _TOMANS else int(10 ** exponent(currency))


def unit_of(word: str, currency: str) -> AmountUnit:
    """The amount unit to declare for amounts beside which the word stands."""
    return _TOMANS.get(word, AmountUnit.RIAL if currency == "IRR" else AmountUnit.MAJOR)
