"""Money: reserve, commit, release, approve, reverse. Each write is done once for each Idempotency-Key."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from models.domain.errors import HoldfastError
from models.domain.ledger.commands import LONGEST_WORD, Approve, Command, Commit, Release, Reverse
from models.domain.text import normalise
from models.domain.vocabulary import ReservationState
from serving.incentives.answers import ReservationAnswer, told
from serving.incentives.asking import AtTill, InTerms, Till
from serving.incentives.commands import approve as approved
from serving.incentives.commands import keyed, payload, reserve
from serving.incentives.in_force import Terms
from serving.incentives.requests import Asked, CommitRequest, EndRequest, ReservationRequest, ReverseRequest
from serving.ledger import reads
from serving.ledger.answered import answered
from serving.ledger.store import key_of
from serving.operation.asked import note_customers
from serving.problem_schemas import Problem

router = APIRouter(prefix="/v1/incentives", tags=["money"])

ReservationId = Annotated[str, Path(min_length=1, max_length=LONGEST_WORD)]
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The key's first request is under way, or the state forbids it."},
}
GRANTED: dict[int | str, dict[str, Any]] = {
    **CONFLICT,
    201: {"model": ReservationAnswer, "description": "Set aside."},
    202: {"model": ReservationAnswer, "description": "Set aside until somebody approves it."},
}
STATUS = {ReservationState.RESERVED: 201, ReservationState.PENDING_APPROVAL: 202}


@router.post("/reservations", summary="Set money aside for a customer", responses=GRANTED)
def reservation(
    asked: ReservationRequest,
    terms: InTerms,
    till: AtTill,
    request: Request,
    response: Response,
) -> ReservationAnswer:
    """Reserve within cap, window, frequency, budgets and authority, or say which of them was in the way.

    201: set aside; 202: set aside until it is approved; 200: nothing was granted, or a dry run.
    """
    note_customers(request.scope, [normalise(asked.customer_id)])
    answer = _once(lambda by: reserve(asked, by, till.role), terms, "reserve", asked, till)
    if not asked.dry_run:
        response.status_code = STATUS.get(answer.state, 200)
    return answer


@router.post(
    "/reservations/{reservation_id}/commit", summary="Spend what was reserved, or less", responses=CONFLICT
)
def commit(reservation_id: ReservationId, asked: CommitRequest, till: AtTill) -> ReservationAnswer:
    """Commit; what is left over is free again at once."""
    command = Commit(
        reservation_id=reservation_id,
        amount_minor=asked.amount_minor,
        actor=asked.actor,
        reason=asked.reason,
    )
    return _done(command, asked, till)


@router.post(
    "/reservations/{reservation_id}/release", summary="Give a reservation back unspent", responses=CONFLICT
)
def release(reservation_id: ReservationId, asked: EndRequest, till: AtTill) -> ReservationAnswer:
    """Release a reservation, or a request that waits for approval."""
    command = Release(reservation_id=reservation_id, actor=asked.actor, reason=asked.reason)
    return _done(command, asked, till)


@router.post(
    "/reservations/{reservation_id}/approve",
    summary="Let a reservation stand that waits for it",
    responses=CONFLICT,
)
def approve(
    reservation_id: ReservationId,
    asked: EndRequest,
    terms: InTerms,
    till: AtTill,
) -> ReservationAnswer:
    """Approve what was above its maker's authority, within the approver's own and the cap now in force.

    Where that cap leaves no room any more it goes on waiting, and `limiting_constraint` says so.
    """

    def command(by: Terms) -> Approve:
        with till.ledger.snapshot() as rows:
            found = reads.reservation(rows, reservation_id)
        return approved(asked, reservation_id, found, by, till.role)

    return _once(command, terms, "approve", asked, till, of=reservation_id)


@router.post(
    "/commits/{reservation_id}/reverse", summary="Take back part of what was committed", responses=CONFLICT
)
def reverse(reservation_id: ReservationId, asked: ReverseRequest, till: AtTill) -> ReservationAnswer:
    """Reverse part of a commit; repeatable up to all of it."""
    command = Reverse(
        reservation_id=reservation_id,
        amount_minor=asked.amount_minor,
        actor=asked.actor,
        reason=asked.reason,
    )
    return _done(command, asked, till)


def _once(
    command: Callable[[Terms], Command],
    terms: Callable[[], Terms],
    name: str,
    asked: Asked,
    till: Till,
    *,
    of: str = "",
) -> ReservationAnswer:
    """Do a command that depends on the release; a retry is answered even where that allows it no more."""
    by: Terms | None = None
    try:
        by = terms()
        made = command(by)
    except HoldfastError:
        kept = None
        if till.key and not asked.dry_run:
            kept = answered(till.ledger, (till.role.name, name, till.key), payload(asked, of))
        if kept is None:
            raise
        answer = told(kept, till.ledger.currency)
    else:
        answer = _done(made, asked, till)
    return answer.model_copy(update={"stale": None if by is None else by.stale})


def _done(command: Command, asked: Asked, till: Till) -> ReservationAnswer:
    ledger = till.ledger
    if asked.dry_run:
        return told(ledger.preview(command), ledger.currency)
    of = getattr(command, "reservation_id", "")
    made = keyed(command, key_of(till.key), till.role, payload(asked, of))
    return told(ledger.write(made), ledger.currency)
