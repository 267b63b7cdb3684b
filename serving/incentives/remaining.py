"""What is left of a customer's cap: the cap now in force less what the rolling window holds."""

from dataclasses import dataclass

from models.domain.ledger.grants import window_held
from models.domain.ledger.reservations import OPEN
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
    every = reads.reservations_of(ledger.ask, customer_id, now)
    open_now = (one for one in every if one.state in OPEN and one.purpose is not Purpose.OWED)
    reserved = sum(one.reserved_minor for one in open_now)
    return Window(window_held(every, now, window_days) - reserved, reserved)
