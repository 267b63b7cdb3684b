"""Everything about one customer."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from models.domain.errors import one_of
from models.domain.text import normalise
from models.domain.vocabulary import Purpose
from models.policy.cap_explained import CAPPED
from serving.answering import Answer, Asked, answers, looked_up_text, run_of
from serving.asking import moment
from serving.cap_answers import cap_answer
from serving.cap_schemas import IncentiveCap
from serving.current import as_of_of, current_snapshot, told_since
from serving.plain_routes import JSON, PlainRoute, json_answer, json_bytes, parameter
from serving.schemas import LONGEST_ID, Customer

router = APIRouter(prefix="/v1", tags=["customers"], route_class=PlainRoute)

NO_LEDGER = "no_ledger"
NO_MONEY: Answer = {"remaining_cap_minor": None, "remaining_cap_reason": NO_LEDGER}
_NO_MONEY = json_bytes(NO_MONEY).decode()[1:]

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
    answer = await run_in_threadpool(cap_answer, snapshot, told, normalise(customer_id), at, purpose)
    return json_answer({**run_of(snapshot, at), **answer})


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
    query = request.scope["query_string"]
    at = as_of_of(request, moment(request.query_params.get("as_of")) if query else None)
    snapshot, since, known_as = current_snapshot(request), told_since(request), normalise(customer_id)
    looked_up = not at.anew and not since.told_of([known_as])
    if looked_up and (told := looked_up_text(snapshot, known_as)):
        return _joined(run_of(snapshot, at), told)
    whole = (snapshot, since, [Asked(customer_id)], at)
    answer = await run_in_threadpool(_one, *whole)
    return json_answer({**run_of(snapshot, at), **answer, **NO_MONEY})


def _joined(run: Answer, told: str) -> Response:
    """The run's own answer, which is JSON already."""
    text = f"{json_bytes(run).decode()[:-1]},{told},{_NO_MONEY}"
    return Response(text.encode("utf-8", "replace"), media_type=JSON)


def _one(*whole: Any) -> Answer:
    return next(iter(answers(*whole)))


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
    if not 1 <= len(customer_id) <= LONGEST_ID:
        message = f"String should have 1 to {LONGEST_ID} characters"
        raise RequestValidationError(
            [{"loc": ("path", "customer_id"), "msg": message, "type": "string_too_long"}]
        )
    return customer_id
