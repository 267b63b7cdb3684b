"""Money, read: a reservation, a campaign's budget, a customer's account."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from models.domain.ledger.commands import LONGEST_WORD
from models.domain.ledger.refusals import refusal, unknown_reservation
from models.domain.text import normalise
from serving.incentives.answers import (
    Budget,
    CustomerLedger,
    StandingReservation,
    told_entry,
    told_reservation,
)
from serving.incentives.asking import AskedBy, InTerms, OpenLedger
from serving.incentives.requests import STORABLE, LimitRequest
from serving.ledger import reads
from serving.ledger.sqlite.ledger import system_clock
from serving.ledger.store import Ledger
from serving.operation.asked import note_customers

router = APIRouter(prefix="/v1", tags=["money"])

MOST_ENTRIES = 1_000
Name = Annotated[str, Path(min_length=1, max_length=LONGEST_WORD)]


@router.get("/incentives/reservations/{reservation_id}", summary="A reservation as it stands")
def reservation(reservation_id: Name, ledger: OpenLedger, request: Request) -> StandingReservation:
    """State and amounts of a reservation."""
    with ledger.snapshot() as rows:
        found = reads.reservation(rows, reservation_id)
    if found is None:
        raise refusal(unknown_reservation(reservation_id))
    note_customers(request.scope, [found.customer_id])
    return told_reservation(found, ledger.currency)


@router.get("/campaigns/{campaign}/budget", summary="What a campaign may still promise")
def budget(campaign: Name, ledger: OpenLedger) -> Budget:
    """Limit, held and free. A campaign that nobody limited or used holds nothing."""
    return _budget(campaign, ledger)


@router.put("/campaigns/{campaign}/budget", summary="Give a campaign another limit")
def limit(campaign: Name, asked: LimitRequest, ledger: OpenLedger, role: AskedBy) -> Budget:
    """Set the limit. It takes back nothing that was granted; it binds what is granted from now on."""
    ledger.set_limit(f"campaign:{campaign}", asked.limit_minor, actor=role.name, reason=asked.reason)
    return _budget(campaign, ledger)


@router.get("/incentives/ledger", summary="A customer's account, entry by entry")
def account(
    ledger: OpenLedger,
    terms: InTerms,
    customer_id: Annotated[str, Query(min_length=1, max_length=LONGEST_WORD, pattern=STORABLE)],
    after: Annotated[int, Query(ge=0, le=10**15)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 100,
) -> CustomerLedger:
    """What the account comes to now, and its entries after a place, oldest first."""
    days, customer_id = terms().policy.ledger.window_days, normalise(customer_id)
    with ledger.snapshot() as rows:
        standing = reads.customer_standing(rows, customer_id, system_clock(), days)
        entries = reads.history(rows, customer_id, after, limit)
    return CustomerLedger(
        customer_id=customer_id,
        currency=ledger.currency,
        window_days=days,
        reserved_minor=standing.liability_minor,
        spent_minor=standing.spent_minor,
        window_minor=standing.window_minor,
        entries=[told_entry(one) for one in entries],
        next_after=entries[-1].position if len(entries) == limit else None,
    )


def _budget(campaign: str, ledger: Ledger) -> Budget:
    with ledger.snapshot() as rows:
        found = reads.budget_standing(rows, f"campaign:{campaign}")
    return Budget(
        campaign=campaign,
        limit_minor=found.limit_minor if found else None,
        held_minor=found.held_minor if found else 0,
        free_minor=found.free_minor if found else None,
        currency=ledger.currency,
    )
