"""A level shift: from one day on everybody orders and visits less."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings
from pipelines.sources.simulator.streams import stream


def shift_day(settings: SimulatorSettings) -> int:
    """The number of the first local day on which customers order less."""
    return round(settings.dirt.level_shift_after_years * DAYS_PER_YEAR)


def pace(settings: SimulatorSettings, days: int) -> NDArray[np.float64]:
    """How fast customers live on each of so many local days: 1 before the shift."""
    return np.where(np.arange(days) < shift_day(settings), 1.0, 1 - settings.dirt.level_shift)


def still_comes(
    settings: SimulatorSettings, at: NDArray[np.int64], midnights: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which visits at instants take place all the same."""
    day = np.searchsorted(midnights, at, "right") - 1
    luck = stream(settings.seed, "level shift").random(len(at))
    comes: NDArray[np.bool_] = (day < shift_day(settings)) | (luck >= settings.dirt.level_shift)
    return comes
