"""Commands of the ledger with everything filled in, for tests to change what they are about."""

from models.domain.ledger.commands import Reserve, Write
from models.domain.vocabulary import Purpose

MILLISECOND = 1_000


def reserve(requested_minor: int = 100, **changed: object) -> Reserve:
    """A request for a coupon of a customer whose cap is 1,000, for an hour."""
    values = {
        "customer_id": "C1",
        "campaign": "spring",
        "purpose": Purpose.RETENTION,
        "action": "coupon",
        "requested_minor": requested_minor,
        "currency": "EUR",
        "cap_minor": 1_000,
        "window_days": 90,
        "ttl_seconds": 3_600,
        "actor": "agent-7",
        "reason": "silent for 74 days",
        **changed,
    }
    return Reserve(**values)


def write(command: object, key: str = "k1", client: str = "shop") -> Write:
    """The command under a key of a client."""
    return Write(client=client, key=key, command=command)
