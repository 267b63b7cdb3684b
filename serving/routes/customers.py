"""Everything about one customer."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool

from serving.answering import Answer, Asked, answers, run_of
from serving.asking import moment
from serving.current import as_of_of, current_snapshot, told_since
from serving.plain_routes import PlainRoute, json_answer, parameter
from serving.schemas import LONGEST_ID, Customer

router = APIRouter(prefix="/v1", tags=["customers"], route_class=PlainRoute)

NO_LEDGER = "no_ledger"
NO_MONEY: Answer = {"remaining_cap_minor": None, "remaining_cap_reason": NO_LEDGER}

CUSTOMER = parameter("customer_id", "path", {"type": "string", "minLength": 1, "maxLength": LONGEST_ID})
AS_OF = parameter(
    "as_of",
    "query",
    {"type": "string", "format": "date-time"},
    "The instant to answer for, as of POST /v1/scores.",
)
PARAMETERS: dict[str, Any] = {"parameters": [CUSTOMER, AS_OF]}


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
    at = as_of_of(request, moment(request.query_params.get("as_of")))
    snapshot, asked = current_snapshot(request), [Asked(customer_id)]
    whole = (snapshot, told_since(request), asked, at)
    answer = await run_in_threadpool(_one, *whole) if at.anew else _one(*whole)
    return json_answer({**run_of(snapshot, at), **answer, **NO_MONEY})


def _one(*whole: Any) -> Answer:
    return next(iter(answers(*whole)))


def named(request: Request) -> str:
    """The customer that the path names. Raises `RequestValidationError` for what is too long to be an id."""
    customer_id: str = request.path_params["customer_id"]
    if len(customer_id) > LONGEST_ID:
        message = f"String should have at most {LONGEST_ID} characters"
        raise RequestValidationError(
            [{"loc": ("path", "customer_id"), "msg": message, "type": "string_too_long"}]
        )
    return customer_id
