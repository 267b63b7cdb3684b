"""Lists as they are once a consent or a complaint was told: a run's rows, but those of these customers anew.

Everything else in a list speaks as of the run: what was ordered since changes the next run's list. A row that
was judged anew is kept until more is told of its customer, which counts from the next call on. Orders told of
anybody move the instant that is spoken for, with each of them; that alone makes a row be judged again only
once it lies more than `STANDS_HOURS` behind, the oldest first, and few a call, so that nobody waits long.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import HOUR
from serving.answering import Answer, Asked, answers, joined
from serving.as_of import AsOf
from serving.columns import Columns
from serving.open_complaints import TABLE, OpenComplaint, open_complaints
from serving.snapshot import Snapshot
from serving.telling import JudgedBy, ListSince, Told

STANDS_HOURS = 1  # how far the end of the orders' feed may move until a row is judged again for that alone
REFRESHED_AT_ONCE = 25  # of these rows in one call; a row takes some ten milliseconds

_KEPT = frozenset({"customer_id", "rank", "currency", "model_version", "as_of"})


def plan_since(snapshot: Snapshot, told: Told, at: AsOf) -> Columns:
    """The plan, ranks as they were."""
    bound = _bound(snapshot, told, snapshot.plan_rows)
    return _since(snapshot, told, at, "plan", bound) if bound else snapshot.plan


def scores_since(snapshot: Snapshot, told: Told, at: AsOf) -> Columns:
    """The scores."""
    bound = _bound(snapshot, told, snapshot.score_rows)
    return _since(snapshot, told, at, "scores", bound) if bound else snapshot.scores


def waiting_since(snapshot: Snapshot, told: Told, at: AsOf) -> Sequence[OpenComplaint]:
    """The open complaints, those told of since among them; who settled theirs waits no more."""
    judging, bound = snapshot.judging_or_refuse(), told.bound()
    if not bound:
        return snapshot.waiting
    within, by = judging.desk.judge.policy.answer_within_hours, max(at.instant, told.newest())
    since = told.told_rows_of(bound)
    known = (joined(judging, one, since.get(one, {}), None) for one in sorted(bound))
    rows = (row for each in known for row in each.get(TABLE, ()))
    others = (each for each in snapshot.waiting if each.customer_id not in bound)
    return snapshot.by_value_at_risk([*others, *open_complaints(rows, by, within)])


def _bound(snapshot: Snapshot, told: Told, rows: Mapping[str, int]) -> Mapping[str, int]:
    """Who of a list may be answered otherwise, and how many events were told of each."""
    bound = told.bound() if snapshot.judging is not None else {}
    return {one: events for one, events in bound.items() if one in rows}


def _since(snapshot: Snapshot, told: Told, at: AsOf, name: str, bound: Mapping[str, int]) -> Columns:
    """The list as it is now. Who finds it being made anew waits only where it lacks what was told."""
    run, rows = {
        "plan": (snapshot.plan, snapshot.plan_rows),
        "scores": (snapshot.scores, snapshot.score_rows),
    }[name]
    lists, last = told.lists, _last(told, name, run)
    lacking = _lacking(last, bound)
    if not (lacking or _aged(last, bound, at)) or not lists.lock.acquire(blocking=bool(lacking)):
        return last.columns
    try:
        last = _last(told, name, run)  # others may have been here meanwhile
        if due := _lacking(last, bound) or ([] if lacking else _aged(last, bound, at)):
            anew = list(answers(snapshot, told, [Asked(one) for one in due], at))
            found = _replaced(last.columns, np.array([rows[one] for one in due]), anew)
            by = {one: JudgedBy(bound[one], at.instant) for one in due}
            last = lists.last[name] = ListSince(run, {**last.judged, **by}, found)
    finally:
        lists.lock.release()
    return last.columns


def _last(told: Told, name: str, run: Columns) -> ListSince:
    """The list as it came out last, or the run's own."""
    last = told.lists.last.get(name)
    return last if last is not None and last.run is run else ListSince(run, {}, run)


def _lacking(last: ListSince, bound: Mapping[str, int]) -> list[str]:
    """Those of whom more was told than a list holds (never less: whoever is erased is in no list)."""
    held = last.judged
    return sorted(one for one, events in bound.items() if one not in held or held[one].events < events)


def _aged(last: ListSince, bound: Mapping[str, int], at: AsOf) -> list[str]:
    """Those whose rows lie too far behind an instant, the oldest first, as many as are judged in one call."""
    latest = at.instant - STANDS_HOURS * HOUR
    behind = ((by.instant, one) for one, by in last.judged.items() if one in bound and by.instant < latest)
    return [one for _, one in sorted(behind)[:REFRESHED_AT_ONCE]]


def _replaced(columns: Columns, places: NDArray[np.int64], anew: Sequence[Answer]) -> Columns:
    arrays = {
        name: array if name in _KEPT else _with(array, places, name, anew)
        for name, array in columns.arrays.items()
    }
    return Columns(arrays)


def _with(array: NDArray[Any], places: NDArray[np.int64], name: str, anew: Sequence[Answer]) -> NDArray[Any]:
    found = array.copy()
    found[places] = [_stored(one[name], array.dtype.kind) for one in anew]
    return found


def _stored(value: Any, kind: str) -> Any:
    """A value of an answer as columns keep it."""
    if kind == "M":
        return np.datetime64("NaT" if value is None else value.removesuffix("Z"), "us")
    return np.nan if value is None and kind == "f" else value
