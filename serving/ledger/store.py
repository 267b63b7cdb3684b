"""What every store of the ledger can do. Routes and commands know this and nothing of databases."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from models.domain.ledger.commands import Command, Reserve, Write
from models.domain.ledger.refusals import MissingKey, OtherCurrency
from models.domain.ledger.replay import Anchor
from serving.ledger.answers import Answer

# Rows of a SELECT whose parameters are written `?`, all from one instant.
Snapshot = Callable[[str, Sequence[object]], Iterator[tuple[Any, ...]]]


@dataclass(frozen=True)
class Redemption:
    """What a shop said was redeemed; the amount in minor units, instants in microseconds."""

    id: str
    reservation_id: str
    amount_minor: int
    redeemed_at: int
    known_at: int


class Ledger(Protocol):
    """A store of the ledger. Each method is one transaction and may be called from any thread.

    Every write can raise `LedgerUnavailable`; whether it happened, the same key tells.
    """

    @property
    def currency(self) -> str:
        """The one currency that it counts in."""

    @property
    def near(self) -> bool:
        """Whether a question about one customer takes microseconds, so that it need not wait for a thread."""

    def write(self, made: Write) -> Answer:
        """Do a command once. Raises a `LedgerRefusal`."""

    async def write_soon(self, made: Write) -> Answer:
        """The same for a coroutine, which others need not wait behind. Raises a `LedgerRefusal`."""

    def preview(self, command: Command) -> Answer:
        """What a command would be answered now; nothing is written. Raises a `LedgerRefusal`."""

    def set_limit(self, budget: str, limit_minor: int | None, *, actor: str, reason: str) -> None:
        """From now on a budget ('campaign:…', 'segment:…') has this limit; None: no limit."""

    def expire_due(self) -> int:
        """Expire what is due, some hundred customers at most; how many reservations did. 0: nothing is."""

    def anchor(self) -> Anchor | None:
        """Write an anchor over the heads of all accounts; None where nothing was written since the last."""

    def record(self, redemption: Redemption) -> bool:
        """Keep a redemption; false where its id is known already."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read many things as of one instant."""

    def ask(self, sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """The rows of one SELECT, a `Snapshot` by itself: cheaper than one for several."""

    def close(self) -> None:
        """Finish what was begun and let go of the database."""


def check_currency(command: Command, currency: str) -> None:
    """Raise `OtherCurrency` for a reservation in another currency than the ledger's."""
    if isinstance(command, Reserve) and command.currency != currency:
        raise OtherCurrency(
            "the ledger counts in another currency",
            allowed=currency,
            given=command.currency,
            remedy=f"Send amounts in {currency}.",
        )


def kept_currency(kept: str | None, wanted: str | None) -> str:
    """The ledger's currency. Raises `OtherCurrency` where it has another one, or none yet."""
    if kept is None or wanted not in (None, kept):
        raise OtherCurrency(
            "the ledger counts in another currency"
            if kept
            else "the ledger is empty and has no currency yet",
            allowed=kept or "",
            given=wanted,
            remedy="Point HOLDFAST_LEDGER_URL at this business's ledger, or start its server first.",
        )
    return kept


def key_of(header: str | None) -> str:
    """The idempotency key of a request. Raises `MissingKey` where it has none."""
    if not header:
        raise MissingKey(
            "a write needs an idempotency key",
            remedy="Send the header Idempotency-Key with a value that is new for each request.",
        )
    return header
