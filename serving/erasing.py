"""A run as if nobody had ever known of some customers: what an erasure leaves of it."""

from dataclasses import replace

import numpy as np

from serving.columns import Columns
from serving.judging import Judging
from serving.snapshot import Snapshot


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
