"""What buy-till-you-die models know of a customer: x, t_x, T and the mean amount of a repeat purchase.

A purchase is a day with an amount above 0, whatever was bought on it. Times are counts of local days from
the customer's first such day; a day stands at its end, so T at a snapshot at midnight is measured to the last
whole day before it. Nothing after that day is read: a summary has no label in it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PurchaseHistories:
    """When n customers bought; all times in one unit, days unless said otherwise.

    repeats: x [n], purchase days after the first. active: t_x [n], from the first purchase day to the last.
    age: T [n], from the first purchase day to the snapshot.
    """

    repeats: Floats
    active: Floats
    age: Floats

    def __post_init__(self) -> None:
        """Raise `ValueError` for lengths that disagree or times that cannot be."""
        if not self.repeats.shape == self.active.shape == self.age.shape or self.repeats.ndim != 1:
            raise ValueError("repeats, active and age must be vectors of one length")
        possible = (
            (self.repeats >= 0) & (self.active >= 0) & (self.active <= self.age) & np.isfinite(self.age)
        )
        if not np.all(possible & ((self.repeats > 0) == (self.active > 0))):
            raise ValueError("a history needs 0 <= t_x <= T, and t_x above 0 exactly where x is")

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.repeats)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "PurchaseHistories":
        """The histories of a mask, an index or a slice."""
        return PurchaseHistories(self.repeats[chosen], self.active[chosen], self.age[chosen])

    def in_units_of(self, days: float) -> "PurchaseHistories":
        """The same histories with times in units of so many days: 7 for weeks."""
        return PurchaseHistories(self.repeats, self.active / days, self.age / days)


@dataclass(frozen=True)
class CustomerSummaries:
    """Customers with a purchase by the snapshot, in order of their codes.

    customer: int64 [n]. histories: in days. mean_amount: mean total [n] of the repeat purchase days in the
    unit of the lines, NaN for a customer without any.
    """

    customer: NDArray[np.int64]
    histories: PurchaseHistories
    mean_amount: Floats


def summarise(
    customer: NDArray[np.int64], day: NDArray[np.int64], amount: NDArray[np.int64], last_day: int
) -> CustomerSummaries:
    """Summarise order lines [m] as of the end of `last_day`.

    customer: codes. day: numbers of local days. amount: minor units; lines of 0 or less are no purchases.
    Lines after `last_day` are not read; those not known by the snapshot are the caller's to leave out.
    """
    read = (amount > 0) & (day <= last_day)
    if not read.any():
        return CustomerSummaries(np.empty(0, np.int64), PurchaseHistories(*np.empty((3, 0))), np.empty(0))
    buyer, at, total = _purchase_days(customer[read], day[read], amount[read])
    first = np.flatnonzero(np.diff(buyer, prepend=buyer[0] - 1))
    last = np.append(first[1:], len(buyer)) - 1
    repeats = (last - first).astype(np.float64)
    spent = np.add.reduceat(total, first) - total[first]
    histories = PurchaseHistories(
        repeats, (at[last] - at[first]).astype(np.float64), (last_day - at[first]).astype(np.float64)
    )
    mean = np.divide(spent, repeats, out=np.full(len(first), np.nan), where=repeats > 0)
    return CustomerSummaries(buyer[first], histories, mean)


def _purchase_days(
    customer: NDArray[np.int64], day: NDArray[np.int64], amount: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Customer, day and total amount of each purchase day, by customer, then day."""
    since = int(day.min())
    width = int(day.max()) - since + 1
    key = customer.astype(np.int64) * width + (day - since)
    order = np.argsort(key, kind="stable")  # linear where the lines are in order already
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    key = key[order][starts]
    return key // width, key % width + since, np.add.reduceat(amount[order], starts)
