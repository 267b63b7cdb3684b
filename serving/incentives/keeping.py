"""The ledger of a running server: opened once, swept and anchored while it runs, closed at the end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.domain.ledger.refusals import LedgerUnavailable
from models.policy.settings import PolicySettings
from serving.ledger import reads
from serving.ledger.store import Ledger

SWEEP_SECONDS = 5.0
ANCHOR_EVERY = 720  # sweeps: once an hour
POLICY = "policy"

log = logging.getLogger("holdfast")


@asynccontextmanager
async def swept(ledger: Ledger, every: float = SWEEP_SECONDS) -> AsyncIterator[None]:
    """Expire what is due every few seconds and anchor the chains every hour, until the end of the block."""
    task = asyncio.create_task(_sweep(ledger, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def put_in_force(policy: PolicySettings, ledger: Ledger, release_id: str) -> list[str]:
    """Give budgets the limits that the policy names; which changed.

    A limit that a person set meanwhile stays: only a change of the policy's own figure is put in force.
    """
    wanted = {
        **{f"campaign:{name}": most for name, most in policy.budgets.campaigns.items()},
        **{f"segment:{name}": most for name, most in policy.budgets.segments.items()},
    }
    with ledger.snapshot() as rows:
        last = {one.budget: one.limit_minor for one in reads.limit_changes(rows) if one.actor == POLICY}
    changed = [name for name, most in wanted.items() if last.get(name) != most]
    for name in changed:
        ledger.set_limit(name, wanted[name], actor=POLICY, reason=f"release {release_id}")
    return changed


async def _sweep(ledger: Ledger, every: float) -> None:
    turn = 0
    while True:
        await asyncio.sleep(every)
        turn += 1
        try:
            while await asyncio.to_thread(ledger.expire_due):
                pass
            if turn % ANCHOR_EVERY == 0:
                await asyncio.to_thread(ledger.anchor)
        except LedgerUnavailable as error:
            # The next sweep does what this one could not; reads count what is due as over in any case.
            log.warning("the ledger was not swept: %s", error.message)
