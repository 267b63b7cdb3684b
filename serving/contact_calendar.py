"""Who is to be thought of on which day: fallen silent, due to order, a birthday, an anniversary.

Silence and what is due are measured in the customer's own rhythm, as the run has it; days are the shop's own.
"""

from calendar import isleap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

from models.domain.instants import local_date
from models.domain.vocabulary import LifecycleStage
from serving.columns import Columns


class Occasion(StrEnum):
    """Why a day stands in the calendar."""

    SILENT = "silent"
    DUE = "due"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"


SPECIAL = {"birth_date": Occasion.BIRTHDAY, "signed_up_at": Occasion.ANNIVERSARY}

Special: TypeAlias = tuple[int, Occasion, int]
"""Whose date (a row of the scores), what it is, and of which year."""

Dates: TypeAlias = Mapping[tuple[int, int], Sequence[Special]]
"""By month and day of the month."""


@dataclass(frozen=True)
class Entry:
    """One customer on one day; row: theirs of the scores; years: how many are full, None where none are."""

    day: date
    occasion: Occasion
    row: int
    years: int | None = None


@dataclass(frozen=True)
class Days:
    """The days of a calendar: from the first on, so many, in the shop's time zone."""

    first: date
    many: int
    zone: str

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day < self.first + timedelta(days=self.many)

    def each(self) -> Iterator[date]:
        """The days, one by one."""
        return (self.first + timedelta(days=number) for number in range(self.many))


def by_rhythm(scores: Columns, days: Days) -> Iterator[Entry]:
    """Who fell silent, on the first day; who is due to order, on the day when they are."""
    for row in np.flatnonzero(scores["lifecycle_stage"] == LifecycleStage.SILENT.value).tolist():
        yield Entry(days.first, Occasion.SILENT, row)
    due = scores["next_order_expected_by"]
    for row in np.flatnonzero(~np.isnat(due)).tolist():
        day = local_date(int(due[row].astype(np.int64)), days.zone)
        if days.holds(day):
            yield Entry(day, Occasion.DUE, row)


def special_dates(versions: Iterable[Mapping[str, Any]], rows: Mapping[str, int], zone: str) -> Dates:
    """Birthdays, and the days on which accounts were opened; versions: of customers, the newest last."""
    newest = {each["customer_id"]: each for each in versions if each["customer_id"] in rows}
    found: dict[tuple[int, int], list[Special]] = defaultdict(list)
    for customer, version in newest.items():
        for column, occasion in SPECIAL.items():
            if version.get(column) is not None:
                told = local_date(version[column], zone)
                found[told.month, told.day].append((rows[customer], occasion, told.year))
    return found


def by_date(dates: Dates, days: Days) -> Iterator[Entry]:
    """The days on which dates return; a 29th of February on the 28th where a year has none."""
    for day in days.each():
        leap_days = [(2, 29)] if (day.month, day.day) == (2, 28) and not isleap(day.year) else []
        for month_and_day in [(day.month, day.day), *leap_days]:
            for row, occasion, year in dates.get(month_and_day, ()):
                if day.year > year:
                    yield Entry(day, occasion, row, day.year - year)


def in_order(entries: Iterable[Entry], scores: Columns) -> list[Entry]:
    """By day; on one day those of the most value at risk first."""
    at_risk, ids = scores["value_at_risk_minor"], scores["customer_id"]
    return sorted(entries, key=lambda one: (one.day, -int(at_risk[one.row]), ids[one.row], one.occasion))
