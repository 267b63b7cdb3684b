"""Instants are whole microseconds since 1970-01-01 UTC; local days exist only at the edges."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The UTC datetime of an instant."""
    return EPOCH + timedelta(microseconds=micros)


def local_midnight(day: date, zone: str) -> int:
    """The instant at which a local day begins.

    Where a clock change removed midnight (Tehran until 2022), the zone's rule before the gap is used: the
    first instant after the gap, so that every day has exactly one beginning.
    """
    naive = datetime.combine(day, time.min)
    start = to_micros(naive.replace(tzinfo=ZoneInfo(zone)))
    shown = from_micros(start).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    # In a gap (fold=0) the offset before the change applies; the instant is then the first after the gap.
    return start if shown >= naive else start + (naive - shown) // timedelta(microseconds=1)


def local_date(micros: int, zone: str) -> date:
    """The local calendar day in which an instant falls."""
    return from_micros(micros).astimezone(ZoneInfo(zone)).date()


def last_day(as_of: int, zone: str) -> date:
    """The last local day of which anything is known: a midnight ends the day before it."""
    return local_date(as_of - 1, zone)


def iso(micros: int) -> str:
    """ISO 8601 in UTC, whole seconds unless there is more: '2011-09-10T00:00:00Z'."""
    return from_micros(micros).isoformat().replace("+00:00", "Z")
