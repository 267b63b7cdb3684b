"""Everything about one customer."""

from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from models.domain.errors import one_of
from models.domain.text import normalise
from models.domain.vocabulary import Purpose
from models.policy.cap_explained import CAPPED
from serving.answering import Answer, Asked, answers, looked_up_text, run_of, run_text
from serving.asking import moment
from serving.cap_answers import NO_LEDGER, cap_answer, window_answer
from serving.cap_schemas import IncentiveCap
from serving.current import as_of_of, current_serving, current_snapshot, told_since
from serving.incentives.asking import stores_are_near, window_now
from serving.incentives.remaining import Window
from serving.plain_routes import JSON, PlainRoute, check_length, json_answer, json_bytes, parameter
from serving.schemas import LONGEST_ID, Customer

router = APIRouter(prefix="/v1", tags=["customers"], route_class=PlainRoute)

CUSTOMER = parameter("customer_id", "path", {"type": "string", "minLength": 1, "maxLength": LONGEST_ID})
AS_OF = parameter(
    "as_of",
    "query",
    {"type": "string", "format": "date-time"},
    "The instant to answer for, as of POST /v1/scores.",
)
PURPOSE = parameter("purpose", "query", {"type": "string", "enum": [*CAPPED]}, "What the money is for.")
PARAMETERS: dict[str, Any] = {"parameters": [CUSTOMER, AS_OF]}


@router.get(
    "/customers/{customer_id:path}/incentive-cap",
    summary="The most that may be spent on one customer, and why",
    response_model=IncentiveCap,
    openapi_extra={"parameters": [CUSTOMER, AS_OF, PURPOSE]},
)
async def incentive_cap(request: Request) -> Response:
    """The cap with every input of its formula and where each comes from.

    Without `purpose` that of the recommended action, as in lists, before budgets; `purpose=recovery` tells an
    agent with an angry customer on the line what may be spent on the open complaint.
    """
    customer_id, purpose = named(request), _purpose(request.query_params.get("purpose"))
    at = as_of_of(request, moment(request.query_params.get("as_of")))
    snapshot, told = current_snapshot(request), told_since(request)
    name = normalise(customer_id)
    answer = await run_in_threadpool(cap_answer, snapshot, told, name, at, purpose)
    window = await run_in_threadpool(window_now, request, name)
    return json_answer({**run_of(snapshot, at), **answer, **window_answer(window, answer["cap_minor"])})


@router.get(
    "/customers/{customer_id:path}",
    summary="Everything about one customer",
    response_model=Customer,
    openapi_extra=PARAMETERS,
)
async def customer(request: Request) -> Response:
    """Score with reasons, stage, recommended action and offer, and the cap on what may be spent.

    Somebody unknown gets a cold-start answer: `known` false, cap 0, no probability.
    """
    customer_id = named(request)
    asked = moment(request.query_params.get("as_of")) if request.scope["query_string"] else None
    looking = partial(_looked_up, request, customer_id, asked)
    found = looking() if stores_are_near(request) else await run_in_threadpool(looking)
    return found if found is not None else await run_in_threadpool(_judged_anew, request, customer_id, asked)


def _looked_up(request: Request, customer_id: str, asked: datetime | None) -> Response | None:
    """The run's own answer and what is left of its cap; None where it does not speak for the customer."""
    serving, name = current_serving(request), normalise(customer_id)
    snapshot, at = serving.snapshot, as_of_of(request, asked)
    if at.anew or serving.told.told_of([name]) or (told := looked_up_text(snapshot, name)) is None:
        return None
    cap = int(snapshot.scores["incentive_cap_minor"][snapshot.score_rows[name]])
    remaining = json_bytes(_remaining(window_now(request, name), cap))
    return Response(b"%b,%b,%b" % (run_text(snapshot, at)[:-1], told, remaining[1:]), media_type=JSON)


def _judged_anew(request: Request, customer_id: str, asked: datetime | None) -> Response:
    snapshot, at = current_snapshot(request), as_of_of(request, asked)
    answer = next(answers(snapshot, told_since(request), [Asked(customer_id)], at))
    window = window_now(request, normalise(customer_id))
    return json_answer(
        {**run_of(snapshot, at), **answer, **_remaining(window, answer["incentive_cap_minor"])}
    )


def _remaining(window: Window | None, cap_minor: int) -> Answer:
    if window is None:
        return {"remaining_cap_minor": None, "remaining_cap_reason": NO_LEDGER}
    return {"remaining_cap_minor": window.available(cap_minor), "remaining_cap_reason": None}


def _purpose(text: str | None) -> Purpose | None:
    """The purpose asked for. Raises `RequestValidationError` for what has no cap."""
    if text is None:
        return None
    if text not in CAPPED:
        raise RequestValidationError(
            [{"loc": ("query", "purpose"), "msg": f"Input should be {one_of(CAPPED)}"}]
        )
    return Purpose(text)


def named(request: Request) -> str:
    """The customer that the path names. Raises `RequestValidationError` for what is too long to be an id."""
    customer_id: str = request.path_params["customer_id"]
    check_length("path", "customer_id", customer_id, LONGEST_ID)
    return customer_id
