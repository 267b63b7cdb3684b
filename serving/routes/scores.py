"""Scores of many customers by id."""

from datetime import datetime

from fastapi import APIRouter, Request

from models.domain.instants import iso, to_micros
from models.domain.text import normalise
from models.domain.vocabulary import DoNotContactReason, ModelUsed
from serving.current import Current
from serving.operation.asked import note_customers
from serving.refusals import OtherAsOf
from serving.schemas import Score, ScoreRequest, Scores
from serving.snapshot import Snapshot

NO_PURCHASE = "no purchase by this customer is known"
NOT_IN_TABLE = "this customer is not in the table"

router = APIRouter(prefix="/v1", tags=["scores"])


@router.post("/scores", summary="Score 1 to 10,000 customers")
def scores(request: ScoreRequest, snapshot: Current, asked: Request) -> Scores:
    """One score for each customer, in the order of the request.

    A customer of whom the data know nothing gets a cold-start answer: `known` false, cap 0, no probability.
    """
    _check_as_of(request.as_of, snapshot.as_of)
    note_customers(asked.scope, [customer.customer_id for customer in request.customers])
    return Scores(
        model_version=snapshot.release_id,
        data_as_of=snapshot.as_of,
        currency=snapshot.currency,
        results=[score_of(snapshot, customer.customer_id) for customer in request.customers],
    )


def score_of(snapshot: Snapshot, customer_id: str) -> Score:
    """The stored score of a customer, or the cold-start answer."""
    row = snapshot.score_rows.get(normalise(customer_id))
    if row is None:
        return cold_start(customer_id, NO_PURCHASE if snapshot.knows_purchases else NOT_IN_TABLE)
    return Score(known=True, **snapshot.scores.row(row))


def cold_start(customer_id: str, why: str) -> Score:
    """What can be said of a customer nobody has seen: nothing, and that nothing may be spent.

    why: in words, where the data should have known the customer from.
    """
    fields = dict.fromkeys(Score.model_fields)
    return Score.model_validate(
        {
            **fields,
            "customer_id": customer_id,
            "known": False,
            "incentive_cap_minor": 0,
            "reason_1": why,
            "do_not_contact_reason": DoNotContactReason.UNSCORED,
            "model_used": ModelUsed.COLD_START,
        }
    )


def _check_as_of(asked: datetime | None, available: datetime) -> None:
    if asked is not None and asked != available:
        raise OtherAsOf(
            "this version scores at the data's own as-of only",
            allowed=iso(to_micros(available)),
            given=asked.isoformat(),
            remedy="Leave `as_of` out, or run the pipeline with data up to that instant.",
        )
