"""Scores of many customers: by id, by a key of another system, or by all that somebody knows of them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from models.domain.errors import HoldfastError
from models.domain.text import normalise
from serving.answer_formats import answer_in, columns_in, format_of, written_in
from serving.answering import Answer, Asked, answers, run_of
from serving.arrow_bodies import ARROW
from serving.as_of import AsOf
from serving.asking import LINES, score_request
from serving.current import as_of_of, current_snapshot, told_since
from serving.operation.asked import note_customers
from serving.plain_routes import JSON, PlainRoute, parameter, schema_of
from serving.problems import problem_of
from serving.schemas import Score, Scores
from serving.score_requests import CustomerRef, ScoreRequest
from serving.snapshot import Snapshot
from serving.telling import Told
from serving.told_columns import looked_up_columns, looked_up_json
from serving.whom import all_asked

router = APIRouter(prefix="/v1", tags=["scores"], route_class=PlainRoute)

FEW = 100  # looked up before a thread could begin

_LINE = {"schema": {"type": "string"}}
_FIELD = f"({'|'.join(Score.model_fields)})"
FIELDS = f"^{_FIELD}(,{_FIELD})*$"
OPTIONS = [
    parameter("as_of", "query", {"type": "string", "format": "date-time"}, "As in a JSON body, which wins."),
    parameter("dry_run", "query", {"type": "boolean"}, "As in a JSON body, which wins."),
    parameter(
        "fields",
        "query",
        {"type": "string", "pattern": FIELDS},
        "With commas; as in a JSON body, which wins.",
    ),
]
BODY: dict[str, Any] = {
    "parameters": OPTIONS,
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": schema_of(ScoreRequest)},
            LINES: _LINE,
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    },
}
FORMATS: dict[int | str, dict[str, Any]] = {
    200: {"content": {LINES: _LINE, ARROW: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "/scores",
    summary="Score 1 to 10,000 customers",
    response_model=Scores,
    responses=FORMATS,
    openapi_extra=BODY,
)
async def scores(request: Request) -> Response:
    """One result for each customer, in the order of the request; what is wrong with one fails no other.

    Asked for are JSON, JSON lines (a customer a line) or an Arrow stream (columns `customer_id`, or `system`
    and `external_id`), whose `as_of`, `dry_run` and `fields` (with commas) stand in the query; answered is
    what Accept prefers of the three. A customer of whom the data know nothing gets a cold-start answer:
    `known` false, cap 0, no probability. `dry_run` is not counted among scores; the audit trail has it.
    """
    kind, asked = format_of(request), await score_request(request)
    snapshot, told = current_snapshot(request), told_since(request)
    at = as_of_of(request, asked.as_of)
    secret = request.app.state.settings.id_key
    word = None if secret is None else secret.get_secret_value()
    request.state.dry_run = asked.dry_run
    ids = [each.customer_id or "" for each in asked.customers]
    by_id = all(each.customer_id and not each.events for each in asked.customers)
    if by_id and not at.anew and not _was_told_of(told, ids):
        note_customers(request.scope, ids)
        told_of = partial(_looked_up, snapshot, at, kind, ids, asked.fields)
        return await run_in_threadpool(told_of) if len(ids) > FEW else told_of()
    whom = await run_in_threadpool(all_asked, asked.customers, snapshot, at, word)
    note_customers(request.scope, [one.customer_id for one in whom if isinstance(one, Asked)])
    whole = partial(_results, snapshot, told, whom, at)
    found = await run_in_threadpool(whole)
    results = list(_in_order(whom, asked.customers, iter(found), request.url.path))
    return answer_in(kind, run_of(snapshot, at), results, asked.fields)


def _was_told_of(told: Told, ids: Sequence[str]) -> bool:
    """Whether anything was told of any of them that the run does not hold."""
    return bool(told.told_of([normalise(each) for each in ids]))


def _looked_up(
    snapshot: Snapshot, at: AsOf, kind: str, ids: Sequence[str], fields: Sequence[str] | None
) -> Response:
    if kind == ARROW:
        return columns_in(kind, run_of(snapshot, at), looked_up_columns(snapshot, ids), fields)
    return written_in(kind, run_of(snapshot, at), looked_up_json(snapshot, ids, fields))


def _results(snapshot: Snapshot, told: Told, whom: Sequence[Asked | HoldfastError], at: AsOf) -> list[Answer]:
    """The answers of those who were found."""
    return list(answers(snapshot, told, [one for one in whom if isinstance(one, Asked)], at))


def _in_order(
    whom: Sequence[Asked | HoldfastError], refs: Sequence[CustomerRef], found: Iterator[Answer], path: str
) -> Iterator[Answer]:
    """The answers in the order of the request, refusals among them."""
    for one, ref in zip(whom, refs, strict=True):
        if isinstance(one, Asked):
            yield next(found)
        else:
            problem = problem_of(one, path).model_dump(exclude_none=True)
            yield {"customer_id": ref.customer_id, "error": problem}
