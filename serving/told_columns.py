"""The run's own answers of many customers at once: by column, or as JSON without a dictionary each."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.domain.text import normalise
from serving.answering import NO_ACTION, PLANNED, unknown
from serving.plain_routes import json_bytes
from serving.rows import cells
from serving.snapshot import Snapshot
from serving.written import nulls

Told: TypeAlias = Mapping[str, list[Any]]

NULL = "null"
KNOWN: Mapping[str, Any] = {"known": True, "decided_by": PLANNED}


def looked_up_columns(snapshot: Snapshot, customer_ids: Sequence[str]) -> Told:
    """The run's own answers by column, in the order asked; cold starts of who is unknown."""
    rows, planned = _places(snapshot, customer_ids)
    columns = {name: cells(array, rows) for name, array in snapshot.answered_scores.items()}
    columns |= {name: cells(array, planned) for name, array in snapshot.answered_actions.items()}
    columns |= {name: [value] * len(rows) for name, value in KNOWN.items()}
    for place in np.flatnonzero(planned < 0).tolist():
        _put(columns, place, NO_ACTION)
    for place in np.flatnonzero(rows < 0).tolist():
        _put(columns, place, unknown(snapshot, customer_ids[place]))
    return columns


def looked_up_json(
    snapshot: Snapshot, customer_ids: Sequence[str], fields: Collection[str] | None
) -> list[bytes]:
    """The same as a JSON object for each customer; fields: only these, if named."""
    rows, planned = _places(snapshot, customer_ids)
    scores = snapshot.written_scores.rows(rows, fields)
    actions = snapshot.written_actions.rows(planned, fields)
    no_action = nulls([name for name in snapshot.written_actions.form if _wanted(name, fields)])
    for place in np.flatnonzero(planned < 0).tolist():
        actions[place] = no_action
    known = json_bytes({name: value for name, value in KNOWN.items() if _wanted(name, fields)})[1:-1]
    parts = zip(scores, actions, [known] * len(rows), strict=True)
    told = [b"{%b}" % b",".join([each for each in members if each]) for members in parts]
    for place in np.flatnonzero(rows < 0).tolist():
        answer = unknown(snapshot, customer_ids[place])
        told[place] = json_bytes({name: value for name, value in answer.items() if _wanted(name, fields)})
    return told


def json_rows(columns: Told) -> list[bytes]:
    """A JSON object for each row of plain values."""
    row = "{" + ",".join(f"{json.dumps(name)}:%s" for name in columns) + "}"
    texts = zip(*(_encoded(values) for values in columns.values()), strict=True)
    return [(row % each).encode("utf-8", "replace") for each in texts]


def _wanted(name: str, fields: Collection[str] | None) -> bool:
    return fields is None or name in fields


def _places(snapshot: Snapshot, customer_ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of scores and plan of each customer; −1 for none."""
    names = [each if each in snapshot.score_rows else normalise(each) for each in customer_ids]
    places = (snapshot.score_rows, snapshot.plan_rows)
    rows, planned = (np.array([each.get(name, -1) for name in names], np.int64) for each in places)
    return rows, planned


def _put(columns: Told, place: int, answer: Mapping[str, Any]) -> None:
    for name, value in answer.items():
        columns[name][place] = value


def _encoded(values: list[Any]) -> list[str]:
    """JSON of each value of a column."""
    kind = next((type(value) for value in values if value is not None), None)
    if kind is str:
        known: dict[Any, str] = {value: _TEXT(value) for value in set(values) if value is not None}
        known[None] = NULL
        return [known[value] for value in values]
    write = _WRITTEN.get(kind, _nothing)
    return [NULL if value is None else write(value) for value in values]


def _nothing(_: Any) -> str:
    return NULL


_TEXT = json.JSONEncoder(ensure_ascii=False).encode
_WRITTEN: Mapping[type | None, Callable[[Any], str]] = {
    int: str,
    float: float.__repr__,
    bool: lambda value: "true" if value else "false",
}
