"""What each customer was headed for, at any time: nobody fades over a parting that is decided only later."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.timeline import last_at

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plans:
    """From `since` on (an instant) the customer was headed to leave at `leaves_at` over `cause`.

    Sorted by customer and `since` when they come from `in_order`; each customer's first plan is as old as
    the world.
    """

    customer: Integers
    since: Integers
    leaves_at: Integers
    cause: NDArray[np.int8]

    def in_force(self, customer: Integers, at: Integers) -> Integers:
        """The place of each customer's plan at an instant."""
        return last_at(self.customer, self.since, customer, at)


def in_order(changes: Sequence[Plans]) -> Plans:
    """All changes as one chronicle; of two at one instant the later in the sequence counts."""
    customer, since = (np.concatenate([getattr(one, of) for one in changes]) for of in ("customer", "since"))
    order = np.lexsort((since, customer))  # stable: what was decided later stays later
    return Plans(
        customer[order],
        since[order],
        np.concatenate([one.leaves_at for one in changes])[order],
        np.concatenate([one.cause for one in changes])[order],
    )
