"""Which run is answered from, and how another takes its place: whole, checked, or not at all.

Requests answer from one immutable snapshot each. A new folder is read and checked beside the old one; if
anything is wrong with it the old one stays, and operators are told why.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np

from models.contract.attributes import Attribute
from models.domain.errors import DamagedRelease, HoldfastError, MissingRelease
from models.domain.instants import iso, to_micros
from serving.columns import Columns
from serving.golden import check_golden
from serving.judging import Judging
from serving.operation.metrics import Metrics, count
from serving.snapshot import MANIFEST, Snapshot, load_snapshot
from serving.store.held import held_by
from serving.store.kept import Erasure, EventStore
from serving.store.refusals import StoreUnavailable
from serving.store.telling import Telling, amounts_in, telling

log = logging.getLogger("holdfast")

Signature = tuple[int, int, int]
NOTHING: Signature = (0, 0, 0)
SHORT = 16


class Reload(StrEnum):
    """How an attempt to load what there is to serve ended."""

    LOADED = "loaded"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Serving:
    """What one request answers from: a run, and what was told since."""

    snapshot: Snapshot
    told: Telling


@dataclass
class Releases:
    """The run in use, or why there is none; and why a newer folder is not in use.

    seen: by which a change of the folder is noticed. lock: one change at a time.
    """

    folder: Path
    store: EventStore
    current: Serving | HoldfastError
    refused: HoldfastError | None = None
    seen: Signature = NOTHING
    lock: Lock = field(default_factory=Lock)


def open_releases(folder: Path, store: EventStore) -> Releases:
    """Load what there is. A missing or damaged folder is kept as the answer to give until it is mended."""
    nothing = MissingRelease("nothing was loaded yet")
    releases = Releases(folder, store, nothing)
    reload(releases)
    return releases


def reload(releases: Releases) -> Reload:
    """Load the folder if it changed since the last attempt, and swap it in if nothing is wrong with it."""
    with releases.lock:
        seen = _signature(releases.folder)
        if seen == releases.seen and (seen != NOTHING or isinstance(releases.refused, MissingRelease)):
            return Reload.UNCHANGED
        if seen == NOTHING and isinstance(releases.current, Serving):
            return Reload.UNCHANGED  # it is being written; the manifest comes last
        try:
            releases.current, releases.refused = _read(releases), None
        except StoreUnavailable as error:  # tried again next time
            _keep(releases, error)
            return Reload.REFUSED
        except (MissingRelease, DamagedRelease) as error:
            releases.seen = seen
            _keep(releases, error)
            return Reload.REFUSED
        releases.seen = seen
        log.info("loaded", extra={"facts": _facts(releases.current)})
        return Reload.LOADED


async def watch(releases: Releases, seconds: float, metrics: Metrics) -> None:
    """Look for a new folder every so many seconds, for ever."""
    while True:
        await asyncio.sleep(seconds)
        found = await asyncio.to_thread(reload, releases)
        if found is not Reload.UNCHANGED:
            count(metrics, "holdfast_reloads_total", result=found.value)


def erase(releases: Releases, customer_id: str, at: int) -> Erasure:
    """Remove a customer's events and scores, now and from whatever is loaded later."""
    with releases.lock:
        current = releases.current
        types = current.told.types if isinstance(current, Serving) else telling(releases.store, "UTC").types
        erasure = releases.store.erase(customer_id, at, lambda kept: amounts_in(kept, types))
        if isinstance(current, Serving):
            left = without_customers(current.snapshot, frozenset([customer_id]))
            releases.current = replace(current, snapshot=left)
        return erasure


def without_customers(snapshot: Snapshot, gone: frozenset[str]) -> Snapshot:
    """The snapshot as if nobody had ever known of these customers."""
    if not gone:
        return snapshot
    scores, plan = _without(snapshot.scores, gone), _without(snapshot.plan, gone)
    keys = {key: one for key, one in snapshot.identities.customers.items() if one not in gone}
    return replace(
        snapshot,
        scores=scores,
        plan=plan,
        score_rows=_rows(scores),
        plan_rows=_rows(plan),
        judging=_forgetting(snapshot.judging, gone),
        identities=replace(snapshot.identities, customers=keys),
    )


def attributes_of_shop(snapshot: Snapshot) -> tuple[Attribute, ...]:
    """The attributes that the shop keeps of its customers."""
    return () if snapshot.judging is None else tuple(snapshot.judging.desk.attributes)


def _read(releases: Releases) -> Serving:
    """The folder, checked; raises `MissingRelease` or `DamagedRelease`."""
    manifest = releases.folder / MANIFEST
    snapshot = load_snapshot(releases.folder)
    check_golden(snapshot)
    run = f"{snapshot.release_id}-{sha256(manifest.read_bytes()).hexdigest()[:SHORT]}"
    attributes = attributes_of_shop(snapshot)
    told = telling(releases.store, snapshot.timezone, attributes, run)
    if snapshot.judging is not None:
        releases.store.mark(run, held_by(releases.store, told.types, snapshot.judging.histories.rows_of))
    return Serving(without_customers(snapshot, releases.store.erased()), told)


def _keep(releases: Releases, error: HoldfastError) -> None:
    """Go on with what there is, and say why."""
    releases.refused = error
    if not isinstance(releases.current, Serving):
        releases.current = error
        return
    facts = {"problem": error.message, "kept": releases.current.snapshot.release_id}
    log.error("a new release was refused", extra={"facts": facts})


def _facts(serving: Serving | HoldfastError) -> Mapping[str, object]:
    if isinstance(serving, HoldfastError):
        return {}
    as_of = iso(to_micros(serving.snapshot.as_of))
    return {"release": serving.snapshot.release_id, "as_of": as_of, "customers": len(serving.snapshot.scores)}


def _signature(folder: Path) -> Signature:
    """What changes when the manifest is written anew; `NOTHING` where there is none."""
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return NOTHING
    return found.st_mtime_ns, found.st_size, found.st_ino


def _without(columns: Columns, gone: frozenset[str]) -> Columns:
    kept = np.array([customer not in gone for customer in columns["customer_id"]], dtype=np.bool_)
    return Columns({name: array[kept] for name, array in columns.arrays.items()})


def _forgetting(judging: Judging | None, gone: frozenset[str]) -> Judging | None:
    if judging is None:
        return None
    histories = replace(judging.histories, erased=judging.histories.erased | gone)
    return replace(judging, histories=histories)


def _rows(columns: Columns) -> dict[str, int]:
    return {customer: row for row, customer in enumerate(columns["customer_id"])}
