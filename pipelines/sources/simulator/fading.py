"""Who is on the way out shows it: the signs of a natural departure grow for months before it."""

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.departures import NATURE
from pipelines.sources.simulator.plans import Plans

FADES_OVER_DAYS = 120.0


def fade(
    plans: Plans, sudden: NDArray[np.bool_], customer: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far each customer has turned away at an instant: 0 not at all, 1 gone.

    It rises in a straight line before a parting of one's own accord. A complaint, a silent problem or an
    unwelcome letter comes out of the blue; so does death (`sudden`, a mask of customers).
    """
    plan = plans.in_force(customer, at)
    ahead = (plans.leaves_at[plan] - at) / DAY
    slow = (plans.cause[plan] == NATURE) & ~sudden[customer]
    turned: NDArray[np.float64] = np.where(slow, 1 - ahead / FADES_OVER_DAYS, ahead <= 0).clip(0, 1)
    return turned
