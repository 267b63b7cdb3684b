"""What programs told since the batch: asked of whoever keeps it."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from models.contract.told_rows import Rows


class Told(Protocol):
    """Told events as rows of the contract's tables."""

    def told_rows(self, customer_id: str) -> Rows:
        """What was told of one customer, by table; {} where nothing was."""

    def told_rows_of(self, customer_ids: Iterable[str]) -> Mapping[str, Rows]:
        """The same of each customer of whom anything was told."""

    def feed_end(self) -> int:
        """The newest instant at which anything told became known (microseconds); 0 where nothing was told."""


class NothingTold:
    """Nobody keeps what is told."""

    def told_rows(self, customer_id: str) -> Rows:  # noqa: ARG002  # as the protocol has it
        """Nothing."""
        return {}

    def told_rows_of(self, customer_ids: Iterable[str]) -> Mapping[str, Rows]:  # noqa: ARG002  # as above
        """Nothing."""
        return {}

    def feed_end(self) -> int:
        """Nothing was told."""
        return 0
