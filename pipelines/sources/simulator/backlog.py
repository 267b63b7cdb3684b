"""A backlog: for some weeks every complaint waits several times as long."""

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings


def held_up(
    settings: SimulatorSettings, waited: NDArray[np.float64], age: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Days to the answer [complaints], longer for those made during the backlog; the luck is the same.

    age: of the world when each was made, in microseconds.
    """
    dirt = settings.dirt
    day = age / DAY - dirt.backlog_after_years * DAYS_PER_YEAR
    during = (day >= 0) & (day < 7 * dirt.backlog_weeks)
    return waited * np.where(during, 1 + dirt.backlog, 1.0)
