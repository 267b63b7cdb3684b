"""Days of the Jalali (Persian) calendar as days since 1970-01-01."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.contract.fates import Mask

MONTHS = {
    "فروردین": 1, "اردیبهشت": 2, "خرداد": 3, "تیر": 4, "مرداد": 5, "امرداد": 5, "شهریور": 6,
    "مهر": 7, "آبان": 8, "آذر": 9, "دی": 10, "بهمن": 11, "اسفند": 12,
}  # fmt: skip

_EPOCH = date(1970, 1, 1).toordinal()
_NO_DAY = np.iinfo(np.int64).min
_Numbers = NDArray[np.int64]


def jalali_days(year: _Numbers, month: _Numbers, day: _Numbers) -> tuple[_Numbers, Mask]:
    """Days since 1970-01-01 [n] and whether the calendar has such a day; 0 where it has none.

    Each distinct day is looked up once: a year has few.
    """
    written, position = np.unique((year * 100 + month) * 100 + day, return_inverse=True)
    found = np.array([_day(*_parts(code)) for code in written.tolist()], dtype=np.int64)[position]
    return np.where(found == _NO_DAY, 0, found), found != _NO_DAY


def _parts(code: int) -> tuple[int, int, int]:
    return code // 10_000, code // 100 % 100, code % 100


def _day(year: int, month: int, day: int) -> int:
    # Only whoever has such dates pays for the import.
    import jdatetime  # noqa: PLC0415

    try:
        return int(jdatetime.date(year, month, day).togregorian().toordinal()) - _EPOCH
    except ValueError:
        return _NO_DAY
