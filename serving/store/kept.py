"""What a store of told events keeps, and what every such store can do.

Routes and commands know this and nothing of databases. Events are kept as they were told and never changed;
only the erasure of a customer removes any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from models.contract.told_events import ToldEvent, fingerprint


class Status(StrEnum):
    """What became of an event that was told."""

    ACCEPTED = "accepted"  # new, and on the disk
    KNOWN = "known"  # told before, the same
    REUSED = "reused"  # told before under this name, and another
    ERASED = "erased"  # of a customer who was erased


@dataclass(frozen=True)
class Kept:
    """One event as it lies in the store; known_at in microseconds, payload as `ToldEvent.payload`."""

    event_id: str
    customer_id: str
    known_at: int
    payload: str


@dataclass(frozen=True)
class Outcome:
    """What became of one event; known_at and kept: of the event that the store holds, if it holds one."""

    event_id: str
    status: Status
    known_at: int | None
    told: str
    kept: str | None


@dataclass(frozen=True)
class Erasure:
    """What the erasure of a customer removed, and the pseudonym under which the amounts stay."""

    events: int
    amounts: int
    pseudonym: str


@dataclass(frozen=True)
class Amount:
    """An amount that stays when its customer is erased: minor units, and when it was paid (microseconds)."""

    at: int
    amount_minor: int


class EventStore(Protocol):
    """A store of told events. Each method may be called from any thread.

    Every method can raise `StoreUnavailable`.
    """

    @property
    def near(self) -> bool:
        """Whether a question about one customer takes microseconds, so that it need not wait for a thread."""

    def tell(self, events: Sequence[Kept]) -> list[Outcome]:
        """Keep what is new, all on the disk before this returns; an outcome for each, in order."""

    def of_customers(self, customer_ids: Sequence[str], run: str = "") -> Mapping[str, Sequence[Kept]]:
        """The events of each customer who has any, but for those that the batch of `run` holds."""

    def everything(self) -> Iterator[Kept]:
        """All events as of one instant, in the order in which they were kept."""

    def newest(self) -> int:
        """When the newest event became known, microseconds; 0 where there is none."""

    def feed_end(self) -> int:
        """When the newest order or return became known, microseconds; 0 where there is none."""

    def bound(self, run: str = "") -> Mapping[str, int]:
        """Customers of whom a consent or a complaint was told that the batch of `run` does not hold.

        Each with how many events were told of them, of whatever type.
        """

    def counts(self, run: str = "") -> tuple[int, int]:
        """How many events there are, and how many of them the batch of `run` holds."""

    def mark(self, run: str, event_ids: Sequence[str]) -> None:
        """These events are held by the batch of `run`; marks of other runs are gone."""

    def erase(self, customer_id: str, at: int, amounts: Callable[[Sequence[Kept]], list[Amount]]) -> Erasure:
        """Remove a customer's events; of what `amounts` finds in them the sums stay, under a pseudonym."""

    def erased(self) -> frozenset[str]:
        """Customers who were erased."""

    def close(self) -> None:
        """Finish what was begun and let go of the database."""


def kept_from(event: ToldEvent) -> Kept:
    """A told event as it is kept."""
    return Kept(event.event_id, event.customer_id, event.known_at, event.payload)


def outcome_of(told: Kept, found: Kept | None, *, is_new: bool) -> Outcome:
    """What became of an event, given what the store holds under its name now."""
    status = Status.ACCEPTED if is_new else Status.REUSED
    if found is not None and not is_new and found.payload == told.payload:
        status = Status.KNOWN
    return Outcome(
        told.event_id,
        status,
        None if found is None or status is Status.REUSED else found.known_at,
        fingerprint(told.payload),
        None if found is None else fingerprint(found.payload),
    )


def of_erased(told: Kept) -> Outcome:
    """What becomes of an event of a customer who was erased."""
    return Outcome(told.event_id, Status.ERASED, None, fingerprint(told.payload), None)
