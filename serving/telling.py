"""What programs told since the batch: asked of whoever keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from models.contract.told_rows import Rows
from serving.columns import Columns


@dataclass(frozen=True)
class JudgedBy:
    """From how much a row was judged anew: events told of its customer, and the instant (microseconds)."""

    events: int
    instant: int


@dataclass(frozen=True)
class ListSince:
    """A run's list with some of its customers judged anew."""

    run: Columns
    judged: Mapping[str, JudgedBy]
    columns: Columns


@dataclass(frozen=True)
class Lists:
    """Lists by name, as they came out last; who judges rows of one anew holds the lock."""

    last: dict[str, ListSince] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


class Told(Protocol):
    """Told events as rows of the contract's tables."""

    @property
    def lists(self) -> Lists:
        """What came out last, for the next request."""

    def told_rows(self, customer_id: str) -> Rows:
        """What was told of one customer, by table; {} where nothing was."""

    def told_rows_of(self, customer_ids: Iterable[str]) -> Mapping[str, Rows]:
        """The same of each customer of whom anything was told."""

    def told_of(self, customer_ids: Sequence[str]) -> frozenset[str]:
        """Those of some customers of whom anything was told."""

    def bound(self) -> Mapping[str, int]:
        """Customers of whom a consent or a complaint was told, who may be answered otherwise at once.

        Each with how many events were told of them.
        """

    def newest(self) -> int:
        """The newest instant at which anything told became known (microseconds); 0 where nothing was told."""

    def feed_end(self) -> int:
        """The newest instant at which a told order or return became known (microseconds); 0 without any."""


class NothingTold:
    """Nobody keeps what is told."""

    @property
    def lists(self) -> Lists:
        """Nothing to keep."""
        return Lists()

    def told_rows(self, customer_id: str) -> Rows:  # noqa: ARG002  # as the protocol has it
        """Nothing."""
        return {}

    def told_rows_of(self, customer_ids: Iterable[str]) -> Mapping[str, Rows]:  # noqa: ARG002  # as above
        """Nothing."""
        return {}

    def told_of(self, customer_ids: Sequence[str]) -> frozenset[str]:  # noqa: ARG002  # as above
        """Nobody."""
        return frozenset()

    def bound(self) -> Mapping[str, int]:
        """Nobody."""
        return {}

    def newest(self) -> int:
        """Nothing was told."""
        return 0

    def feed_end(self) -> int:
        """Nothing was told."""
        return 0
