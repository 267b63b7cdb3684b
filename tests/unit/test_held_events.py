"""Which told events a batch holds already."""

from dataclasses import dataclass

from models.contract.told_events import Shop, told
from models.domain.instants import DAY, iso
from serving.store.held import held_by
from serving.store.kept import Kept, kept_from

NOW = 21_000 * DAY
SHOP = Shop("UTC")
ROW = {
    "order_id": "O1",
    "line_id": "1",
    "customer_id": "C1",
    "ordered_at": NOW - 2 * DAY,
    "item_id": "A",
    "amount_minor": 500,
    "known_at": NOW - DAY,
}


@dataclass
class Everything:
    """A store of these events."""

    events: list[Kept]

    def everything(self):
        return iter(self.events)


def order(event_id="e", customer="C1", **line):
    lines = [{"amount_minor": 500, "item_id": "A", **line}]
    at = iso(NOW - 2 * DAY)
    said = {"type": "order", "customer_id": customer, "order_id": "O1", "ordered_at": at, "lines": lines}
    return kept_from(told({"event_id": event_id, **said}, SHOP, NOW))


def held(*events, rows=(ROW,), tables=None):
    batch = tables or {"orders": list(rows)}
    return held_by(Everything(list(events)), SHOP.types, {"C1": batch}.get)


def test_an_order_that_the_batch_has_is_held():
    assert held(order()) == ["e"]


def test_an_order_that_the_batch_lacks_is_not():
    assert held(order(line_id="2")) == []


def test_an_order_that_says_otherwise_is_not():
    assert held(order(amount_minor=501)) == []


def test_an_event_of_somebody_the_batch_does_not_know_is_not():
    assert held(order(customer="C2")) == []


def test_a_fact_that_waits_for_its_complaint_is_not():
    resolved = {"event_id": "e", "type": "complaint.resolved", "customer_id": "C1", "complaint_id": "K1"}
    assert held(kept_from(told({**resolved, "resolved_at": iso(NOW)}, SHOP, NOW))) == []
