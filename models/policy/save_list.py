"""The save list: its columns, its order, who stands in it, and how it becomes tomorrow's training data."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.columns import Kind
from models.contract.tables import OFFERS
from models.domain.instants import last_day, local_midnight
from models.domain.vocabulary import LifecycleStage
from models.policy.action_settings import LEAVE_ALONE, NO_ARM

RATE = "rate"
CODE = "code"


@dataclass(frozen=True)
class ListColumn:
    """One column of the list: its name, what it holds (a contract `Kind`, a rate of 0..1 or a coded word)."""

    name: str
    holds: str
    source: str = "scores"


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("rank", Kind.INTEGER, "rank"),
    ListColumn("customer_id", Kind.ID),
    ListColumn("lifecycle_stage", CODE),
    ListColumn("churn_probability", RATE),
    ListColumn("lifetime_value_minor", Kind.MONEY),
    ListColumn("value_at_stake_minor", Kind.MONEY),
    ListColumn("value_at_stake_low_minor", Kind.MONEY),
    ListColumn("value_at_risk_minor", Kind.MONEY),
    ListColumn("incentive_cap_minor", Kind.MONEY, "choices"),
    ListColumn("currency", Kind.CATEGORY),
    ListColumn("recommended_action", CODE, "choices"),
    ListColumn("recommended_offer", Kind.CATEGORY, "choices"),
    ListColumn("owner", CODE, "choices"),
    ListColumn("channel", CODE, "choices"),
    ListColumn("act_by", Kind.INSTANT, "act_by"),
    ListColumn("expected_gain_minor", Kind.MONEY, "choices"),
    ListColumn("value_window_days", Kind.INTEGER),
    ListColumn("response_state", CODE, "choices"),
    ListColumn("stage_reason", Kind.CATEGORY),
    ListColumn("main_reason", CODE),
    ListColumn("reason_1", Kind.CATEGORY),
    ListColumn("reason_2", Kind.CATEGORY),
    ListColumn("reason_3", Kind.CATEGORY),
    ListColumn("do_not_contact_reason", CODE, "choices"),
    ListColumn("last_order_at", Kind.INSTANT),
    ListColumn("next_order_expected_by", Kind.INSTANT),
    ListColumn("open_complaints", Kind.INTEGER),
    ListColumn("model_used", CODE),
    ListColumn("model_version", Kind.CATEGORY),
    ListColumn("as_of", Kind.INSTANT),
)

ORDER = [
    ("expected_gain_minor", "descending"),
    ("value_at_risk_minor", "descending"),
    ("customer_id", "ascending"),
]
# Where nothing is known of what anybody is worth, only risk is left to go by, of those who are still there.
ORDER_UNVALUED = [
    ("lost", "ascending"),
    ("churn_probability", "descending"),
    ("customer_id", "ascending"),
]
ORDER_UNSCORED = [("last_order_at", "ascending"), ("customer_id", "ascending")]


def ranked_plan(scores: pa.Table, choices: pa.Table, zone: str) -> pa.Table:
    """Every scored customer with the chosen action, ranked from 1 [n]; the columns of `COLUMNS`.

    By expected gain of acting, ties by value at risk, then by customer_id; by the chance of leaving where
    nobody's worth is known. Where nobody could be scored (no horizon has closed yet) all stand there, the
    longest silent first. zone: whose days deadlines count. Raises `ValueError` unless both tables hold the
    same customers once.
    """
    rows = _in_order(_side_by_side(scores, choices, zone))
    ranks = pa.array(np.arange(1, rows.num_rows + 1), pa.int64())
    return rows.append_column("rank", ranks).select([column.name for column in COLUMNS])


def at_risk(plan: pa.Table) -> pa.Table:
    """The part of the plan worth reading: something is at risk or recommended, in the plan's order.

    Those to leave alone gain nothing, so they stand below, by value at risk, each with the reason.
    """
    value_at_risk = plan["value_at_risk_minor"].to_numpy()
    # Not Arrow's own conversion of text: it imports pandas where it is installed.
    action = np.array(plan["recommended_action"].to_pylist(), dtype=object)
    probability = plan["churn_probability"].to_numpy()
    return plan.filter(pa.array(worth_listing(value_at_risk, action, probability)))


def worth_listing(
    value_at_risk: NDArray[np.int64], action: NDArray[np.object_], probability: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Who stands in the list [n]: something is at risk (minor units), or an action is recommended.

    And who was not scored (probability NaN): nobody knows what is at risk.
    """
    listed: NDArray[np.bool_] = (value_at_risk > 0) | (action != LEAVE_ALONE) | np.isnan(probability)
    return listed if listed.any() else ~listed


