"""Answers that are checked when they are given, so that an error names the answer and no file of settings."""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import numpy as np

from models.contract.jalali import jalali_days
from models.contract.parse_instants import YEARS, parse_instant
from models.domain.errors import BadSource, InvalidSetting
from models.domain.text import fold, normalise
from models.domain.vocabulary import Calendar
from pipelines.sources.mapping_rules import require_zone

DAYS = "a Gregorian day such as 2024-07-24, or a moment such as 2024-07-24 12:00"

_DAY_FIRST_OF_ALL = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(.*)$")
_CALLING_CODE = re.compile(r"^[0-9]{1,3}$")
_EPOCH = date(1970, 1, 1)


def zone_said(answers: Mapping[str, str]) -> str | None:
    """TIMEZONE, None where it is not given. Raises `InvalidSetting` for one that nobody knows."""
    zone = answers.get("TIMEZONE")
    if zone is not None:
        try:
            require_zone(zone, "TIMEZONE")
        except InvalidSetting as error:
            raise _wrong("TIMEZONE", error.problem, error.allowed, zone) from error
    return zone


def calling_code_said(answers: Mapping[str, str]) -> str | None:
    """PHONE_COUNTRY in digits, None where it is not given. Raises `InvalidSetting`."""
    code = answers.get("PHONE_COUNTRY")
    if code is None:
        return None
    digits = normalise(code).removeprefix("+").removeprefix("00")
    if not _CALLING_CODE.match(digits):
        problem = "PHONE_COUNTRY is no country calling code"
        raise _wrong("PHONE_COUNTRY", problem, "one to three digits such as 98 or 44", code)
    return digits


def headings_said(name: str, answers: Mapping[str, str], headings: Collection[str]) -> list[str]:
    """The headings that DROP or KEEP names. Raises `InvalidSetting` for one that is not in the file."""
    said = [heading.strip() for heading in answers[name].split(",") if heading.strip()]
    known = {fold(heading) for heading in headings}
    for heading in said:
        if fold(heading) not in known:
            raise _wrong(name, f"{name} names no column", ", ".join(headings), heading)
    return said


def as_of_said(answers: Mapping[str, str], calendar: str | None) -> str | None:
    """AS_OF as a Gregorian day or moment, None where it is not given; a Jalali one where dates are Jalali.

    Raises `InvalidSetting` for what is no day, and for a Jalali day beside dates of another calendar.
    """
    text = answers.get("AS_OF")
    if text is None:
        return None
    plain = normalise(text)
    parts = _DAY_FIRST_OF_ALL.match(plain)
    low, high = YEARS[Calendar.JALALI]
    if parts is None or not low <= int(parts[1]) <= high:
        return _gregorian(plain, text)
    if calendar != Calendar.JALALI:
        problem = "AS_OF looks like a day of the Jalali calendar, and the dates are not known to be Jalali"
        raise _wrong("AS_OF", problem, DAYS, text)
    days, exists = jalali_days(*(np.array([int(part)], dtype=np.int64) for part in parts.groups()[:3]))
    if not exists[0]:
        raise _wrong("AS_OF", "AS_OF is no day of the Jalali calendar", DAYS, text)
    return _gregorian(f"{_EPOCH + timedelta(days=int(days[0]))}{parts[4]}", text)


def _gregorian(plain: str, given: str) -> str:
    try:
        parse_instant(plain, "UTC", "AS_OF")
    except BadSource as error:
        raise _wrong("AS_OF", "AS_OF is no day that is read", DAYS, given) from error
    return plain


def _wrong(name: str, problem: str, allowed: str, given: str) -> InvalidSetting:
    return InvalidSetting(problem, allowed=allowed, given=given, remedy=f"Correct {name}=…")
