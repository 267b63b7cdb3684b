"""Which run is answered from, and how another takes its place: whole, checked, or not at all.

Requests answer from one immutable snapshot each. A new folder is read and checked beside the old one; if
anything is wrong with it the old one stays, and operators are told why.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock

from models.contract.attributes import Attribute
from models.domain.errors import HoldfastError, MissingRelease
from models.domain.instants import iso, to_micros
from serving.erasing import without_customers
from serving.golden import check_golden
from serving.loading import load_snapshot
from serving.manifest import MANIFEST
from serving.operation.beside import in_thread, repeat
from serving.operation.metrics import Metrics, count
from serving.refusals import Unsettled
from serving.snapshot import Snapshot
from serving.store.held import held_by
from serving.store.kept import Erasure, EventStore
from serving.store.refusals import StoreUnavailable
from serving.store.telling import Telling, amounts_in, telling
from serving.unusable import unusable

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
    """What one request answers from: a run, and what was told since; gone: customers who were erased."""

    snapshot: Snapshot
    told: Telling
    gone: frozenset[str] = frozenset()


@dataclass
class Releases:
    """The run in use, or why there is none; and why a newer folder is not in use.

    seen: by which a change of the folder is noticed. lock: one change at a time. check: raises why a run that
    is whole cannot be used here all the same.
    """

    folder: Path
    store: EventStore
    current: Serving | HoldfastError
    refused: HoldfastError | None = None
    seen: Signature = NOTHING
    lock: Lock = field(default_factory=Lock)
    check: Callable[[Snapshot], None] = lambda _: None


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
        if _is_settled(releases, seen):
            return Reload.UNCHANGED
        try:
            releases.current, releases.refused = _read(releases), None
        except (StoreUnavailable, Unsettled) as error:  # tried again next time
            _keep(releases, error)
            return Reload.REFUSED
        except Exception as error:  # noqa: BLE001 # a boundary: whatever a folder holds, the old one stays
            releases.seen = seen
            _keep(releases, unusable(error))
            return Reload.REFUSED
        releases.seen = seen
        log.info("loaded", extra={"facts": _facts(releases.current)})
        return Reload.LOADED


def forget_erased(releases: Releases) -> None:
    """Forget customers whom another server, which shares the store, has erased. Raises `StoreUnavailable`."""
    with releases.lock:
        current = releases.current
        if isinstance(current, Serving) and (gone := releases.store.erased() - current.gone):
            releases.current = _without_them(current, gone)


async def watch(releases: Releases, seconds: float, metrics: Metrics) -> None:
    """Look for a new folder every so many seconds, for ever."""

    async def look() -> None:
        found = await in_thread(reload, releases)
        if found is not Reload.UNCHANGED:
            count(metrics, "holdfast_reloads_total", result=found.value)
        await in_thread(forget_erased, releases)

    await repeat("releases", look, seconds, metrics)


def erase(releases: Releases, customer_id: str, at: int) -> Erasure:
    """Remove a customer's events and scores, now and from whatever is loaded later."""
    with releases.lock:
        current = releases.current
        types = current.told.types if isinstance(current, Serving) else telling(releases.store, "UTC").types
        erasure = releases.store.erase(customer_id, at, lambda kept: amounts_in(kept, types))
        if isinstance(current, Serving):
            releases.current = _without_them(current, frozenset([customer_id]))
        return erasure


def attributes_of_shop(snapshot: Snapshot) -> tuple[Attribute, ...]:
    """The attributes that the shop keeps of its customers."""
    return () if snapshot.judging is None else tuple(snapshot.judging.desk.attributes)


def _is_settled(releases: Releases, seen: Signature) -> bool:
    """Whether there is nothing to load: the folder is as it was, or not whole yet (its manifest is last)."""
    if seen == NOTHING:
        return isinstance(releases.current, Serving) or isinstance(releases.refused, MissingRelease)
    return seen == releases.seen


def _read(releases: Releases) -> Serving:
    """The folder, checked. Raises what loading or `check` raises, `Unsettled` or `StoreUnavailable`."""
    try:
        before = _manifest(releases.folder)
        snapshot = load_snapshot(releases.folder)
        if _manifest(releases.folder) != before:
            raise Unsettled("the folder changed while it was read")
    except OSError as error:  # a file went while it was read
        raise Unsettled("the folder changed while it was read", given=str(error)) from error
    releases.check(snapshot)
    check_golden(snapshot)
    run = f"{snapshot.release_id}-{before}"
    attributes = attributes_of_shop(snapshot)
    told = telling(releases.store, snapshot.timezone, attributes, run)
    if snapshot.judging is not None:
        releases.store.mark(run, held_by(releases.store, told.types, snapshot.judging.histories.rows_of))
    return _without_them(Serving(snapshot, told), releases.store.erased())


def _without_them(serving: Serving, gone: frozenset[str]) -> Serving:
    left = without_customers(serving.snapshot, gone)
    if left is not serving.snapshot:
        left.prepare()  # here, in a thread: else the next answer would
    return replace(serving, snapshot=left, gone=serving.gone | gone)


def _manifest(folder: Path) -> str:
    """What tells one run of a release from another; empty where there is no manifest."""
    path = folder / MANIFEST
    return sha256(path.read_bytes()).hexdigest()[:SHORT] if path.is_file() else ""


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
