"""Whoever lets their contract end has left, though the last bill falls within the horizon.

As with purchases only what was known when the window closed counts.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.evaluation.labels import Labels, window_end
from models.evaluation.schedule import Schedule

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Contracts:
    """Contracts of customers who have bought, in any order; instants in microseconds.

    customer: codes as in `OrderLines`. started_at, known_at, ended_at, end_known_at; all int64 [n], the
    last two `NEVER` where no end is told of.
    """

    customer: NDArray[np.int64]
    started_at: NDArray[np.int64]
    known_at: NDArray[np.int64]
    ended_at: NDArray[np.int64]
    end_known_at: NDArray[np.int64]


def with_contract_ends(labels: Labels, contracts: Contracts, schedule: Schedule, zone: str) -> Labels:
    """The labels, with those churned too who had a contract at the snapshot and none at the horizon's end."""
    churned = labels.churned.copy()
    customers = int(max(labels.customer.max(initial=-1), contracts.customer.max(initial=-1))) + 1
    for snapshot in np.unique(labels.snapshot):
        bought = np.flatnonzero((labels.snapshot == snapshot) & (labels.churned == 0))
        until = window_end(int(snapshot), schedule.learned_days, zone)
        ended = let_end(contracts, int(snapshot), until, customers)
        churned[bought] = ended[labels.customer[bought]]
    return replace(labels, churned=churned)


def let_end(contracts: Contracts, after: int, until: int, customers: int) -> NDArray[np.bool_]:
    """By customer code [customers]: a contract ran at `after` and none at `until`, as was known then."""
    ended_at = np.where(contracts.end_known_at <= until, contracts.ended_at, NEVER)
    known = contracts.known_at <= until

    def running(at: int) -> NDArray[np.bool_]:
        ran = known & (contracts.started_at <= at) & (ended_at > at)
        return np.bincount(contracts.customer[ran], minlength=customers) > 0

    return running(after) & ~running(until)
