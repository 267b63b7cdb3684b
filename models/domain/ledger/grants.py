"""How much of a request is granted. The constraints are asked in one order, so that all stores agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.domain.ledger.commands import Reserve
from models.domain.ledger.reservations import Reservation, budget_names
from models.domain.vocabulary import Constraint


@dataclass(frozen=True)
class Grant:
    """What is granted of a request, in minor units, and what kept it from being all and at once."""

    amount_minor: int
    constraint: Constraint | None
    pending: bool = False


def granted(
    command: Reserve, reservations: Sequence[Reservation], free_minor: Mapping[str, int | None], now: int
) -> Grant:
    """Cap, window, frequency, campaign and segment budget, then authority.

    The first constraint without room for all of it ends an all-or-nothing request. A partial one is cut to
    the room there is, and `constraint` is the last that cut it; below `least_minor` nothing is granted.
    """
    amount, constraint = command.requested_minor, None
    for name, room in _rooms(command, reservations, free_minor, now):
        if room < amount:
            amount, constraint = max(room, 0) if command.partial else 0, name
        if amount < command.least_minor:
            return Grant(0, constraint)
    if command.authority_minor is not None and amount > command.authority_minor:
        return Grant(amount, Constraint.AUTHORITY, pending=True)
    return Grant(amount, constraint)


def window_held(reservations: Sequence[Reservation], now: int, window_days: int) -> int:
    """What the customer's window holds, in minor units."""
    return sum(one.held_minor for one in reservations if one.counts_at(now, window_days))


def _rooms(
    command: Reserve, reservations: Sequence[Reservation], free_minor: Mapping[str, int | None], now: int
) -> Iterator[tuple[Constraint, int]]:
    if not command.capped:
        return
    yield Constraint.CAP, command.cap_minor
    yield Constraint.WINDOW, command.cap_minor - window_held(reservations, now, command.window_days)
    if command.most_grants is not None:
        count = sum(one.counts_at(now, command.window_days) for one in reservations)
        yield Constraint.FREQUENCY, command.requested_minor if count < command.most_grants else 0
    names = budget_names(command.campaign, command.segment)
    for constraint, name in zip((Constraint.CAMPAIGN_BUDGET, Constraint.SEGMENT_BUDGET), names, strict=False):
        free = free_minor.get(name)
        if free is not None:
            yield constraint, free
