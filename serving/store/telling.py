"""What was told of customers since the batch, as rows of the contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.contract.attributes import Attribute
from models.contract.told_event_types import LINES, EventType
from models.contract.told_events import Shop, ToldEvent, recalled
from models.contract.told_rows import Rows, rows_of
from serving.store.kept import Amount, EventStore, Kept
from serving.telling import Lists


@dataclass(frozen=True)
class Telling:
    """A store as one scoring run sees it: without what the batch of `run` holds already.

    lists: by name, as they came out last.
    """

    store: EventStore
    types: Mapping[str, EventType]
    run: str = ""
    lists: Lists = field(default_factory=Lists, compare=False)

    def told_rows(self, customer_id: str) -> Rows:
        """What was told of one customer, by table; {} where nothing was. Raises `StoreUnavailable`."""
        kept = self.store.of_customers([customer_id], self.run).get(customer_id, ())
        return rows_of(events_from(kept, self.types)) if kept else {}

    def told_rows_of(self, customer_ids: Iterable[str]) -> Mapping[str, Rows]:
        """The same of each customer of whom anything was told, with few queries."""
        if not self.store.newest():
            return {}
        kept = self.store.of_customers(list(dict.fromkeys(customer_ids)), self.run)
        return {customer: rows_of(events_from(some, self.types)) for customer, some in kept.items()}

    def told_of(self, customer_ids: Sequence[str]) -> frozenset[str]:
        """Those of some customers of whom anything was told. Raises `StoreUnavailable`."""
        return frozenset(self.store.of_customers(customer_ids, self.run) if self.store.newest() else ())

    def bound(self) -> Mapping[str, int]:
        """Customers of whom a consent or a complaint was told, and how many events of each.

        Raises `StoreUnavailable`.
        """
        return self.store.bound(self.run)

    def newest(self) -> int:
        """The newest instant at which anything told became known (µs); 0 where nothing was told."""
        return self.store.newest()

    def feed_end(self) -> int:
        """The newest instant at which a told order or return became known (µs); 0 where none was told."""
        return self.store.feed_end()


def telling(store: EventStore, zone: str, attributes: tuple[Attribute, ...] = (), run: str = "") -> Telling:
    """The store as the run of a shop sees it."""
    return Telling(store, Shop(zone, attributes).types, run)


def events_from(kept: Iterable[Kept], types: Mapping[str, EventType]) -> list[ToldEvent]:
    """Events as they were told."""
    return [recalled(one.event_id, one.known_at, one.payload, types) for one in kept]


def amounts_in(kept: Iterable[Kept], types: Mapping[str, EventType]) -> list[Amount]:
    """What was paid and given back in some events, line by line."""
    found = []
    for event in events_from(kept, types):
        at = event.said.get(event.type.happened or "")
        lines = event.said.get(LINES)
        if isinstance(at, int) and isinstance(lines, list):
            found += [Amount(at, line["amount_minor"]) for line in lines]
    return found
