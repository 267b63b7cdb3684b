"""Lots: who is held out from campaigns for good, and whose action is drawn by chance.

A lot is a hash of a customer's id and of what is drawn for, so it needs no memory: asked again, on another
machine or for one customer alone, it is the same.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.policy.customers import Flags, Floats

HOLDOUT = "holdout"
PLANNED, EXPLORED = "plan-", "explore-"  # how the campaigns of a day's plan begin, before the day
OF_A_DAY = rf"({PLANNED}|{EXPLORED})\d{{4}}-\d{{2}}-\d{{2}}"
_DIGITS = 53  # as many as a float holds


def lots(customer_ids: Sequence[str] | NDArray[np.object_], drawn_for: str) -> Floats:
    """A number from 0 up to 1 for each customer, as good as chance [n]: by SHA-256, the same for ever."""
    begun = hashlib.sha256(f"{drawn_for}\0".encode())
    drawn = np.empty(len(customer_ids))
    for row, customer in enumerate(customer_ids):
        one = begun.copy()
        one.update(customer.encode())
        drawn[row] = int.from_bytes(one.digest()[:8], "big") >> (64 - _DIGITS)
    return drawn / 2.0**_DIGITS


def of_a_plan(campaign: str) -> bool:
    """Whether a campaign is that of a day's plan, by its whole name: others may begin alike."""
    return re.fullmatch(OF_A_DAY, campaign, re.ASCII) is not None


def held_out(customer_ids: Sequence[str] | NDArray[np.object_], share: float) -> Flags:
    """Who belongs to the permanent holdout [n]. A larger share keeps everyone who was in a smaller one."""
    return lots(customer_ids, HOLDOUT) < share
