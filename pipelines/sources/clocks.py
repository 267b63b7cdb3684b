"""Durations in business hours are never taken for calendar time: twelve of them may be three days."""

from collections.abc import Collection, Mapping

from models.contract.business_hours import BusinessHours
from models.domain.errors import InvalidSetting
from models.domain.text import fold
from pipelines.sources.mapping import Clock, ColumnSource

# Words in a heading that speak of business hours: 'within business hours', 'ساعت کاری', 'ساعات العمل'.
BUSINESS_WORDS = frozenset(
    fold(word) for word in ("business", "working", "office", "کاری", "اداری", "العمل", "الدوام")
)


def require_clocks(
    columns: Mapping[str, ColumnSource], business: Collection[str], hours: BusinessHours | None, where: str
) -> None:
    """Raise `InvalidSetting` for a duration that begins nowhere, or whose clock nobody declared.

    `business` are further headings of durations that may be in business hours.
    """
    for name, source in columns.items():
        if source.after is None or source.column is None:
            continue
        beginning = columns.get(source.after)
        if beginning is None or beginning.after is not None:
            raise InvalidSetting(
                f"`{where}.columns.{name}` begins at {source.after}, which no column of the file holds",
                allowed="a column of instants",
                given=source.after,
                remedy=f"Map {source.after} too, or correct {where}.columns.{name}.",
            )
        if source.clock is None and _speaks_of_business(source.column, business):
            raise InvalidSetting(
                f"`{where}.columns.{name}` may be in business hours, and is not read as calendar time",
                allowed="clock: calendar, or clock: business and source.business_hours",
                given=source.column,
                remedy=f"Declare `clock` in {where}.columns.{name}, or map a column in calendar time.",
            )
        if source.clock is Clock.BUSINESS and hours is None:
            raise InvalidSetting(
                f"`{where}.columns.{name}` is counted in business hours, and nobody said when those are",
                allowed='for example {days: [mon, tue, wed, thu, fri], opens: "09:00", closes: "17:00"}',
                remedy="Set source.business_hours in params.yaml.",
            )


def _speaks_of_business(heading: str, business: Collection[str]) -> bool:
    known = {fold(each) for each in business}
    return fold(heading) in known or not BUSINESS_WORDS.isdisjoint(fold(heading).split())
