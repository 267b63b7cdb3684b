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

    Where a clock change removed midnight (Tehran until 2022) it is the first instant after the gap, so that
    every day has exactly one beginning.
    """
    return local_instant(datetime.combine(day, time.min), zone)


def local_instant(naive: datetime, zone: str) -> int:
    """The instant at which local clocks show a time: the first after a gap, the first of two."""
    clock = ZoneInfo(zone)
    # In a gap, fold=0 counts by the offset before the change and fold=1 by the one after it.
    latest, earliest = (to_micros(naive.replace(tzinfo=clock, fold=fold)) for fold in (0, 1))
    if latest <= earliest:
        return latest
    before = from_micros(earliest).astimezone(clock).utcoffset()
    while latest - earliest > 1:
        middle = (latest + earliest) // 2
        if from_micros(middle).astimezone(clock).utcoffset() == before:
            earliest = middle
        else:
            latest = middle
    return latest


def local_date(micros: int, zone: str) -> date:
    """The local calendar day in which an instant falls."""
    return from_micros(micros).astimezone(ZoneInfo(zone)).date()


def last_day(as_of: int, zone: str) -> date:
    """The last local day of which anything is known: a midnight ends the day before it."""
    return local_date(as_of - 1, zone)


def iso(micros: int) -> str:
    """ISO 8601 in UTC, whole seconds unless there is more: '2011-09-10T00:00:00Z'."""
    return from_micros(micros).isoformat().replace("+00:00", "Z")
