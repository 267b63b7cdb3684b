"""Days as people say them: by the Jalali calendar in Persian, by the Gregorian one elsewhere."""

from datetime import date

from models.contract.jalali import MONTHS
from models.domain.languages import Language
from models.domain.words import Words

_JALALI_MONTH = {number: name for name, number in reversed(MONTHS.items())}  # of two names the first


def told_day(day: date, words: Words) -> str:
    """'31 May 2026'; of the same day in Persian '۱۰ خرداد ۱۴۰۵'."""
    if words.language is not Language.PERSIAN:
        return words.day(day)
    # Only whoever tells such dates pays for the import.
    import jdatetime  # noqa: PLC0415

    jalali = jdatetime.date.fromgregorian(date=day)
    year, number = words.number(jalali.year), words.number(jalali.day)
    return f"{number} {_JALALI_MONTH[jalali.month]} {year}"
