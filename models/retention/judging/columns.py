"""The columns of `scores`: what was predicted and decided of every customer, as arrays of one length."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, SECOND
from models.domain.words import Words
from models.features.frame import FeatureFrame
from models.policy.assess import Assessment
from models.policy.stage_words import stage_reasons
from models.retention.judging.judge import Judged
from models.retention.judging.scored import spread
from models.retention.judging.scored_reasons import reason_columns
from models.retention.judging.told import NEVER

Said = Mapping[str, Sequence[str]]


def score_columns(found: Judged, decided: Assessment, said: Said, words: Words) -> dict[str, NDArray[Any]]:
    """The table `scores` by column, customers in order of customer_id [n].

    said: families whose sentences are known already, of those with features, in their order. words: the
    language of all others. Texts are objects, '' or None where there is nothing to say; instants int64 in
    microseconds, `NEVER` for none; probabilities NaN where nobody could be scored.
    """
    scored, release, rows = found.scored, found.judge.release, len(found.scored.p)
    stage = decided.lifecycle_stage
    return {
        "customer_id": scored.customer_id,
        "lifecycle_stage": stage.astype(object),
        "stage_reason": np.array(stage_reasons(found.inputs, decided.stage_rule, stage, words), dtype=object),
        "churn_probability": scored.p,
        "lifetime_value_minor": scored.lifetime_value,
        "value_at_stake_minor": scored.stake,
        "value_at_stake_low_minor": scored.stake_low,
        "value_at_risk_minor": scored.value_at_risk,
        "incentive_cap_minor": decided.choice.incentive_cap_minor,
        "currency": np.full(rows, release.currency, dtype=object),
        "value_window_days": np.full(rows, release.value_window_days),
        "response_state": decided.response_state.astype(object),
        "main_reason": decided.main_reason.astype(object),
        **_reasons(found, decided, said, words),
        "do_not_contact_reason": decided.do_not_contact_reason.astype(object),
        "last_order_at": found.last_purchase,
        "next_order_expected_by": _next_order(
            found.last_purchase, spread(scored.known, _feature(found.frame, "gap_mean_days"), np.nan)
        ),
        "open_complaints": np.nan_to_num(
            spread(scored.known, _feature(found.frame, "complaints_open"), np.nan)
        ).astype(np.int64),
        "model_used": scored.model_used,
        "model_version": np.full(rows, release.release_id, dtype=object),
        "as_of": np.full(rows, found.as_of),
    }


def _reasons(found: Judged, decided: Assessment, said: Said, words: Words) -> dict[str, NDArray[np.object_]]:
    known = found.scored.known
    told = reason_columns(
        found.models,
        found.parts,
        found.judge.family_of,
        decided.lifecycle_stage[known],
        said=said,
        currency=found.judge.release.currency,
        level=found.level,
        words=words,
    )
    return {f"reason_{number}": spread(known, column, None) for number, column in enumerate(told, 1)}


def _feature(frame: FeatureFrame, name: str) -> NDArray[np.float64]:
    """A feature as float64; all NaN when the source lacks it."""
    if not frame.has(name):
        return np.full(len(frame), np.nan)
    return frame.column(name).astype(np.float64)


def _next_order(last: NDArray[np.int64], gap_days: NDArray[np.float64]) -> NDArray[np.int64]:
    """When the next order is due by the customer's own mean gap; `NEVER` where there is no rhythm yet."""
    rhythm = np.isfinite(gap_days) & (last != NEVER)
    # Whole seconds: a mean gap is a float32, and its last digits are no knowledge.
    ahead = np.rint(np.where(rhythm, gap_days, 0.0) * (DAY // SECOND)).astype(np.int64) * SECOND
    return np.where(rhythm, np.where(rhythm, last, 0) + ahead, NEVER)
