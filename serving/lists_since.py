"""Lists as they are once a consent or a complaint was told: a run's rows, but those of these customers anew.

Everything else in a list speaks as of the run: what was ordered since changes the next run's list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.answering import Answer, Asked, answers, joined
from serving.as_of import AsOf
from serving.columns import Columns
from serving.open_complaints import TABLE, OpenComplaint, open_complaints
from serving.snapshot import Snapshot
from serving.telling import ListSince, Told

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
    """The list as it is now: as it came out last, but for those of whom something was told meanwhile."""
    run, rows = {
        "plan": (snapshot.plan, snapshot.plan_rows),
        "scores": (snapshot.scores, snapshot.score_rows),
    }[name]
    with told.lists.lock:
        last = told.lists.last.get(name)
        if last is None or last.run is not run or last.instant != at.instant:
            last = ListSince(run, at.instant, {}, run)
        told_of = sorted(one for one, events in bound.items() if last.events.get(one) != events)
        if told_of:
            anew = list(answers(snapshot, told, [Asked(one) for one in told_of], at))
            found = _replaced(last.columns, np.array([rows[one] for one in told_of]), anew)
            last = told.lists.last[name] = ListSince(run, at.instant, bound, found)
    return last.columns


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
