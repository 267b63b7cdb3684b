"""What every engine computes: the columns, by kind and window in days (None: all time), and the snapshots."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

Windows: TypeAlias = tuple[int | None, ...]
Columns: TypeAlias = Mapping[str, Windows]

DAY = 86_400_000_000
HOUR = DAY // 24

MANY = (7, 14, 30, 60, 90, 120, 150, 180, 240, 300, 365, 540, 730, None)

# Beside these always: recency_days, tenure_days, complaints_open, days_since_complaint and
# first_response_hours, the mean time to a known first answer of the complaints of the last 365 days.
ALWAYS = 5
COLUMNS: Mapping[int, Columns] = {
    21: {
        "purchases": (30, 90, 180, 365, None), "spend": (30, 90, 365, None), "mean_amount": (None,),
        "largest": (365,), "returns": (365,), "returned": (365,), "complaints": (90, 365, None),
    },
    37: {
        "purchases": (30, 60, 90, 180, 365, None), "spend": (30, 60, 90, 180, 365, None),
        "mean_amount": (30, 60, 90, 180, 365, None), "largest": (90, 365, None),
        "returns": (90, 365, None), "returned": (90, 365, None), "complaints": (30, 90, 180, 365, None),
    },
    100: {
        "purchases": MANY, "spend": MANY, "mean_amount": MANY, "largest": MANY, "returns": MANY,
        "returned": MANY[2:-1], "complaints": MANY,
    },
}  # fmt: skip


def name_of(kind: str, window: int | None) -> str:
    """A column's name."""
    return f"{kind}_{window or 'all'}"


def names(columns: Columns) -> list[str]:
    """All names, those of windows first."""
    windowed = [name_of(kind, window) for kind, windows in columns.items() for window in windows]
    always = [
        "recency_days",
        "tenure_days",
        "complaints_open",
        "days_since_complaint",
        "first_response_hours",
    ]
    return [*windowed, *always]


def snapshots(count: int) -> list[int]:
    """The first days of so many months up to December 2024, in microseconds, oldest first."""
    months = [2024 * 12 + 11 - back for back in range(count)]
    days = [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in reversed(months)]
    return [round(day.timestamp()) * 1_000_000 for day in days]
