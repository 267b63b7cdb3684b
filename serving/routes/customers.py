"""Everything about one customer."""

from typing import Annotated

from fastapi import APIRouter, Path

from models.domain.errors import UnknownCustomer
from models.domain.text import normalise
from serving.current import Current
from serving.problems import printable
from serving.schemas import LONGEST_ID, Action, Customer

router = APIRouter(prefix="/v1", tags=["customers"])

NO_LEDGER = "no_ledger"
NO_ACTION = dict.fromkeys(Action.model_fields)


@router.get("/customers/{customer_id:path}", summary="Everything about one customer")
async def customer(
    customer_id: Annotated[str, Path(min_length=1, max_length=LONGEST_ID)], snapshot: Current
) -> Customer:
    """Score with reasons, stage, recommended action and offer, and the cap on what may be spent."""
    known_as = normalise(customer_id)
    row = snapshot.score_rows.get(known_as)
    if row is None:
        raise UnknownCustomer(
            "there is no customer of this id",
            given=printable(customer_id),
            remedy="Check the id; POST /v1/scores gives a cold-start answer for a new customer.",
        )
    planned = snapshot.plan_rows.get(known_as)
    action = NO_ACTION if planned is None else snapshot.plan.row(planned)
    return Customer.model_validate(
        {
            **snapshot.scores.row(row),
            **{name: action[name] for name in NO_ACTION},
            "data_as_of": snapshot.as_of,
            "remaining_cap_minor": None,
            "remaining_cap_reason": NO_LEDGER,
        }
    )
