"""What a command leads to: the answer and the entries to append, from what stands when it is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.domain.ledger.commands import Approve, Command, Commit, Release, Reserve, Reverse
from models.domain.ledger.grants import approvable, granted
from models.domain.ledger.refusals import too_much, unknown_reservation, wrong_state
from models.domain.ledger.reservations import (
    Movement,
    Reservation,
    approved,
    committed,
    ended,
    is_due,
    opened,
    reversed_by,
)
from models.domain.vocabulary import Constraint, EntryKind, ReservationState

Answer = Mapping[str, object]


@dataclass(frozen=True)
class Standing:
    """What is known of one customer when a command is decided, under the locks that keep it so.

    now: the ledger's time, microseconds. reservations: those that are open, were made within the window, or
    are named by the command. free_minor: what each budget has left; None: it has no limit.
    """

    now: int
    reservations: Sequence[Reservation]
    free_minor: Mapping[str, int | None]


@dataclass(frozen=True)
class Decision:
    """The answer to give and the movements to append, in order."""

    answer: Answer
    movements: tuple[Movement, ...]


def decide(command: Command, reservation_id: str, standing: Standing) -> Decision:
    """Decide a command. What is due expires first, whatever the command is.

    reservation_id: of the reservation that a `Reserve` makes. The answer holds either `refused` with its
    facts, or what `answer_of` says.
    """
    expiries = tuple(
        ended(one, EntryKind.EXPIRE) for one in standing.reservations if is_due(one, standing.now)
    )
    after = _after(standing, expiries)
    if isinstance(command, Reserve):
        answer, movements = _reserve(command, reservation_id, after)
    else:
        answer, movements = _change(command, after)
    return Decision(answer, (*expiries, *movements))


def answer_of(reservation: Reservation, now: int, constraint: Constraint | None = None) -> Answer:
    """A reservation as answers show it."""
    pending = reservation.state is ReservationState.PENDING_APPROVAL
    return {
        "reservation_id": reservation.id,
        "state": reservation.state.value,
        "requested_minor": reservation.requested_minor,
        "granted_minor": 0 if pending else reservation.reserved_minor,
        "held_minor": reservation.held_minor,
        "committed_minor": reservation.committed_minor,
        "reversed_minor": reservation.reversed_minor,
        "limiting_constraint": constraint.value if constraint else None,
        "expires_at": reservation.expires_at,
        "at": now,
    }


def _after(standing: Standing, movements: Sequence[Movement]) -> Standing:
    """What stands after movements."""
    if not movements:
        return standing
    changed = {one.after.id: one.after for one in movements}
    free = dict(standing.free_minor)
    for one in movements:
        for name in one.after.budgets:
            left = free.get(name)
            if left is not None:
                free[name] = left - one.held_minor
    reservations = [changed.get(one.id, one) for one in standing.reservations]
    return Standing(standing.now, reservations, free)


def _reserve(command: Reserve, id_: str, standing: Standing) -> tuple[Answer, tuple[Movement, ...]]:
    grant = granted(command, standing.reservations, standing.free_minor, standing.now)
    if not grant.amount_minor:
        return _not_granted(command, grant.constraint, standing.now), ()
    made = opened(command, id_, grant.amount_minor, standing.now, pending=grant.pending)
    return answer_of(made.after, standing.now, grant.constraint), (made,)


def _not_granted(command: Reserve, constraint: Constraint | None, now: int) -> Answer:
    return {
        "reservation_id": None,
        "state": ReservationState.REFUSED.value,
        "requested_minor": command.requested_minor,
        "granted_minor": 0,
        "held_minor": 0,
        "committed_minor": 0,
        "reversed_minor": 0,
        "limiting_constraint": constraint.value if constraint else None,
        "expires_at": None,
        "at": now,
    }


def _change(
    command: Commit | Release | Approve | Reverse, standing: Standing
) -> tuple[Answer, tuple[Movement, ...]]:
    found = [one for one in standing.reservations if one.id == command.reservation_id]
    if not found:
        return unknown_reservation(command.reservation_id), ()
    result = _CHANGES[type(command)](command, found[0])
    if isinstance(command, Approve) and isinstance(result, Movement):
        constraint = approvable(command, found[0], standing.reservations, standing.now)
        if constraint is not None:
            return answer_of(found[0], standing.now, constraint), ()
    if not isinstance(result, Movement):
        return result, ()
    return answer_of(result.after, standing.now), (result,)


def _commit(command: Commit, reservation: Reservation) -> Movement | Answer:
    if reservation.state is not ReservationState.RESERVED:
        return wrong_state(reservation.state, "reserved")
    if command.amount_minor > reservation.reserved_minor:
        return too_much(command.amount_minor, reservation.reserved_minor)
    return committed(reservation, command.amount_minor)


def _release(_: Release, reservation: Reservation) -> Movement | Answer:
    if reservation.state not in (ReservationState.RESERVED, ReservationState.PENDING_APPROVAL):
        return wrong_state(reservation.state, "reserved or pending_approval")
    return ended(reservation, EntryKind.RELEASE)


def _approve(command: Approve, reservation: Reservation) -> Movement | Answer:
    if reservation.state is not ReservationState.PENDING_APPROVAL:
        return wrong_state(reservation.state, "pending_approval")
    if command.authority_minor is not None and reservation.reserved_minor > command.authority_minor:
        return too_much(reservation.reserved_minor, command.authority_minor)
    return approved(reservation)


def _reverse(command: Reverse, reservation: Reservation) -> Movement | Answer:
    if reservation.state is not ReservationState.COMMITTED:
        return wrong_state(reservation.state, "committed")
    left = reservation.committed_minor - reservation.reversed_minor
    if command.amount_minor > left:
        return too_much(command.amount_minor, left)
    return reversed_by(reservation, command.amount_minor)


_CHANGES: Mapping[type, Callable[..., Movement | Answer]] = {
    Commit: _commit,
    Release: _release,
    Approve: _approve,
    Reverse: _reverse,
}
