"""What a call about money needs of the running server: its ledger, its terms, and who asks."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from models.domain.errors import HoldfastError
from models.domain.ledger.commands import LONGEST_WORD
from models.domain.ledger.refusals import LedgerUnavailable
from serving.incentives.commands import Role
from serving.incentives.in_force import Terms
from serving.ledger.store import Ledger

LOCAL = Role("local")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=LONGEST_WORD,
        description="New for each request, the same for each retry of it. Needed unless `dry_run`.",
    ),
]


@dataclass(frozen=True)
class Till:
    """Where a write is made: the ledger, who asks, and their key."""

    ledger: Ledger
    role: Role
    key: str | None


def open_ledger_of(request: Request) -> Ledger:
    """The ledger of this server. Raises why there is none, `LedgerUnavailable` before there is a release."""
    found: Ledger | HoldfastError | None = getattr(request.app.state, "ledger", None)
    if found is None:
        raise LedgerUnavailable(
            "there is no ledger yet: it counts in the currency of the first release",
            remedy="Run `make`, then start the server again.",
        )
    if isinstance(found, HoldfastError):
        raise found
    return found


def terms_of(request: Request) -> Terms:
    """Policy and caps of the release that this request is answered from. Raises what loading raised."""
    terms: Terms = request.app.state.terms()
    return terms


def role_of(request: Request) -> Role:
    """Who asks, as the ledger keeps it."""
    found: Role = getattr(request.state, "role", LOCAL)
    return found


OpenLedger = Annotated[Ledger, Depends(open_ledger_of)]
InTerms = Annotated[Terms, Depends(terms_of)]
AskedBy = Annotated[Role, Depends(role_of)]


def till_of(ledger: OpenLedger, role: AskedBy, key: Key = None) -> Till:
    """All that a write needs beside its body."""
    return Till(ledger, role, key)


AtTill = Annotated[Till, Depends(till_of)]
