"""Answers by column: looked up for many customers at once, and written as JSON without a dictionary each.

Codes and sentences repeat by the thousand, so each text of a column is encoded once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.domain.text import normalise
from serving.answering import NO_ACTION, PLANNED, unknown
from serving.rows import cells
from serving.snapshot import Snapshot

Told: TypeAlias = Mapping[str, list[Any]]


def looked_up_columns(snapshot: Snapshot, customer_ids: Sequence[str]) -> Told:
    """The run's own answers by column, in the order asked; cold starts of who is unknown."""
    names = [normalise(each) for each in customer_ids]
    rows = _places(snapshot.score_rows, names)
    planned = _places(snapshot.plan_rows, names)
    columns = {name: cells(array, rows) for name, array in snapshot.answered_scores.items()}
    columns |= {name: cells(array, planned) for name, array in snapshot.answered_actions.items()}
    columns |= {"known": [True] * len(names), "decided_by": [PLANNED] * len(names)}
    for place in np.flatnonzero(planned < 0).tolist():
        _put(columns, place, NO_ACTION)
    for place in np.flatnonzero(rows < 0).tolist():
        _put(columns, place, unknown(snapshot, customer_ids[place]))
    return columns


def _places(places: Mapping[str, int], names: Sequence[str]) -> NDArray[np.int64]:
    return np.array([places.get(name, -1) for name in names], np.int64)


def _put(columns: Told, place: int, answer: Mapping[str, Any]) -> None:
    for name, value in answer.items():
        columns[name][place] = value


def json_rows(columns: Told) -> list[str]:
    """A JSON object for each row."""
    row = "{" + ",".join(f"{json.dumps(name)}:%s" for name in columns) + "}"
    return [row % cells for cells in zip(*map(_encoded, columns.values()), strict=True)]


def _encoded(values: list[Any]) -> list[str]:
    """JSON of each value of a column."""
    kind = next((type(value) for value in values if value is not None), None)
    if kind is str:
        known: dict[Any, str] = {value: _TEXT(value) for value in set(values) if value is not None}
        known[None] = "null"
        return [known[value] for value in values]
    write = _WRITTEN.get(kind, _nothing)
    return ["null" if value is None else write(value) for value in values]


def _nothing(_: Any) -> str:
    return "null"


_TEXT = json.JSONEncoder(ensure_ascii=False).encode
_WRITTEN: Mapping[type | None, Callable[[Any], str]] = {
    int: str,
    float: float.__repr__,
    bool: lambda value: "true" if value else "false",
}
