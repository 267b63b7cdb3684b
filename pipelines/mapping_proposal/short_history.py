"""Settings for a shop whose books are short: more moments to learn from, closer together."""

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.instants import DAY

# Below so many days of orders the shipped spacing leaves too few closed backtests to promise any value by.
SHORT_DAYS = 900

CLOSER = {
    "spacing_days": 15,
    "min_history_days": 60,
    "value_cut_spacing_days": 30,
}


def history_days(orders: pa.Table) -> int:
    """Days from the first to the last accepted order; 0 without any."""
    span = pc.min_max(orders["ordered_at"].cast(pa.int64())).as_py()
    return 0 if span["min"] is None else (span["max"] - span["min"]) // DAY


def snapshots_for(days: int) -> dict[str, int]:
    """The settings of the section `snapshots` that differ from the shipped ones for books of so many days."""
    return dict(CLOSER) if days < SHORT_DAYS else {}