def assignments(plan: pa.Table, choices: pa.Table) -> pa.Table:
    """Who was assigned what, as rows of the contract's `offers`, in order of customer [n].

    `choices` are those of a day's plan, which say by which campaign, by what design and with what chance each
    customer came to it. The arm of those left alone is `none`. Where no lot was drawn the propensity is
    1 and the design `targeted`: nothing may be learned from these rows as if it were an experiment.
    """
    if plan.num_rows == 0:
        return OFFERS.schema().empty_table()
    as_of = plan["as_of"]
    chosen = choices.filter(pc.is_in(choices["customer_id"], plan["customer_id"])).sort_by("customer_id")
    rows = chosen.num_rows
    alone = pc.equal(chosen["recommended_action"], LEAVE_ALONE)
    instants = pa.repeat(as_of[0], rows)
    columns = {
        "campaign_id": chosen["campaign_id"],
        "customer_id": chosen["customer_id"],
        "assigned_at": instants,
        "arm": pc.if_else(alone, NO_ARM, chosen["recommended_action"]),
        "propensity": chosen["propensity"],
        "design": chosen["design"],
        "purpose": chosen["purpose"],
        "face_value_minor": chosen["face_value_minor"],
        "contact_cost_minor": chosen["contact_cost_minor"],
        "known_at": instants,
    }
    schema = OFFERS.schema()
    return pa.table(
        {name: columns.get(name, pa.nulls(rows, schema.field(name).type)) for name in schema.names},
        schema=schema,
    )


def _in_order(everyone: pa.Table) -> pa.Table:
    scored = everyone.filter(pc.is_finite(everyone["churn_probability"]))
    if not scored.num_rows:
        return everyone.sort_by(ORDER_UNSCORED)
    if any(scored[name].to_numpy().any() for name in ("expected_gain_minor", "value_at_risk_minor")):
        return scored.sort_by(ORDER)
    lost = pc.equal(scored["lifecycle_stage"], LifecycleStage.LOST.value)
    return scored.append_column("lost", lost).sort_by(ORDER_UNVALUED)


def _side_by_side(scores: pa.Table, choices: pa.Table, zone: str) -> pa.Table:
    scores, choices = scores.sort_by("customer_id"), choices.sort_by("customer_id")
    if not scores["customer_id"].equals(choices["customer_id"]):
        raise ValueError("scores and choices do not hold the same customers")
    if pc.count_distinct(scores["customer_id"]).as_py() != scores.num_rows:
        raise ValueError("a customer is scored twice")
    chosen = {column.name: choices[column.name] for column in COLUMNS if column.source == "choices"}
    kept = {column.name: scores[column.name] for column in COLUMNS if column.source == "scores"}
    return pa.table(kept | chosen | {"act_by": _act_by(scores["as_of"], choices, zone)})


def act_by(as_of: int, days: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """The end of the last local day on which something with so many days may be done, microseconds [n]."""
    ends = {each: _day_s_end(as_of, each, zone) for each in set(days.tolist())}
    return np.array([ends[each] for each in days.tolist()], np.int64)


def _act_by(as_of: pa.ChunkedArray, choices: pa.Table, zone: str) -> pa.ChunkedArray:
    """The end of the last local day on which the action may be done, null where there is none [n].

    Local days, not times 24 hours: where clocks change, a day has another length.
    """
    known = pc.cast(as_of, pa.int64()).to_numpy()
    days, place = np.unique(
        np.stack([known, choices["deadline_days"].to_numpy()]), axis=1, return_inverse=True
    )
    due = np.array([_day_s_end(int(until), int(most), zone) for until, most in days.T], np.int64)
    alone = pc.equal(choices["recommended_action"], LEAVE_ALONE)
    return pc.if_else(alone, None, pa.chunked_array([due[place.ravel()]])).cast(as_of.type)


def _day_s_end(as_of: int, days: int, zone: str) -> int:
    """When the local day ends that comes so many days after the last one known, microseconds."""
    return local_midnight(last_day(as_of, zone) + timedelta(days=days + 1), zone)
