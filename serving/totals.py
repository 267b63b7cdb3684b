"""What the matching customers amount to, and how many of them each stage holds."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage
from serving.columns import Columns
from serving.filters import AtRiskQuery, matching


@dataclass(frozen=True)
class Totals:
    """What all matching customers amount to; amounts in minor units, gains of those to contact only."""

    customers: int
    to_contact: int
    value_at_risk_minor: int
    expected_gain_minor: int


def totals_of(plan: Columns, rows: NDArray[np.int64]) -> Totals:
    """Sums over the matching rows of the plan."""
    free = rows[plan.is_null("do_not_contact_reason")[rows]]
    return Totals(
        customers=len(rows),
        to_contact=len(free),
        value_at_risk_minor=int(plan["value_at_risk_minor"][rows].sum()),
        expected_gain_minor=int(plan["expected_gain_minor"][free].sum()),
    )


def stage_counts(plan: Columns, query: AtRiskQuery) -> dict[LifecycleStage, int]:
    """How many customers asking for each stage would show, all other filters kept.

    The stages that occur in the plan, and those asked for, in the order of `LifecycleStage`.
    """
    others = query.model_copy(update={"lifecycle_stage": []})
    found = Counter(plan["lifecycle_stage"][matching(plan, others)].tolist())
    occurring = {*plan["lifecycle_stage"].tolist(), *query.lifecycle_stage}
    return {stage: found[stage] for stage in LifecycleStage if stage in occurring}
