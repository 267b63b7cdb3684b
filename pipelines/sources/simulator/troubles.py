"""Complaints and silent problems in one order of time: what can take a customer away between two letters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.law_of_complaints import Verdicts
from pipelines.sources.simulator.silent_problems import SilentProblems
from pipelines.sources.simulator.timeline import ordinal

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Troubles:
    """Sorted by customer and time.

    voiced: whether it is a complaint. lost, leaves_at: whether, and when, it takes its customer away.
    second_life: mean-one draw for the next natural departure of whom a complaint did not take; 0 where
    silent.
    """

    order: Integers
    customer: Integers
    at: Integers
    voiced: Flags
    lost: Flags
    leaves_at: Integers
    second_life: NDArray[np.float64]

    def __len__(self) -> int:
        """How many."""
        return len(self.at)

    def turns(self, since: int, until: int) -> Iterator[Integers]:
        """Places of each customer's first trouble in (since, until], then of each one's second, and so on."""
        within = np.flatnonzero((self.at > since) & (self.at <= until))
        rank = ordinal(self.customer[within])
        for turn in range(rank.max(initial=-1) + 1):
            yield within[rank == turn]


def in_order_of_time(complaints: Complaints, verdicts: Verdicts, silent: SilentProblems) -> Troubles:
    """Merge the two; each kind keeps its own order, so `voiced` troubles are the complaints in turn."""
    customer = np.concatenate([complaints.customer, silent.customer])
    at = np.concatenate([complaints.opened_at, silent.at])
    sort = np.lexsort((at, customer))
    return Troubles(
        order=np.concatenate([complaints.order, silent.order])[sort],
        customer=customer[sort],
        at=at[sort],
        voiced=np.repeat([True, False], [len(complaints), len(silent)])[sort],
        lost=np.concatenate([verdicts.lost, silent.lost])[sort],
        leaves_at=np.concatenate([verdicts.leaves_at, silent.leaves_at])[sort],
        second_life=np.concatenate([verdicts.second_life, np.zeros(len(silent))])[sort],
    )
