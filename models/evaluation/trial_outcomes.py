"""What followed each assignment of a past campaign within its horizon, as was known at the end of it."""

import numpy as np
from numpy.typing import NDArray

from models.evaluation.contract_ends import NEVER, Contracts
from models.evaluation.labels import OrderLines
from models.evaluation.trials import Assigned
from models.learned.trial import Flags, Floats, Integers


def bought_within(lines: OrderLines, of: Assigned) -> Floats:
    """1 where a purchase after the assignment and within the horizon was known at its end, else 0 [n]."""
    whose, line = _lines_within(lines, of)
    found = np.zeros(len(of))
    found[whose[lines.amount_minor[line] > 0]] = 1.0
    return found


def margin_within(lines: OrderLines, of: Assigned) -> Floats:
    """Margin after the assignment and within the horizon, as was known at its end, minor units [n]."""
    whose, line = _lines_within(lines, of)
    worth = lines.margin_minor[line].astype(np.float64)
    return np.bincount(whose, weights=worth, minlength=len(of)).astype(np.float64)


def let_end_within(contracts: Contracts, customer_ids: NDArray[np.object_], of: Assigned) -> Flags:
    """Who had a contract at the assignment and none at the end of the horizon, as was known then [n]."""
    order = np.argsort(contracts.customer, kind="stable")
    place, there = _among(customer_ids, of)
    begin, end = (np.searchsorted(contracts.customer[order], place, side) for side in ("left", "right"))
    whose, of_them = _spread(begin, np.where(there, end, begin))
    which = order[of_them]
    until = of.closes[whose]
    ended_at = np.where(contracts.end_known_at[which] <= until, contracts.ended_at[which], NEVER)
    known = contracts.known_at[which] <= until

    def running(at: Integers) -> Flags:
        ran = known & (contracts.started_at[which] <= at) & (ended_at > at)
        return np.bincount(whose[ran], minlength=len(of)) > 0

    ended: Flags = running(of.assigned_at[whose]) & ~running(until)
    return ended


def _lines_within(lines: OrderLines, of: Assigned) -> tuple[Integers, Integers]:
    """Pairs of an assignment and a line of its customer within its horizon, known at its end."""
    place, there = _among(lines.customer_ids, of)
    many = len(lines.ordered_at) + 1

    def key(customer: Integers, at: Integers) -> Integers:
        """Rises with the customer, then with time."""
        rank: Integers = customer * many + np.searchsorted(lines.ordered_at, at, side="right")
        return rank

    keys = key(lines.customer, lines.ordered_at)
    order = np.argsort(keys, kind="stable")
    begin, end = (
        np.searchsorted(keys[order], key(place, at), side="right") for at in (of.assigned_at, of.closes)
    )
    whose, found = _spread(begin, np.where(there, end, begin))
    line = order[found]
    known = lines.known_at[line] <= of.closes[whose]
    return whose[known], line[known]


def _spread(begin: Integers, end: Integers) -> tuple[Integers, Integers]:
    """All places from each `begin` up to its `end`, and whose they are."""
    many = end - begin
    whose = np.repeat(np.arange(len(begin)), many)
    first = np.repeat(begin - (np.cumsum(many) - many), many)
    return whose, first + np.arange(len(whose))


def _among(customer_ids: NDArray[np.object_], of: Assigned) -> tuple[Integers, Flags]:
    """The place of each among ascending ids, and who is there [n]."""
    if not len(customer_ids):
        return np.zeros(len(of), np.int64), np.zeros(len(of), np.bool_)
    place = np.minimum(np.searchsorted(customer_ids, of.customer_id), len(customer_ids) - 1)
    return place, customer_ids[place] == of.customer_id
