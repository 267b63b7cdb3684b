"""Money: reserve, commit, release, approve, reverse. Each write is done once for each Idempotency-Key."""

from collections.abc import Callable
from typing import Any, TypeAlias

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from models.domain.errors import HoldfastError
from models.domain.ledger.commands import LONGEST_WORD, Approve, Command, Commit, Release, Reverse
from models.domain.text import normalise
from models.domain.vocabulary import ReservationState
from serving.incentives.answers import ReservationAnswer, told
from serving.incentives.asking import KEY_HEADER, Till, till_of
from serving.incentives.commands import approve as approved
from serving.incentives.commands import keyed, payload, reserve
from serving.incentives.in_force import Terms
from serving.incentives.requests import Asked, CommitRequest, EndRequest, ReservationRequest, ReverseRequest
from serving.json_bodies import body_of, described
from serving.ledger import reads
from serving.ledger.answered import answered
from serving.ledger.store import key_of
from serving.operation.asked import note_customers
from serving.plain_routes import JSON, Endpoint, PlainRoute, check_length, parameter
from serving.problem_schemas import Problem

router = APIRouter(prefix="/v1/incentives", tags=["money"], route_class=PlainRoute)

Responses: TypeAlias = dict[int | str, dict[str, Any]]
Declared: TypeAlias = Callable[[Endpoint], Endpoint]

ID = "reservation_id"
NAMED = parameter(ID, "path", {"type": "string", "minLength": 1, "maxLength": LONGEST_WORD})
CONFLICT: Responses = {
    409: {"model": Problem, "description": "The key's first request is under way, or the state forbids it."},
}
GRANTED: Responses = {
    **CONFLICT,
    201: {"model": ReservationAnswer, "description": "Set aside."},
    202: {"model": ReservationAnswer, "description": "Set aside until somebody approves it."},
}
STATUS = {ReservationState.RESERVED: 201, ReservationState.PENDING_APPROVAL: 202}


def _post(path: str, summary: str, body: type[Asked], responses: Responses = CONFLICT) -> Declared:
    """Declare a call about money: what it takes beside its key, and what it may answer."""
    named = [NAMED] if ID in path else []
    takes = {"parameters": [*named, KEY_HEADER], "requestBody": described(body)}
    return router.post(
        path, summary=summary, response_model=ReservationAnswer, responses=responses, openapi_extra=takes
    )


@_post("/reservations", "Set money aside for a customer", ReservationRequest, GRANTED)
async def reservation(request: Request) -> Response:
    """Reserve within cap, window, frequency, budgets and authority, or say which of them was in the way.

    201: set aside; 202: set aside until it is approved; 200: nothing was granted, or a dry run.
    """
    asked, till = await body_of(request, ReservationRequest), till_of(request)
    customer = normalise(asked.customer_id)
    note_customers(request.scope, [customer])
    answer = await _once(
        lambda by: reserve(asked, by, till.role), "reserve", asked, till, near=lambda by: by.at_hand(customer)
    )
    return _said(answer, 200 if asked.dry_run else STATUS.get(answer.state, 200))


@_post("/reservations/{reservation_id}/commit", "Spend what was reserved, or less", CommitRequest)
async def commit(request: Request) -> Response:
    """Commit; what is left over is free again at once."""
    asked = await body_of(request, CommitRequest)
    command = Commit(
        reservation_id=_named(request),
        amount_minor=asked.amount_minor,
        actor=asked.actor,
        reason=asked.reason,
    )
    return _said(await _done(command, asked, till_of(request)))


@_post("/reservations/{reservation_id}/release", "Give a reservation back unspent", EndRequest)
async def release(request: Request) -> Response:
    """Release a reservation, or a request that waits for approval."""
    asked = await body_of(request, EndRequest)
    command = Release(reservation_id=_named(request), actor=asked.actor, reason=asked.reason)
    return _said(await _done(command, asked, till_of(request)))


@_post("/reservations/{reservation_id}/approve", "Let a reservation stand that waits for it", EndRequest)
async def approve(request: Request) -> Response:
    """Approve what was above its maker's authority, within the approver's own and the cap now in force.

    Where that cap leaves no room any more it goes on waiting, and `limiting_constraint` says so.
    """
    asked, till, reservation_id = await body_of(request, EndRequest), till_of(request), _named(request)

    def command(by: Terms) -> Approve:
        with till.ledger.snapshot() as rows:
            found = reads.reservation(rows, reservation_id)
        return approved(asked, reservation_id, found, by, till.role)

    return _said(await _once(command, "approve", asked, till, of=reservation_id))


@_post("/commits/{reservation_id}/reverse", "Take back part of what was committed", ReverseRequest)
async def reverse(request: Request) -> Response:
    """Reverse part of a commit; repeatable up to all of it."""
    asked = await body_of(request, ReverseRequest)
    command = Reverse(
        reservation_id=_named(request),
        amount_minor=asked.amount_minor,
        actor=asked.actor,
        reason=asked.reason,
    )
    return _said(await _done(command, asked, till_of(request)))


def _said(answer: ReservationAnswer, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, media_type=JSON)


def _named(request: Request) -> str:
    """The reservation that the path names. Raises `RequestValidationError` for what is too long to be one."""
    id_: str = request.path_params[ID]
    check_length("path", ID, id_, LONGEST_WORD)
    return id_


async def _once(
    command: Callable[[Terms], Command],
    name: str,
    asked: Asked,
    till: Till,
    *,
    of: str = "",
    near: Callable[[Terms], bool] = lambda _: False,
) -> ReservationAnswer:
    """Do a command that depends on the release; a retry is answered even where that allows it no more.

    near: whether the command can be made without a thread, where the terms can.
    """
    by: Terms | None = None
    try:
        by = till.terms() if till.near else await run_in_threadpool(till.terms)
        made = command(by) if till.near and near(by) else await run_in_threadpool(command, by)
    except HoldfastError:
        kept = None
        if till.key and not asked.dry_run:
            scope = (till.role.name, name, till.key)
            kept = await run_in_threadpool(answered, till.ledger, scope, payload(asked, of))
        if kept is None:
            raise
        return told(kept, till.ledger.currency, stale=None if by is None else by.stale)
    return await _done(made, asked, till, stale=by.stale)


async def _done(
    command: Command, asked: Asked, till: Till, *, stale: bool | None = None
) -> ReservationAnswer:
    ledger = till.ledger
    if asked.dry_run:
        return told(await run_in_threadpool(ledger.preview, command), ledger.currency, stale=stale)
    of = getattr(command, "reservation_id", "")
    made = keyed(command, key_of(till.key), till.role, payload(asked, of))
    return told(await ledger.write_soon(made), ledger.currency, stale=stale)
