"""What the oracle of features says of rows: which are known, which are recent, how far apart they are."""

from datetime import UTC, datetime, timedelta
from math import isnan, nan
from zoneinfo import ZoneInfo

HOUR = 3_600_000_000
DAY = 24 * HOUR


class Row(dict):
    """A row whose absent columns are empty."""

    def __missing__(self, column):
        return None


def fact(row, column, known, snapshot):
    """The fact's instant, or None as long as it has not happened or is not known."""
    at = row[column]
    if at is None or at > snapshot or (row[known] is not None and row[known] > snapshot):
        return None
    return at


def announced(row, column, known, snapshot):
    """The fact's instant as soon as it is known, even ahead of time; None before."""
    heard = row[column] if row[known] is None else row[known]
    return row[column] if row[column] is not None and heard <= snapshot else None


def known_rows(tables, name, column, known, snapshot):
    """Rows known by the snapshot, oldest first, in the given order within an instant; `at` is their time."""
    rows = (Row(row) for row in tables.get(name, ()))
    seen = [Row(row, at=row[column]) for row in rows if fact(row, column, known, snapshot) is not None]
    return sorted(seen, key=lambda row: row["at"])


def within(rows, snapshot, days):
    """Rows of the last so many days."""
    return [row for row in rows if row["at"] > snapshot - days * DAY]


def over(numerator, denominator):
    """The quotient; NaN where there is nothing to divide by."""
    return nan if denominator == 0 or isnan(denominator) else numerator / denominator


def mean(numbers):
    """The mean; NaN of nothing."""
    return over(sum(numbers), len(numbers))


def total(rows, column):
    """The sum of a column, empty values left out."""
    return sum(row[column] for row in rows if row[column] is not None)


def different(rows, column):
    """How many different values a column holds."""
    return len({row[column] for row in rows} - {None})


def since_last(rows, snapshot):
    """Days since the newest row; NaN where there is none."""
    return (snapshot - rows[-1]["at"]) / DAY if rows else nan


def local_day(instant, zone):
    """The number of the local calendar day."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(zone)).date().toordinal()


def days_of(rows, zone):
    """The different local days of the rows."""
    return {local_day(row["at"], zone) for row in rows}


def gaps_of(rows, zone, ended_after=None):
    """Days from one day with a row to the next; only gaps that ended after an instant, if one is given."""
    gaps, latest = [], None
    for row in rows:
        day = local_day(row["at"], zone)
        if latest is not None and day > latest and (ended_after is None or row["at"] > ended_after):
            gaps.append(day - latest)
        latest = day if latest is None else max(day, latest)
    return gaps
