"""Every balance again from the entries alone, and every rule checked on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import merge
from typing import Any

from models.domain.ledger.entries import GENESIS, Entry, heads_digest, link
from models.domain.ledger.reservations import OPEN, Reservation
from models.domain.vocabulary import EntryKind, Purpose, ReservationState

GRANTS = (EntryKind.RESERVE, EntryKind.REQUEST)


@dataclass(frozen=True)
class LimitChange:
    """From here on a budget has this limit in minor units; None: no limit."""

    seq: int
    at: int
    budget: str
    limit_minor: int | None
    actor: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Anchor:
    """What all heads hashed to when the entries up to `seq` were written."""

    seq: int
    at: int
    entries: int
    digest: str


@dataclass
class Account:
    """What a customer's entries come to."""

    entries: int = 0
    head: str = GENESIS
    last_at: int = 0
    reservations: list[str] = field(default_factory=list)


@dataclass
class Books:
    """All that follows from entries, and `findings`: what does not follow, a sentence each."""

    accounts: dict[str, Account] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int | None] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    entries: int = 0

    @property
    def digest(self) -> str:
        """The digest of all heads."""
        return heads_digest((name, one.entries, one.head) for name, one in self.accounts.items())


def replay(
    entries: Iterable[Entry], limits: Iterable[LimitChange] = (), anchors: Iterable[Anchor] = ()
) -> Books:
    """Replay everything in the order of `seq`; each argument comes in that order."""
    books = Books()
    together: Iterator[Entry | LimitChange | Anchor] = merge(entries, limits, anchors, key=_when)
    for one in together:
        if isinstance(one, Entry):
            _enter(books, one)
        elif isinstance(one, LimitChange):
            books.limits[one.budget] = one.limit_minor
        elif (one.entries, one.digest) != (books.entries, books.digest):
            books.findings.append(f"anchor {one.seq}: the heads of then were others")
    return books


def liability(reservations: Iterable[Reservation]) -> dict[Purpose, int]:
    """What is reserved and not yet spent, by purpose, in minor units."""
    sums = dict.fromkeys(Purpose, 0)
    for one in reservations:
        sums[one.purpose] += one.reserved_minor if one.state in OPEN else 0
    return sums


def _when(one: Any) -> tuple[int, bool]:
    # An anchor stands after the entry whose number it bears.
    return one.seq, isinstance(one, Anchor)


def _enter(books: Books, entry: Entry) -> None:
    account = books.accounts.setdefault(entry.customer_id, Account())
    problems = [*_out_of_chain(account, entry), *_broken_rules(books, account, entry)]
    books.findings.extend(f"entry {entry.seq} ({entry.kind}): {problem}" for problem in problems)
    account.entries, account.head, account.last_at = entry.position, entry.hash, entry.at
    books.entries += 1
    after = _after(books.reservations.get(entry.reservation_id), entry)
    if entry.reservation_id not in books.reservations:
        account.reservations.append(entry.reservation_id)
    books.reservations[entry.reservation_id] = after
    for name in after.budgets:
        books.held[name] = books.held.get(name, 0) + entry.reserved_minor + entry.committed_minor


def _out_of_chain(account: Account, entry: Entry) -> Iterator[str]:
    if entry.position != account.entries + 1:
        yield f"place {entry.position} follows place {account.entries}"
    if entry.at < account.last_at:
        yield "it is older than the entry before it"
    if entry.hash != link(account.head, entry):
        yield "its hash does not follow from its content and the hash before it"


def _broken_rules(books: Books, account: Account, entry: Entry) -> Iterator[str]:
    before = books.reservations.get(entry.reservation_id)
    if entry.kind in GRANTS:
        if before is not None:
            yield "the reservation exists already"
        yield from _overspent(books, account, entry)
    elif before is None:
        yield "there is no such reservation"
    elif before.customer_id != entry.customer_id:
        yield "the reservation is another customer's"
    else:
        allowed = _ALLOWED[entry.kind]
        if before.state not in allowed:
            yield f"the reservation was {before.state}"
        yield from _wrong_amounts(before, entry)
        yield from _wrong_time(before, entry)
        if entry.kind is EntryKind.APPROVE:
            yield from _above_cap(books, account, entry, before.reserved_minor)


