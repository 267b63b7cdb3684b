"""The columns that the server reads from `data/serving`, in the order in which lists carry them."""

from collections.abc import Mapping
from enum import StrEnum

from models.contract.columns import Kind
from models.domain.vocabulary import (
    DoNotContactReason,
    LifecycleStage,
    MainReason,
    ModelUsed,
    ResponseState,
)
from models.policy.save_list import CODE, COLUMNS, RATE

_STORED_AS = {RATE: Kind.NUMBER, CODE: Kind.CATEGORY}

PLAN: Mapping[str, Kind] = {
    column.name: _STORED_AS.get(column.holds) or Kind(column.holds) for column in COLUMNS
}
PLAN_ONLY = (
    "rank",
    "recommended_action",
    "recommended_offer",
    "owner",
    "channel",
    "act_by",
    "expected_gain_minor",
)
SCORES: Mapping[str, Kind] = {name: kind for name, kind in PLAN.items() if name not in PLAN_ONLY}

CODED: Mapping[str, type[StrEnum]] = {
    "lifecycle_stage": LifecycleStage,
    "main_reason": MainReason,
    "response_state": ResponseState,
    "do_not_contact_reason": DoNotContactReason,
    "model_used": ModelUsed,
}

# One run's facts: the same in every row, and the same as `serving.json` says.
RUN_WIDE = ("currency", "model_version", "as_of")

# Without these a row answers nothing.
SCORES_NEVER_NULL = ("customer_id", "incentive_cap_minor", "model_used")
PLAN_NEVER_NULL = (*SCORES_NEVER_NULL, "rank", "value_at_risk_minor", "expected_gain_minor")
