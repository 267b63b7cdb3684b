"""What is reserved: each time for another customer, of one hot campaign."""

from collections.abc import Callable

from models.domain.ledger.commands import Reserve, Write
from models.domain.vocabulary import Purpose
from serving.ledger.store import Ledger

CAMPAIGN = "spring"
AMOUNT = 100


def command(number: int) -> Reserve:
    """A reservation for a customer of its own."""
    return Reserve(
        customer_id=f"C{number}", campaign=CAMPAIGN, purpose=Purpose.RETENTION, action="coupon",
        requested_minor=AMOUNT, currency="EUR", cap_minor=1_000, window_days=90, ttl_seconds=3_600,
    )  # fmt: skip


def write(number: int) -> Write:
    """It under a key, with the payload's hash made beforehand, as a server has it."""
    return Write(client="bench", key=f"k{number}", command=command(number), payload=f"{number:064}")


def reserving(ledger: Ledger) -> Callable[[int], object]:
    """Reserve through the ledger."""
    return lambda number: ledger.write(write(number))
