"""Questions to a ledger, the same for every store."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from models.domain.ledger.entries import Entry
from models.domain.ledger.grants import window_held
from models.domain.ledger.replay import Anchor, LimitChange, liability
from models.domain.ledger.reservations import OPEN, Reservation
from models.domain.vocabulary import EntryKind, Purpose, ReservationState
from serving.ledger.store import Redemption, Snapshot

_ENTRY = tuple(field.name for field in fields(Entry))
ENTRY = ", ".join(_ENTRY)
_RESERVATION = tuple(field.name for field in fields(Reservation))
RESERVATION = ", ".join(_RESERVATION)
_OPEN = "state IN ('reserved', 'pending_approval')"


@dataclass(frozen=True)
class CustomerStanding:
    """What a customer's account comes to, in minor units.

    liability_minor: reserved and not spent. spent_minor: committed and not reversed, ever. window_minor: what
    the rolling window holds now. open_reservations: those that are reserved or wait for approval.
    """

    customer_id: str
    liability_minor: int
    spent_minor: int
    window_minor: int
    open_reservations: tuple[Reservation, ...]


@dataclass(frozen=True)
class BudgetStanding:
    """A budget in minor units. limit_minor: None: no limit. held_minor: reserved and spent together."""

    name: str
    limit_minor: int | None
    held_minor: int

    @property
    def free_minor(self) -> int | None:
        """What is left; None where there is no limit."""
        return None if self.limit_minor is None else self.limit_minor - self.held_minor


def customer_standing(rows: Snapshot, customer_id: str, now: int, window_days: int) -> CustomerStanding:
    """What a customer's account comes to at an instant; what is due by then counts no more."""
    every = reservations_of(rows, customer_id, now)
    sums = liability(every)
    return CustomerStanding(
        customer_id=customer_id,
        liability_minor=sum(sums.values()),
        spent_minor=sum(one.committed_minor - one.reversed_minor for one in every),
        window_minor=window_held(every, now, window_days),
        open_reservations=tuple(one for one in every if one.state in OPEN),
    )


def reservations_of(rows: Snapshot, customer_id: str, now: int) -> list[Reservation]:
    """A customer's reservations, but for those that are due by an instant."""
    found = reservations(rows, "WHERE customer_id = ?", customer_id)
    return [one for one in found if one.state not in OPEN or one.expires_at > now]


def reservation(rows: Snapshot, id_: str) -> Reservation | None:
    """The reservation of an id, or None."""
    return next(reservations(rows, "WHERE id = ?", id_), None)


def reservations(rows: Snapshot, where: str = "ORDER BY id", *values: object) -> Iterator[Reservation]:
    """Reservations that fit a condition."""
    for row in rows(f"SELECT {RESERVATION} FROM reservation {where}", values):  # noqa: S608 # our own words
        yield reservation_from(row)


def budget_standing(rows: Snapshot, name: str) -> BudgetStanding | None:
    """A budget, or None where nobody used or limited it yet."""
    return next((one for one in budgets(rows) if one.name == name), None)


def budgets(rows: Snapshot) -> list[BudgetStanding]:
    """All budgets, by name."""
    sql = "SELECT name, sum(allotted_minor), sum(held_minor) FROM budget GROUP BY name"
    found = [
        BudgetStanding(name, None if limit is None else int(limit), int(held))
        for name, limit, held in rows(sql, ())
    ]
    return sorted(found, key=lambda one: one.name)


def history(rows: Snapshot, customer_id: str, after: int = 0, most: int = 100) -> list[Entry]:
    """A customer's entries after a place in the account, oldest first."""
    where = "WHERE customer_id = ? AND position > ? ORDER BY position LIMIT ?"
    return list(entries(rows, where, customer_id, after, most))


def entries(rows: Snapshot, where: str = "ORDER BY seq", *values: object) -> Iterator[Entry]:
    """Entries that fit a condition; all, in the order in which they were written, where there is none."""
    for row in rows(f"SELECT {ENTRY} FROM entry {where}", values):  # noqa: S608 # our own words
        named: dict[str, Any] = dict(zip(_ENTRY, row, strict=True))
        yield Entry(**{**named, "kind": EntryKind(named["kind"]), "purpose": Purpose(named["purpose"])})


def limit_changes(rows: Snapshot) -> Iterator[LimitChange]:
    """Every limit that a budget was ever given, in order."""
    for row in rows("SELECT seq, at, budget, limit_minor, actor, reason FROM budget_change ORDER BY seq", ()):
        yield LimitChange(*row)


def anchors(rows: Snapshot) -> Iterator[Anchor]:
    """Every anchor, in order."""
    for row in rows("SELECT seq, at, entries, digest FROM anchor ORDER BY seq", ()):
        yield Anchor(*row)


def redemptions(rows: Snapshot) -> Iterator[Redemption]:
    """Every redemption, by id."""
    sql = "SELECT id, reservation_id, amount_minor, redeemed_at, known_at FROM redemption ORDER BY id"
    for row in rows(sql, ()):
        yield Redemption(*row)


def heads(rows: Snapshot) -> Iterator[tuple[str, int, str]]:
    """customer_id, entries and head of each account that has entries."""
    return rows("SELECT customer_id, entries, head FROM account WHERE entries > 0", ())


def setting(rows: Snapshot, name: str) -> str | None:
    """A setting that the ledger was made with."""
    found = next(rows("SELECT value FROM ledger_setting WHERE name = ?", (name,)), None)
    return None if found is None else str(found[0])


def reservation_from(row: tuple[Any, ...]) -> Reservation:
    """The reservation of a row with the columns `RESERVATION`."""
    named: dict[str, Any] = dict(zip(_RESERVATION, row, strict=True))
    return Reservation(
        **{**named, "purpose": Purpose(named["purpose"]), "state": ReservationState(named["state"])}
    )
