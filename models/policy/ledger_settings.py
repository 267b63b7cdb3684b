"""What binds grants through the ledger beyond the cap of the moment: section `policy.ledger`."""

from dataclasses import dataclass

from models.domain.errors import InvalidSetting
from models.domain.settings import in_range

MOST_DAYS = 3_660
MOST_HOURS = 24 * 366


@dataclass(frozen=True)
class LedgerSettings:
    """The rolling window of a customer, and how long money may wait.

    window_days: over how many days a customer's grants count together towards the cap. most_grants: how many
    grants a window may hold; None: no limit. reserve_hours: how long a reservation is kept where its maker
    does not say; longest_reserve_hours: the longest that anybody may ask for.
    """

    window_days: int = 90
    most_grants: int | None = None
    reserve_hours: int = 72
    longest_reserve_hours: int = 24 * 60

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a window or a wait that makes no sense."""
        in_range("policy.ledger.window_days", self.window_days, 1, MOST_DAYS)
        in_range("policy.ledger.longest_reserve_hours", self.longest_reserve_hours, 1, MOST_HOURS)
        in_range("policy.ledger.reserve_hours", self.reserve_hours, 1, MOST_HOURS)
        if self.most_grants is not None:
            in_range("policy.ledger.most_grants", self.most_grants, 0, MOST_HOURS)
        if self.reserve_hours > self.longest_reserve_hours:
            raise InvalidSetting(
                "`policy.ledger.reserve_hours` is longer than anybody may ask for",
                allowed=f"up to {self.longest_reserve_hours}",
                given=self.reserve_hours,
                remedy="Lower it, or raise policy.ledger.longest_reserve_hours.",
            )
