"""Lists as they are once a consent or a complaint was told: a run's rows, but those of these customers anew.

Everything else in a list speaks as of the run: what was ordered since changes the next run's list.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.answering import Answer, Asked, answers, rows_known
from serving.as_of import AsOf
from serving.columns import Columns
from serving.open_complaints import TABLE, OpenComplaint, open_complaints
from serving.snapshot import Snapshot
from serving.telling import Told

_KEPT = frozenset({"customer_id", "rank", "currency", "model_version", "as_of"})


def plan_since(snapshot: Snapshot, told: Told, at: AsOf) -> Columns:
    """The plan, ranks as they were."""
    return _since(snapshot, told, at, snapshot.plan, snapshot.plan_rows)


def scores_since(snapshot: Snapshot, told: Told, at: AsOf) -> Columns:
    """The scores."""
    return _since(snapshot, told, at, snapshot.scores, snapshot.score_rows)


def waiting_since(snapshot: Snapshot, told: Told, at: AsOf) -> Sequence[OpenComplaint]:
    """The open complaints, those told of since among them; who settled theirs waits no more."""
    judging, bound = snapshot.judging_or_refuse(), told.bound()
    if not bound:
        return snapshot.waiting
    within, by = judging.desk.judge.policy.answer_within_hours, max(at.instant, told.newest())
    rows = (row for one in sorted(bound) for row in rows_known(judging, told, one).get(TABLE, ()))
    others = (each for each in snapshot.waiting if each.customer_id not in bound)
    return snapshot.by_value_at_risk([*others, *open_complaints(rows, by, within)])


def _since(snapshot: Snapshot, told: Told, at: AsOf, columns: Columns, rows: Mapping[str, int]) -> Columns:
    listed = sorted(told.bound() & rows.keys()) if snapshot.judging is not None else []
    if not listed:
        return columns
    anew = list(answers(snapshot, told, [Asked(one) for one in listed], at))
    places = np.array([rows[one] for one in listed])
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
