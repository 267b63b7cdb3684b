"""The level of prices, and the index that an office publishes of it.

Inflation multiplies every amount of the books and moves nobody: customers, orders and times are those of the
world without it.
"""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import PRICE_INDEX
from models.domain.instants import DAY, local_midnight
from pipelines.sources.simulator.arrow_columns import contract_table, instants
from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime
from pipelines.sources.simulator.streams import stream

MONTHS_BEFORE = 3  # the first order finds a value that is known
PUBLISHED_AFTER_DAYS = (16, 26)  # from the end of the month; never before its sixteenth day
START_INDEX = 100.0


def price_level(settings: SimulatorSettings, start: int, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Prices at instants over those at `start`, the first instant of the world."""
    years = (at - start) / (DAY * DAYS_PER_YEAR)
    level: NDArray[np.float64] = (1 + settings.inflation_per_year) ** years
    return level


def price_index_table(settings: SimulatorSettings, time: ShopTime, zone: str) -> pa.Table | None:
    """Monthly values, to two decimals, that were published by the end; None in a world without inflation."""
    if settings.inflation_per_year == 0:
        return None
    months = _months(settings.first_day, settings.days)
    starts = np.array([local_midnight(month, zone) for month in months], dtype=np.int64)
    middle = (starts[:-1] + starts[1:]) // 2
    index = np.round(START_INDEX * price_level(settings, time.start, middle), 2)
    after = stream(settings.seed, "price index").integers(*PUBLISHED_AFTER_DAYS, len(index))
    known_at = starts[1:] + after * DAY
    published = known_at <= time.end
    return contract_table(
        PRICE_INDEX,
        {
            "period_start": instants(starts[:-1][published]),
            "index": index[published],
            "known_at": instants(known_at[published]),
        },
    )


def _months(first_day: date, days: int) -> list[date]:
    """The firsts of all months from some before the first day to the one that follows the last day."""
    month = first_day.replace(day=1)
    for _ in range(MONTHS_BEFORE):
        month = (month - timedelta(days=1)).replace(day=1)
    months = [month]
    while months[-1] <= first_day + timedelta(days=days):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months
