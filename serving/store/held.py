"""Which told events a batch holds already: whatever they say stands in its rows."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from models.contract.merged_rows import merged
from models.contract.told_event_types import EventType
from models.contract.told_rows import Row, Rows, rows_of
from serving.store.kept import EventStore, Kept
from serving.store.telling import events_from


def held_by(
    store: EventStore, types: Mapping[str, EventType], rows_of_batch: Callable[[str], Rows | None]
) -> list[str]:
    """Names of the events that add nothing to what a batch knows of their customers.

    rows_of_batch: what it knows of a customer, None of somebody unknown. Raises `StoreUnavailable`.
    """
    by_customer = sorted(store.everything(), key=attrgetter("customer_id"))
    return [
        event_id
        for customer, events in groupby(by_customer, key=attrgetter("customer_id"))
        for event_id in _held_of(list(events), types, rows_of_batch(customer) or {})
    ]


def _held_of(events: list[Kept], types: Mapping[str, EventType], base: Rows) -> Iterator[str]:
    """Each event by itself: what two say together may be new though either is not."""
    for event in events if base else []:
        told = rows_of(events_from([event], types))
        both = merged(base, told)
        if all(_says(base.get(name, ()), rows, both[name]) for name, rows in told.items()):
            yield event.event_id


def _says(base: object, told: object, both: object) -> bool:
    """Whether the batch's rows are all there is, and hold every value told.

    A row that waits for another event to complete it adds nothing yet, and is not held either.
    """
    if not isinstance(base, list | tuple) or not isinstance(told, list) or list(base) != both:
        return False
    return all(any(_holds(row, one) for row in base) for one in told)


def _holds(row: Row, told: Row) -> bool:
    """Whether a row says what was told; when it became known may differ."""
    return all(row.get(name) == value for name, value in told.items() if not name.endswith("known_at"))
