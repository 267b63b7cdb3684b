"""What a call about money needs of the running server: its ledger, its terms, and who asks.

What FastAPI is to find out waits for nothing and is `async`, so that it runs where the request is read: each
that is not would be handed to another thread and back, which costs more than what it does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from models.domain.ledger.commands import LONGEST_WORD
from models.domain.ledger.refusals import LedgerUnavailable
from serving.access.scopes import Scope
from serving.current import as_of_of, current_snapshot, told_since
from serving.incentives.commands import Role
from serving.incentives.in_force import Terms
from serving.incentives.remaining import Window, window_of
from serving.incentives.terms import terms_of
from serving.ledger.sqlite.ledger import system_clock
from serving.ledger.store import Ledger, kept_currency
from serving.operation.asked import asked_of
from serving.plain_routes import check_length, parameter

KEY = "Idempotency-Key"
KEY_HEADER = parameter(
    KEY,
    "header",
    {"type": "string", "maxLength": LONGEST_WORD},
    "New for each request, the same for each retry of it. Needed unless `dry_run`.",
)


@dataclass(frozen=True)
class Till:
    """Where a write is made: the ledger, who asks, and their key.

    terms: policy and caps of the release that this request is answered from. Asked for once the body is read;
    raises what loading raised, and `OtherCurrency` for a release whose caps the ledger cannot count. near:
    whether they can be asked for without a thread; they come from the release and from what was told.
    """

    ledger: Ledger
    role: Role
    key: str | None
    terms: Callable[[], Terms]
    near: bool


def open_ledger_of(request: Request) -> Ledger:
    """The ledger of this server. Raises `LedgerUnavailable` before there is a release."""
    found: Ledger | None = request.app.state.ledger
    if found is None:
        raise LedgerUnavailable(
            "there is no ledger yet: it counts in the currency of the first release",
            remedy="Run `make`; the server opens it as soon as it has loaded a release.",
        )
    return found


def terms_in_force(request: Request) -> Terms:
    """Policy and caps of the release that a request is answered from. Raises as `Till.terms` does."""
    snapshot, ledger = current_snapshot(request), request.app.state.ledger
    if ledger is not None:
        kept_currency(ledger.currency, snapshot.currency)
    return terms_of(snapshot, told_since(request), as_of_of(request), request.app.state.caps)


def role_of(request: Request) -> Role:
    """Who asks, as the ledger keeps it."""
    caller = asked_of(request.scope).caller
    key = caller.key
    may_owe = caller.may(Scope.OWE)
    if key is None:
        return Role(caller.name, may_owe=may_owe)
    return Role(caller.name, key.team, key.authority_minor, may_owe)


def window_now(request: Request, customer_id: str) -> Window | None:
    """A customer's window; None without a ledger in this currency, or a policy to say how long it is."""
    ledger, judging = request.app.state.ledger, current_snapshot(request).judging
    if ledger is None or judging is None or ledger.currency != current_snapshot(request).currency:
        return None
    return window_of(ledger, customer_id, system_clock(), judging.desk.judge.policy.ledger.window_days)


def stores_are_near(request: Request) -> bool:
    """Whether a request can ask ledger and store of events without a thread."""
    ledger = request.app.state.ledger
    return request.app.state.releases.store.near and (ledger is None or ledger.near)


async def _ledger(request: Request) -> Ledger:
    return open_ledger_of(request)


async def _terms(request: Request) -> Callable[[], Terms]:
    return partial(request.app.state.terms_of, request)


async def _role(request: Request) -> Role:
    role: Role = request.app.state.role_of(request)
    return role


OpenLedger = Annotated[Ledger, Depends(_ledger)]
InTerms = Annotated[Callable[[], Terms], Depends(_terms)]
AskedBy = Annotated[Role, Depends(_role)]


def till_of(request: Request) -> Till:
    """All that a write needs beside its body. Raises `LedgerUnavailable`, and for a key that is too long."""
    state, key = request.app.state, request.headers.get(KEY)
    check_length("header", KEY, key or "", LONGEST_WORD, least=0)
    ledger = open_ledger_of(request)
    terms = partial(state.terms_of, request)
    return Till(ledger, state.role_of(request), key, terms, near=state.releases.store.near)
