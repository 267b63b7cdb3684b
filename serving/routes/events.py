"""Events that programs tell, and the erasure of a customer."""

import time
from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from models.contract.told_events import Shop, ToldEvent, told
from models.domain.errors import BadEvent, HoldfastError, UnknownCustomer
from models.domain.instants import from_micros
from models.domain.text import normalise
from serving.current import current_serving
from serving.event_bodies import Told, events_of
from serving.event_schemas import ErasedAnswer, EventProblem, EventResult, EventsAnswer, request_body
from serving.json_bodies import whole_body
from serving.operation.asked import note_customers
from serving.operation.metrics import Metrics, count
from serving.problems import printable, problem_of
from serving.refusals import BadPath
from serving.releases import Releases, Serving, attributes_of_shop, erase
from serving.schemas import LONGEST_ID
from serving.store.kept import Outcome, Status, kept_from
from serving.store.refusals import ErasedCustomer, EventReused

router = APIRouter(prefix="/v1", tags=["events"])

COUNTED = "holdfast_events_total"
MOST_NAMED = 100  # customers in an audit line of events told


@router.post(
    "/events",
    summary="Tell what happened",
    response_model=EventsAnswer,
    responses={409: {"description": "The one event was told before, and otherwise."}},
    openapi_extra={"requestBody": request_body()},
)
async def events(request: Request) -> Response:
    """Each accepted event is on the disk, and the next answer knows it. The same event told again is `known`.

    A single event that is refused is a problem; of several each is answered for by itself, with status 200.
    """
    serving = current_serving(request)
    body = await whole_body(request)
    answer = await run_in_threadpool(_tell, serving, body, request)
    return Response(answer.model_dump_json(), media_type="application/json")


@router.delete("/customers/{customer_id:path}", summary="Erase a customer")
def erase_customer(request: Request, customer_id: str) -> ErasedAnswer:
    """Remove a customer's told events and scores, now and from whatever is loaded later.

    Amounts of told orders stay, under a pseudonym. What the sources of the pipeline hold must be erased
    there.
    """
    serving = current_serving(request)
    known_as = normalise(customer_id)
    if not 0 < len(known_as) <= LONGEST_ID:
        raise BadPath("this is no customer's id", allowed=f"1 to {LONGEST_ID} characters")
    releases: Releases = request.app.state.releases
    scored = known_as in serving.snapshot.score_rows
    if not (scored or _was_told_of(serving, known_as) or known_as in releases.store.erased()):
        raise UnknownCustomer(
            "there is no customer of this id", given=printable(customer_id), remedy="Check the id."
        )
    erasure = erase(releases, known_as, _now())
    return ErasedAnswer(
        customer_id=customer_id,
        events=erasure.events,
        scored=scored,
        amounts=erasure.amounts,
        pseudonym=erasure.pseudonym,
    )


def _tell(serving: Serving, body: bytes, request: Request) -> EventsAnswer:
    """Check and keep the events of a body. Raises why, where a single one is refused."""
    told_by = events_of(body, request.headers.get("content-type", ""))
    understood = _understood(told_by, serving)
    whole = [each for each in understood if isinstance(each, ToldEvent)]
    note_customers(request.scope, list(dict.fromkeys(each.customer_id for each in whole)), MOST_NAMED)
    outcomes = iter(serving.told.store.tell([kept_from(each) for each in whole]) if whole else ())
    ends = [_end(next(outcomes)) if isinstance(each, ToldEvent) else each for each in understood]
    _count(request.app.state.metrics, understood, ends)
    if told_by.single and isinstance(ends[0], HoldfastError):
        raise ends[0]
    results = [_result(index, *each) for index, each in enumerate(zip(told_by.events, ends, strict=True))]
    tally = Counter(each.status for each in results)
    return EventsAnswer(
        accepted=tally["accepted"], known=tally["known"], refused=tally["refused"], results=results
    )


def _understood(told_by: Told, serving: Serving) -> list[ToldEvent | HoldfastError]:
    shop = Shop(serving.snapshot.timezone, attributes_of_shop(serving.snapshot))
    now = _now()
    return [each if isinstance(each, BadEvent) else _checked(each, shop, now) for each in told_by.events]


def _checked(event: object, shop: Shop, now: int) -> ToldEvent | BadEvent:
    try:
        return told(event, shop, now)
    except BadEvent as refusal:
        return refusal


def _end(outcome: Outcome) -> Outcome | HoldfastError:
    """The outcome, or the refusal that it is."""
    if outcome.status is Status.REUSED:
        return EventReused(
            "an event of this name was told before, and said something else",
            allowed=f"fingerprint {outcome.kept}",
            given=f"fingerprint {outcome.told}",
            remedy="Give another event another event_id; a correction is an event of its own.",
        )
    if outcome.status is Status.ERASED:
        return ErasedCustomer(
            "the customer was erased, and nothing is kept of them any more",
            remedy="Stop sending events of this customer.",
        )
    return outcome


def _result(index: int, event: object, end: Outcome | HoldfastError) -> EventResult:
    if isinstance(end, Outcome):
        known_at = None if end.known_at is None else from_micros(end.known_at)
        return EventResult(
            index=index,
            event_id=end.event_id,
            status="accepted" if end.status is Status.ACCEPTED else "known",
            known_at=known_at,
        )
    name = event.get("event_id") if isinstance(event, dict) else None
    problem = problem_of(end, "")
    return EventResult(
        index=index,
        event_id=printable(name) if isinstance(name, str) else None,
        status="refused",
        known_at=None,
        problem=EventProblem.model_validate(
            {each: getattr(problem, each) for each in ("type", "detail", "allowed", "given", "remedy")}
        ),
    )


def _count(
    metrics: Metrics, events: Sequence[ToldEvent | HoldfastError], ends: Sequence[Outcome | HoldfastError]
) -> None:
    tally = Counter(
        (
            event.type.name if isinstance(event, ToldEvent) else "none",
            end.status.value if isinstance(end, Outcome) else "refused",
        )
        for event, end in zip(events, ends, strict=True)
    )
    for (kind, result), number in tally.items():
        count(metrics, COUNTED, number, type=kind, result=result)


def _was_told_of(serving: Serving, customer_id: str) -> bool:
    return bool(serving.told.store.of_customers([customer_id]))


def _now() -> int:
    return time.time_ns() // 1_000