_ALLOWED: Mapping[EntryKind, tuple[ReservationState, ...]] = {
    EntryKind.APPROVE: (ReservationState.PENDING_APPROVAL,),
    EntryKind.COMMIT: (ReservationState.RESERVED,),
    EntryKind.RELEASE: OPEN,
    EntryKind.EXPIRE: OPEN,
    EntryKind.REVERSE: (ReservationState.COMMITTED,),
}


def _overspent(books: Books, account: Account, entry: Entry) -> Iterator[str]:
    granted = entry.reserved_minor
    if not 0 < granted <= entry.requested_minor or entry.committed_minor:
        yield f"it grants {granted} of {entry.requested_minor}"
    if entry.purpose is Purpose.OWED:
        return
    if entry.cap_minor is None or entry.window_days is None:
        yield "it does not say what bound it"
        return
    yield from _above_cap(books, account, entry, granted)
    for name in _after(None, entry).budgets:
        limit, taken = books.limits.get(name), books.held.get(name, 0)
        if limit is not None and taken + granted > limit:
            yield f"{name} had given {taken}, and {granted} more is above its limit of {limit}"


def _above_cap(books: Books, account: Account, entry: Entry, granted: int) -> Iterator[str]:
    """Whether a grant, or an approval of what was requested before, is above what it says bound it.

    Approvals of before the cap was asked again say none.
    """
    if entry.purpose is Purpose.OWED or entry.cap_minor is None or entry.window_days is None:
        return
    others = [books.reservations[name] for name in account.reservations if name != entry.reservation_id]
    counted = [one for one in others if one.counts_at(entry.at, entry.window_days)]
    held = sum(one.held_minor for one in counted)
    if held + granted > entry.cap_minor:
        yield f"the window held {held}, and {granted} more is above the cap of {entry.cap_minor}"
    if entry.most_grants is not None and len(counted) >= entry.most_grants:
        yield f"the window held {len(counted)} grants already"


def _wrong_amounts(before: Reservation, entry: Entry) -> Iterator[str]:
    moved = (entry.reserved_minor, entry.committed_minor)
    right = {
        EntryKind.APPROVE: moved == (0, 0),
        EntryKind.COMMIT: moved[0] == -before.reserved_minor and 0 <= moved[1] <= before.reserved_minor,
        EntryKind.RELEASE: moved == (-before.reserved_minor, 0),
        EntryKind.EXPIRE: moved == (-before.reserved_minor, 0),
        EntryKind.REVERSE: moved[0] == 0 and 0 < -moved[1] <= before.committed_minor - before.reversed_minor,
    }
    if not right[entry.kind]:
        yield f"it moves {moved} of a reservation of {before.reserved_minor}"


def _wrong_time(before: Reservation, entry: Entry) -> Iterator[str]:
    over = entry.at >= before.expires_at
    if entry.kind is EntryKind.EXPIRE and not over:
        yield "it expired before its time"
    if over and entry.kind in (EntryKind.APPROVE, EntryKind.COMMIT, EntryKind.RELEASE):
        yield "the reservation's time was over"


def _after(before: Reservation | None, entry: Entry) -> Reservation:
    if before is None or entry.kind in GRANTS:
        return _begun(entry)
    return replace(
        before,
        state=_STATE.get(entry.kind, before.state),
        committed_minor=before.committed_minor + max(entry.committed_minor, 0),
        reversed_minor=before.reversed_minor - min(entry.committed_minor, 0),
    )


_STATE: Mapping[EntryKind, ReservationState] = {
    EntryKind.APPROVE: ReservationState.RESERVED,
    EntryKind.COMMIT: ReservationState.COMMITTED,
    EntryKind.RELEASE: ReservationState.RELEASED,
    EntryKind.EXPIRE: ReservationState.EXPIRED,
}


def _begun(entry: Entry) -> Reservation:
    pending = entry.kind is EntryKind.REQUEST
    return Reservation(
        id=entry.reservation_id,
        customer_id=entry.customer_id,
        campaign=entry.campaign,
        segment=entry.segment,
        purpose=entry.purpose,
        action=entry.action,
        state=ReservationState.PENDING_APPROVAL if pending else ReservationState.RESERVED,
        requested_minor=entry.requested_minor,
        reserved_minor=entry.reserved_minor,
        contact_cost_minor=entry.contact_cost_minor,
        reserved_at=entry.at,
        expires_at=entry.expires_at,
    )
