"""The ledger of a running server: opened with its first release, swept and anchored, closed at the end."""

from itertools import count

from fastapi import FastAPI

from models.domain.errors import HoldfastError
from models.domain.ledger.refusals import OtherCurrency
from models.domain.ledger.reservations import TOTAL
from models.policy.settings import PolicySettings
from serving.ledger import reads
from serving.ledger.opening import open_ledger
from serving.ledger.store import Ledger
from serving.operation.beside import in_thread, repeat
from serving.releases import Serving
from serving.snapshot import Snapshot

SWEEP_SECONDS = 5.0
ANCHOR_EVERY = 720  # sweeps: once an hour
POLICY = "policy"


def open_for(app: FastAPI, url: str) -> Ledger | None:
    """Open the ledger in the currency of the release that is loaded; None before there is one.

    Puts the budgets of a release in force that is new since the last call. Raises what `open_ledger` raises.
    """
    serving: Serving | HoldfastError = app.state.releases.current
    ledger: Ledger | None = app.state.ledger
    if isinstance(serving, HoldfastError):
        return ledger
    snapshot = serving.snapshot
    if ledger is None:
        ledger = app.state.ledger = open_ledger(url, snapshot.currency)
    if snapshot.judging is not None and app.state.budgets_of != snapshot.release_id:
        put_in_force(snapshot.judging.desk.judge.policy, ledger, snapshot.release_id)
        app.state.budgets_of = snapshot.release_id
    return ledger


def check_currency(app: FastAPI, snapshot: Snapshot) -> None:
    """Raise `OtherCurrency` for a release whose amounts the open ledger cannot count."""
    ledger: Ledger | None = app.state.ledger
    if ledger is not None and ledger.currency != snapshot.currency:
        raise OtherCurrency(
            "the release is in another currency than the ledger",
            allowed=ledger.currency,
            given=snapshot.currency,
            remedy="Serve this business's release, or start another server with a ledger of its own.",
        )


async def tend(app: FastAPI, url: str, every: float = SWEEP_SECONDS) -> None:
    """Open the ledger when there is a release, follow its budgets, sweep and anchor, for ever."""
    turns = count(1)

    async def turn() -> None:
        # The next turn does what this one could not; reads count what is due as over in any case.
        anchor = next(turns) % ANCHOR_EVERY == 0
        ledger = await in_thread(open_for, app, url)
        if ledger is not None:
            await in_thread(sweep, ledger, anchor=anchor)

    await repeat("ledger", turn, every, app.state.metrics)


def put_in_force(policy: PolicySettings, ledger: Ledger, release_id: str) -> list[str]:
    """Give budgets the limits that the policy names; which changed.

    A limit that a person set meanwhile stays: only a change of the policy's own figure is put in force.
    """
    wanted = {
        **{f"campaign:{name}": most for name, most in policy.budgets.campaigns.items()},
        **{f"segment:{name}": most for name, most in policy.budgets.segments.items()},
        TOTAL: policy.budgets.total_minor,
    }
    with ledger.snapshot() as rows:
        last = {one.budget: one.limit_minor for one in reads.limit_changes(rows) if one.actor == POLICY}
    changed = [name for name, most in wanted.items() if last.get(name) != most]
    for name in changed:
        ledger.set_limit(name, wanted[name], actor=POLICY, reason=f"release {release_id}")
    return changed


def sweep(ledger: Ledger, *, anchor: bool = False) -> None:
    """Expire all that is due; anchor the heads of all chains where that is wanted."""
    while ledger.expire_due():
        pass
    if anchor:
        ledger.anchor()
