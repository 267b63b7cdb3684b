"""How much of a request is granted. The constraints are asked in one order, so that all stores agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.domain.ledger.commands import Approve, Reserve
from models.domain.ledger.reservations import Reservation, budget_names
from models.domain.vocabulary import Constraint, Purpose


@dataclass(frozen=True)
class Grant:
    """What is granted of a request, in minor units, and what kept it from being all and at once."""

    amount_minor: int
    constraint: Constraint | None
    pending: bool = False


def granted(
    command: Reserve, reservations: Sequence[Reservation], free_minor: Mapping[str, int | None], now: int
) -> Grant:
    """Cap, window, frequency, budgets of campaign, segment and all, then authority.

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


def approvable(
    command: Approve, asked: Reservation, reservations: Sequence[Reservation], now: int
) -> Constraint | None:
    """What keeps a request that waits from being granted now; None: nothing does.

    Its money is held already; but the cap may have fallen since, and an approval is a grant.
    """
    if command.cap_minor is None or asked.purpose is Purpose.OWED:
        return None
    if asked.reserved_minor > command.cap_minor:
        return Constraint.CAP
    others = [one for one in reservations if one.id != asked.id]
    held = window_held(others, now, command.window_days)
    return Constraint.WINDOW if asked.reserved_minor > command.cap_minor - held else None


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
    for name in budget_names(command.campaign, command.segment):
        free = free_minor.get(name)
        if free is not None:
            yield Constraint(f"{name.partition(':')[0]}_budget"), free
