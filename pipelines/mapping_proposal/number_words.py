"""Numbers in English words, as an amount is read out before anybody spends by it."""

from collections.abc import Iterator
from decimal import Decimal

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion")
# Beyond this nobody has a word that others know.
_BEYOND = 1_000 ** len(_THOUSANDS)


def number_words(number: Decimal) -> str:
    """'minus twelve point five zero': a plain decimal in words, its fraction digit by digit.

    Whole parts of 10²¹ and more are written in digits.
    """
    whole, _, fraction = f"{number.copy_abs():f}".partition(".")
    sign = "minus " if number.is_signed() and number else ""
    digits = "".join(f" {_SMALL[int(digit)]}" for digit in fraction)
    return f"{sign}{_whole_words(int(whole))}{digits and ' point'}{digits}"


def _whole_words(number: int) -> str:
    if number >= _BEYOND:
        return f"{number:,}"
    return " ".join(_groups(number)) or _SMALL[0]


def _groups(number: int) -> Iterator[str]:
    """'two million', 'five hundred thousand': the greatest first."""
    for power in reversed(range(len(_THOUSANDS))):
        below_thousand = number // 1_000**power % 1_000
        if below_thousand:
            yield _hundreds(below_thousand) + _THOUSANDS[power]


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = [f"{_SMALL[hundreds]} hundred"] if hundreds else []
    return " ".join([*said, _below_hundred(rest)] if rest else said)


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number < len(_SMALL):
        return _SMALL[number]
    return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]
