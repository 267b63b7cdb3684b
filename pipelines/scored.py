"""The table `scores`: what was predicted and decided of every customer, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.instants import DAY, SECOND
from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame
from models.policy.assess import Assessment
from models.policy.consent import UNKNOWN
from models.release import Manifest
from pipelines.customer_facts import NEVER, last_purchase


@dataclass(frozen=True)
class Scored:
    """Predictions for n customers in order of customer_id; amounts in minor units.

    p: NaN where no model could be learned. known: whether the customer has features; others are cold starts.
    """

    customer_id: NDArray[np.object_]
    known: NDArray[np.bool_]
    p: NDArray[np.float64]
    lifetime_value: NDArray[np.int64]
    stake: NDArray[np.int64]
    stake_low: NDArray[np.int64]
    model_used: NDArray[np.object_]


def among(ids: NDArray[np.object_], parts: Sequence[Scored], cold_start_rate: float) -> Scored:
    """Everyone [n], ids ascending: those of the parts as they say, the others cold starts worth nothing."""
    rows = len(ids)
    without_features = ModelUsed.NONE if np.isnan(cold_start_rate) else ModelUsed.COLD_START
    places = [np.searchsorted(ids, part.customer_id) for part in parts]

    def whole(name: str, otherwise: Any, kind: type) -> NDArray[Any]:
        column: NDArray[Any] = np.full(rows, otherwise, dtype=kind)
        for at, part in zip(places, parts, strict=True):
            column[at] = getattr(part, name)
        return column

    return Scored(
        customer_id=ids,
        known=whole("known", otherwise=False, kind=np.bool_),
        p=whole("p", cold_start_rate, np.float64),
        lifetime_value=whole("lifetime_value", 0, np.int64),
        stake=whole("stake", 0, np.int64),
        stake_low=whole("stake_low", 0, np.int64),
        model_used=whole("model_used", without_features.value, np.object_),
    )


def scores_table(
    scored: Scored,
    assessment: Assessment,
    frame: FeatureFrame,
    manifest: Manifest,
    told: tuple[Sequence[str | None] | NDArray[np.object_], ...],
    *,
    tables: Path,
    as_of: int,
) -> pa.Table:
    """The table `scores`: one row per customer, in order of customer_id.

    told: why this stage, then why this risk, in words [n].
    """
    rows = len(scored.p)
    stage_told, *reasons = told
    last = last_purchase(tables, scored.customer_id, as_of)
    at_risk = np.floor(np.nan_to_num(scored.p) * np.maximum(scored.stake, 0)).astype(np.int64)
    complaints = spread(scored.known, _column(frame, "complaints_open"), np.nan)
    return pa.table(
        {
            "customer_id": pa.array(scored.customer_id, pa.string()),
            "lifecycle_stage": pa.array(assessment.lifecycle_stage.astype(object), pa.string()),
            "stage_reason": pa.array(stage_told, pa.string()),
            "churn_probability": pa.array(scored.p, mask=np.isnan(scored.p)),
            "lifetime_value_minor": scored.lifetime_value,
            "value_at_stake_minor": scored.stake,
            "value_at_stake_low_minor": scored.stake_low,
            "value_at_risk_minor": at_risk,
            "incentive_cap_minor": assessment.choice.incentive_cap_minor,
            "currency": pa.repeat(manifest.currency, rows),
            "value_window_days": pa.repeat(manifest.value_window_days, rows),
            "response_state": pa.array(assessment.response_state.astype(object), pa.string()),
            "main_reason": _words(assessment.main_reason),
            **{f"reason_{number}": pa.array(words, pa.string()) for number, words in enumerate(reasons, 1)},
            "do_not_contact_reason": _words(assessment.do_not_contact_reason),
            "last_order_at": _instants(last, last != NEVER),
            "next_order_expected_by": _next_order(
                last, spread(scored.known, _column(frame, "gap_mean_days"), np.nan)
            ),
            "open_complaints": np.nan_to_num(complaints).astype(np.int64),
            "model_used": pa.array(scored.model_used, pa.string()),
            "model_version": pa.repeat(manifest.release_id, rows),
            "as_of": _instants(np.full(rows, as_of), np.ones(rows, dtype=bool)),
        }
    )


def spread(known: NDArray[np.bool_], values: NDArray[Any], otherwise: float | str | None) -> NDArray[Any]:
    """Values of the known customers [k] in their places [n], `otherwise` in the others."""
    whole = np.full(len(known), otherwise, dtype=values.dtype)
    whole[known] = values
    return whole


def placed(codes: NDArray[np.int8], at: NDArray[np.intp], rows: int) -> NDArray[np.int8]:
    """Consent codes at their rows [n]; unknown for a customer without a row in `customers`."""
    whole = np.full(rows, UNKNOWN, dtype=np.int8)
    whole[at] = codes
    return whole


def _column(frame: FeatureFrame, name: str) -> NDArray[np.float64]:
    """A feature as float64; all NaN when the source lacks it."""
    if not frame.has(name):
        return np.full(len(frame), np.nan)
    return frame.column(name).astype(np.float64)


def _next_order(last: NDArray[np.int64], gap_days: NDArray[np.float64]) -> pa.Array:
    """When the next order is due by the customer's own mean gap; null where there is no rhythm yet."""
    rhythm = np.isfinite(gap_days) & (last != NEVER)
    # Whole seconds: a mean gap is a float32, and its last digits are no knowledge.
    ahead = np.rint(np.where(rhythm, gap_days, 0.0) * (DAY // SECOND)).astype(np.int64) * SECOND
    return _instants(np.where(rhythm, last, 0) + ahead, rhythm)


def _instants(micros: NDArray[np.int64], known: NDArray[np.bool_]) -> pa.Array:
    return pa.array(np.where(known, micros, 0), pa.timestamp("us", tz="UTC"), mask=~known)


def _words(values: NDArray[np.str_]) -> pa.Array:
    return pa.array(values.astype(object), pa.string(), mask=values == "")
