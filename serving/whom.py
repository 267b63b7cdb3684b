"""Whom a request names: by id, by a key of another system, or by events that tell everything of somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from models.contract.merged_rows import merged
from models.contract.told_events import Shop, told
from models.contract.told_rows import Row, Rows, rows_of
from models.domain.errors import BadEvent, HoldfastError
from models.domain.text import normalise
from serving.answering import Asked
from serving.as_of import AsOf
from serving.score_requests import CustomerRef
from serving.snapshot import Snapshot

NAMELESS = "inline-{number}"
MOST_INLINE = 20  # items with events of one id


def all_asked(
    refs: Sequence[CustomerRef], snapshot: Snapshot, at: AsOf, secret: str | None
) -> list[Asked | HoldfastError]:
    """Whom each item of a request names, or why nobody can be found."""
    inline: Counter[str] = Counter()
    found = []
    for number, ref in enumerate(refs):
        name = normalise(ref.customer_id) if ref.events and ref.customer_id else ""
        inline[name] += 1
        often = bool(name) and inline[name] > MOST_INLINE
        found.append(_too_often() if often else _asked_of(ref, number, snapshot, at, secret))
    return found


def _too_often() -> BadEvent:
    """Those of one id are judged one after the other, so that each has its own answer."""
    return BadEvent(
        "too many items tell events of this customer_id",
        allowed=f"{MOST_INLINE} in a request",
        remedy="Leave `customer_id` out: who has events needs no name.",
    )


def _asked_of(
    ref: CustomerRef, number: int, snapshot: Snapshot, at: AsOf, secret: str | None
) -> Asked | HoldfastError:
    try:
        if ref.events is not None:
            name = ref.customer_id or NAMELESS.format(number=number)
            return Asked(name, rows_told(ref.events, name, snapshot, at))
        if ref.system is not None and ref.external_id is not None:
            return Asked(snapshot.identities.customer(ref.system, ref.external_id, secret))
    except HoldfastError as error:
        return error
    return Asked(ref.customer_id or "")


def rows_told(events: Sequence[Mapping[str, Any]], customer: str, snapshot: Snapshot, at: AsOf) -> Rows:
    """The rows that events of one customer tell. Raises `BadEvent`."""
    shop = Shop(snapshot.timezone, snapshot.judging_or_refuse().desk.attributes)
    whole = [_filled(each, number, customer, shop) for number, each in enumerate(events)]
    return merged({}, rows_of(told(each, shop, at.instant) for each in whole))


def _filled(event: Mapping[str, Any], number: int, customer: str, shop: Shop) -> Row:
    """The event with what may be left out: a name, whose it is, and that it was known as it happened."""
    kind = shop.types.get(str(event.get("type")))
    happened = event.get(kind.happened) if kind is not None and kind.happened else None
    known = {} if happened is None else {"known_at": happened}
    return {"event_id": f"event-{number}", **known, **event, "customer_id": customer}
