"""What the calls about money answer. Amounts are whole minor units, times are the ledger's clock in UTC."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from models.domain.instants import from_micros
from models.domain.ledger.entries import Entry
from models.domain.ledger.reservations import Reservation
from models.domain.vocabulary import Constraint, EntryKind, Purpose, ReservationState
from serving.ledger.answers import Answer


class ReservationAnswer(BaseModel):
    """A reservation after a call."""

    reservation_id: str | None = Field(description="Null where nothing was set aside.")
    state: ReservationState
    requested_minor: int
    granted_minor: int = Field(description="What may be given; 0 while it waits for approval.")
    held_minor: int = Field(description="What it takes of window and budgets now.")
    committed_minor: int
    reversed_minor: int
    limiting_constraint: Constraint | None = Field(
        description="What kept the grant from being all, and at once."
    )
    currency: str
    expires_at: AwareDatetime | None
    at: AwareDatetime = Field(description="When the ledger decided.")
    repeated: bool = Field(
        description="The key had this answer already: it was done once, and not now again."
    )
    stale: bool | None = Field(
        default=None,
        description="Whether the data that the cap follows from end longer ago than the server was told to "
        "accept; null where no cap was asked, or nothing is served.",
    )


class StandingReservation(BaseModel):
    """A reservation as it stands."""

    reservation_id: str
    customer_id: str
    campaign: str
    segment: str
    purpose: Purpose
    action: str
    state: ReservationState
    requested_minor: int
    reserved_minor: int
    held_minor: int
    committed_minor: int
    reversed_minor: int
    currency: str
    reserved_at: AwareDatetime
    expires_at: AwareDatetime


class Budget(BaseModel):
    """A campaign's budget: limit, and what is reserved and spent of it together."""

    campaign: str
    limit_minor: int | None = Field(description="Null: no limit.")
    held_minor: int
    free_minor: int | None = Field(description="Null: no limit.")
    currency: str


class LedgerEntry(BaseModel):
    """One line of a customer's account; amounts are what it adds (below 0: takes)."""

    seq: int
    position: int
    at: AwareDatetime
    kind: EntryKind
    reservation_id: str
    campaign: str
    segment: str
    purpose: Purpose
    action: str
    reserved_minor: int
    committed_minor: int
    requested_minor: int
    cap_minor: int | None
    cap_inputs: str
    model_version: str
    client: str
    actor: str
    reason: str
    hash: str


class CustomerLedger(BaseModel):
    """What a customer's account comes to, and its entries after a place, oldest first."""

    customer_id: str
    currency: str
    window_days: int
    reserved_minor: int = Field(description="Set aside and not spent.")
    spent_minor: int = Field(description="Committed and not reversed, ever.")
    window_minor: int = Field(description="What the rolling window holds now.")
    entries: list[LedgerEntry]
    next_after: int | None = Field(description="Send it as `after` for what follows; null at the end.")


def told(answer: Answer, currency: str, *, stale: bool | None = None) -> ReservationAnswer:
    """A ledger's answer in words and times of HTTP; stale: as `ReservationAnswer` has it."""
    return ReservationAnswer(
        reservation_id=answer.reservation_id,
        state=answer.state,
        requested_minor=answer.requested_minor,
        granted_minor=answer.granted_minor,
        held_minor=answer.held_minor,
        committed_minor=answer.committed_minor,
        reversed_minor=answer.reversed_minor,
        limiting_constraint=answer.limiting_constraint,
        currency=currency,
        expires_at=_instant(answer.expires_at),
        at=from_micros(answer.at),
        repeated=answer.repeated,
        stale=stale,
    )


def told_reservation(found: Reservation, currency: str) -> StandingReservation:
    """A reservation as it stands."""
    return StandingReservation(
        reservation_id=found.id,
        customer_id=found.customer_id,
        campaign=found.campaign,
        segment=found.segment,
        purpose=found.purpose,
        action=found.action,
        state=found.state,
        requested_minor=found.requested_minor,
        reserved_minor=found.reserved_minor,
        held_minor=found.held_minor,
        committed_minor=found.committed_minor,
        reversed_minor=found.reversed_minor,
        currency=currency,
        reserved_at=from_micros(found.reserved_at),
        expires_at=from_micros(found.expires_at),
    )


def told_entry(entry: Entry) -> LedgerEntry:
    """An entry in times of HTTP."""
    named = {name: getattr(entry, name) for name in LedgerEntry.model_fields if name != "at"}
    return LedgerEntry(**named, at=from_micros(entry.at))


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
