"""Telephone numbers written in different ways, as one key: the digits from the country's code on.

`0912 345 6789`, `912-345-6789`, `+98 (0)912 3456789`, `0098912…` and `98912…` are one number in Iran. Nothing
is guessed: a text that is no number of the country, or that could be read as two, has no key.
"""

import re
from dataclasses import dataclass

from models.domain.text import normalise


@dataclass(frozen=True)
class NumberingPlan:
    """How a country writes its numbers (ITU-T E.164).

    trunk: what is dialled before a number inside the country and left out from abroad; empty where there is
    no such digit, or where it belongs to the number as Italy's 0 does. shortest, longest: digits of a number
    without code and trunk.
    """

    trunk: str
    shortest: int
    longest: int

    def allows(self, national: str) -> bool:
        """Whether these digits can be a number of the country, without code and trunk."""
        bare = not (self.trunk and national.startswith("0"))
        return bare and self.shortest <= len(national) <= self.longest


# By country calling code. Lengths are the widest in use: they decide only whether `49…` is a number without
# its plus or one that begins so by chance.
PLANS: dict[str, NumberingPlan] = {
    "1": NumberingPlan("1", 10, 10),
    "7": NumberingPlan("8", 10, 10),
    "20": NumberingPlan("0", 8, 10),
    "31": NumberingPlan("0", 9, 9),
    "33": NumberingPlan("0", 9, 9),
    "34": NumberingPlan("", 9, 9),
    "39": NumberingPlan("", 6, 11),
    "41": NumberingPlan("0", 9, 9),
    "44": NumberingPlan("0", 9, 10),
    "46": NumberingPlan("0", 7, 10),
    "49": NumberingPlan("0", 6, 11),
    "55": NumberingPlan("0", 10, 11),
    "61": NumberingPlan("0", 9, 9),
    "81": NumberingPlan("0", 9, 10),
    "82": NumberingPlan("0", 8, 10),
    "86": NumberingPlan("0", 9, 11),
    "90": NumberingPlan("0", 10, 10),
    "91": NumberingPlan("0", 10, 10),
    "93": NumberingPlan("0", 9, 9),
    "961": NumberingPlan("0", 7, 8),
    "962": NumberingPlan("0", 8, 9),
    "964": NumberingPlan("0", 8, 10),
    "965": NumberingPlan("", 8, 8),
    "966": NumberingPlan("0", 8, 9),
    "968": NumberingPlan("", 8, 8),
    "971": NumberingPlan("0", 8, 9),
    "973": NumberingPlan("", 8, 8),
    "974": NumberingPlan("", 8, 8),
    "98": NumberingPlan("0", 10, 10),
}
ELSEWHERE = NumberingPlan("0", 6, 12)

# Shortest and longest number with its country's code.
_INTERNATIONAL = (8, 15)

_BETWEEN_DIGITS = re.compile(r"[\s().\-‐‑‒–—−/_]")
_DIGITS = re.compile(r"(?P<abroad>\+|00)?(?P<digits>\d+)", re.ASCII)
_OPTIONAL_TRUNK = "(0)"
# A spreadsheet takes a number for a number, and marks what it shall not take for one.
_DECIMAL = re.compile(r"(\d+)\.0+", re.ASCII)
_TEXT_MARK = "'"


def phone_key(text: str, country_code: str) -> str | None:
    """The digits of a number with its country's code ('989123456789'); None for what is no number.

    A number that names no country belongs to `country_code`.
    """
    written = _DECIMAL.sub(_whole, normalise(text).removeprefix(_TEXT_MARK))
    without_option = written.replace(_OPTIONAL_TRUNK, "") if written.startswith(("+", "00")) else written
    found = _DIGITS.fullmatch(_BETWEEN_DIGITS.sub("", without_option))
    if found is None:
        return None
    if found["abroad"]:
        return _from_abroad(found["digits"], country_code)
    return _from_within(found["digits"], country_code)


def _from_abroad(digits: str, home: str) -> str | None:
    """A number that begins with a country's code, with or without that country's trunk digit behind it."""
    code = next((code for code in (home, *PLANS) if digits.startswith(code)), None)
    if code is None:
        known_length = _INTERNATIONAL[0] <= len(digits) <= _INTERNATIONAL[1]
        return digits if known_length and not digits.startswith("0") else None
    return _only(code, _national(digits.removeprefix(code), code))


def _from_within(digits: str, code: str) -> str | None:
    """A number as dialled at home, or one whose plus got lost."""
    readings = _national(digits, code)
    if digits.startswith(code):
        readings |= _national(digits.removeprefix(code), code)
    return _only(code, readings)


def _national(digits: str, code: str) -> set[str]:
    """What the digits can be as a number of that country, without trunk."""
    plan = PLANS.get(code, ELSEWHERE)
    written = {digits, digits.removeprefix(plan.trunk)}
    return {national for national in written if plan.allows(national)}


def _only(code: str, readings: set[str]) -> str | None:
    return f"{code}{readings.pop()}" if len(readings) == 1 else None


def _whole(found: re.Match[str]) -> str:
    """'9123456789.0' as '9123456789', when that is all there is."""
    return found[1] if found[0] == found.string else found[0]
