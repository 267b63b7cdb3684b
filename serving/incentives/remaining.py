"""What is left of a customer's cap: the cap now in force less what the rolling window holds."""

from dataclasses import dataclass

from models.domain.vocabulary import Purpose
from serving.ledger import reads
from serving.ledger.store import Ledger


@dataclass(frozen=True)
class Window:
    """A customer's window now, minor units: spent, and reserved; what is owed is in neither."""

    spent_minor: int
    reserved_minor: int

    def available(self, cap_minor: int) -> int:
        """What may still be reserved under a cap. A cap that fell below what is held leaves nothing."""
        return max(0, cap_minor - self.spent_minor - self.reserved_minor)


def window_of(ledger: Ledger, customer_id: str, now: int, window_days: int) -> Window:
    """The window of `window_days` that ends at `now` (microseconds). Raises `LedgerUnavailable`."""
    with ledger.snapshot() as rows:
        found = reads.customer_standing(rows, customer_id, now, window_days)
    reserved = sum(one.reserved_minor for one in found.open_reservations if one.purpose is not Purpose.OWED)
    return Window(found.window_minor - reserved, reserved)
