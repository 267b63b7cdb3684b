"""Golden rows: a few customers judged anew must come out as the run that judged everybody wrote them.

What a release's hashes cannot tell (another library, another processor, a half-installed update) shows here,
before anybody is answered.
"""

from math import isclose
from typing import Any

import numpy as np

from models.contract.told_rows import Rows
from models.domain.errors import DamagedRelease
from models.domain.instants import to_micros
from models.domain.words import words_in
from models.policy.caps_table import caps_columns, cell
from models.retention.judging.columns import score_columns
from models.retention.judging.from_rows import known_of, said_of
from models.retention.judging.judge import Judged, judged
from serving.judging import Judging
from serving.manifest import CAPS_FILE, REBUILD, SCORES_FILE
from serving.snapshot import Snapshot

GOLDEN = 16
COMPARED = (
    "churn_probability",
    "lifetime_value_minor",
    "value_at_stake_minor",
    "value_at_stake_low_minor",
    "incentive_cap_minor",
    "lifecycle_stage",
    "do_not_contact_reason",
    "reason_1",
    "model_used",
)


def check_golden(snapshot: Snapshot, most: int = GOLDEN) -> None:
    """Judge customers spread over the scores anew. Raises `DamagedRelease` where any comes out otherwise.

    A folder of an earlier version, without histories, has nothing to judge from.
    """
    if snapshot.judging is None or not len(snapshot.scores):
        return
    chosen = np.unique(np.linspace(0, len(snapshot.scores) - 1, most).astype(np.int64))
    found = _anew(snapshot, snapshot.judging, [snapshot.scores["customer_id"][row] for row in chosen])
    for row in chosen:
        expected = snapshot.scores.row(int(row))
        got = found.get(expected["customer_id"], {})
        other = [name for name in COMPARED if got.get(name) != expected[name]]
        if other:
            raise DamagedRelease(
                f"a customer judged anew comes out otherwise than {SCORES_FILE} has it: {', '.join(other)}",
                allowed=str({name: expected[name] for name in other}),
                given={name: got.get(name) for name in other},
                remedy=f"{REBUILD} See that the server has the same versions of libraries as the pipeline.",
            )


def _anew(snapshot: Snapshot, judging: Judging, customers: list[str]) -> dict[str, dict[str, object]]:
    """What is compared of each customer, judged from the batch's rows at the run's own as-of."""
    desk, words = judging.desk, words_in(snapshot.language)
    rows_of: dict[str, Rows] = {one: judging.histories.rows_of(one) or {} for one in customers}
    known = known_of(desk, rows_of, to_micros(snapshot.as_of))
    if not len(known.customer_id):
        return {}
    result = judged(desk.judge, known)
    _check_caps(snapshot, result)
    columns = score_columns(result, result.assessed(), said_of(desk, known, rows_of, words), words)
    return {
        customer: {name: _plain(columns[name][row]) for name in COMPARED}
        for row, customer in enumerate(columns["customer_id"])
    }


def _check_caps(snapshot: Snapshot, result: Judged) -> None:
    """The run's caps of those who were judged anew. Raises `DamagedRelease` where any comes out otherwise."""
    if snapshot.caps is None:
        return
    ids, policy = result.scored.customer_id, result.judge.policy
    columns, _ = caps_columns(result.inputs, policy, result.mean_order_amount_minor)
    for place, customer_id in enumerate(ids):
        expected = {name: values.item(place) for name, values in columns.items()}
        row = snapshot.caps_rows[customer_id]
        got = {name: cell(column, row) for name, column in snapshot.caps.columns.items()}
        other = [name for name, value in expected.items() if not _same(value, got.get(name))]
        if other:
            raise DamagedRelease(
                f"a customer judged anew has other caps than {CAPS_FILE}: {', '.join(other)}",
                allowed=str({name: expected[name] for name in other}),
                given={name: got.get(name) for name in other},
                remedy=REBUILD,
            )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9)
    return bool(one == other or (other is None and one != one))  # noqa: PLR0124  # NaN


def _plain(value: object) -> object:
    """As the scores' own rows are read: no number and no word are null."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain == "" or (isinstance(plain, float) and np.isnan(plain)):
        return None
    return plain
