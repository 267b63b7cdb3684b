"""A reservation, and how it may change. Balances are sums of the changes that are made to it."""

from dataclasses import dataclass, replace

from models.domain.instants import DAY, SECOND
from models.domain.ledger.commands import Reserve
from models.domain.vocabulary import EntryKind, Purpose, ReservationState

TOTAL = "total"  # the budget that everything takes
OPEN = (ReservationState.PENDING_APPROVAL, ReservationState.RESERVED)


@dataclass(frozen=True)
class Reservation:
    """Money set aside for one customer, and what became of it; amounts in minor units.

    reserved_minor: what was set aside at first. committed_minor: what was spent of it. reversed_minor: what
    came back of that. reserved_at, expires_at: instants of the ledger's clock, microseconds.
    """

    id: str
    customer_id: str
    campaign: str
    segment: str
    purpose: Purpose
    action: str
    state: ReservationState
    requested_minor: int
    reserved_minor: int
    contact_cost_minor: int
    reserved_at: int
    expires_at: int
    committed_minor: int = 0
    reversed_minor: int = 0

    @property
    def held_minor(self) -> int:
        """What it takes of window and budgets now: all of it while open, then what stays spent."""
        if self.state in OPEN:
            return self.reserved_minor
        return self.committed_minor - self.reversed_minor

    @property
    def budgets(self) -> tuple[str, ...]:
        """The budgets that it takes, in the order in which they are locked; none for what is owed."""
        return budget_names(self.campaign, self.segment) if self.purpose is not Purpose.OWED else ()

    def counts_at(self, now: int, window_days: int) -> bool:
        """Whether the window that ends now holds it: as long as it is open, else for so many days."""
        if self.purpose is Purpose.OWED:
            return False
        if self.state in OPEN:
            return True
        return self.state is ReservationState.COMMITTED and self.reserved_at > now - window_days * DAY


@dataclass(frozen=True)
class Movement:
    """One entry to be: what it changes of what is reserved and of what is spent, and what is so after it."""

    kind: EntryKind
    after: Reservation
    reserved_minor: int
    committed_minor: int

    @property
    def held_minor(self) -> int:
        """The change of what is held in all."""
        return self.reserved_minor + self.committed_minor


def budget_names(campaign: str, segment: str) -> tuple[str, ...]:
    """'campaign:…' and, where there is one, 'segment:…'; then 'total', in the order of their bytes."""
    return (f"campaign:{campaign}", *([f"segment:{segment}"] if segment else []), TOTAL)


def opened(command: Reserve, id_: str, granted: int, now: int, *, pending: bool) -> Movement:
    """The movement that begins a reservation."""
    state = ReservationState.PENDING_APPROVAL if pending else ReservationState.RESERVED
    made = Reservation(
        id=id_,
        customer_id=command.customer_id,
        campaign=command.campaign,
        segment=command.segment,
        purpose=command.purpose,
        action=command.action,
        state=state,
        requested_minor=command.requested_minor,
        reserved_minor=granted,
        contact_cost_minor=command.contact_cost_minor,
        reserved_at=now,
        expires_at=now + command.ttl_seconds * SECOND,
    )
    return Movement(EntryKind.REQUEST if pending else EntryKind.RESERVE, made, granted, 0)


def committed(reservation: Reservation, amount: int) -> Movement:
    """Spend `amount`; the rest of what was reserved is free again."""
    after = replace(reservation, state=ReservationState.COMMITTED, committed_minor=amount)
    return Movement(EntryKind.COMMIT, after, -reservation.reserved_minor, amount)


def approved(reservation: Reservation) -> Movement:
    """From now on like any other reservation."""
    return Movement(EntryKind.APPROVE, replace(reservation, state=ReservationState.RESERVED), 0, 0)


def ended(reservation: Reservation, kind: EntryKind) -> Movement:
    """Released or expired: all that was reserved is free again."""
    state = ReservationState.RELEASED if kind is EntryKind.RELEASE else ReservationState.EXPIRED
    return Movement(kind, replace(reservation, state=state), -reservation.reserved_minor, 0)


def reversed_by(reservation: Reservation, amount: int) -> Movement:
    """Take back `amount` of what was committed."""
    after = replace(reservation, reversed_minor=reservation.reversed_minor + amount)
    return Movement(EntryKind.REVERSE, after, 0, -amount)


def is_due(reservation: Reservation, now: int) -> bool:
    """Whether an open reservation's time is over."""
    return reservation.state in OPEN and reservation.expires_at <= now
