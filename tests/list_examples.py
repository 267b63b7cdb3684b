"""Scores and choices of a handful of customers, as the stage `score` leaves them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from tests.policy_examples import COUPON, policy

INSTANT = pa.timestamp("us", tz="UTC")
POLICY_OF_LISTS = policy(actions=(replace(COUPON, face_values_minor=(500,), owner="marketing"),))
TEXTS = ("recommended_offer", "purpose", "owner", "channel", "do_not_contact_reason", "reason_2", "reason_3")

Person = tuple[str, int, int | None]  # customer, expected gain, value at risk (None: unscored)


def scores(people: Sequence[Person], as_of: datetime) -> pa.Table:
    """`scores.parquet` of these people."""
    return _table([_score(name, risk, as_of) for name, _, risk in people])


def choices(people: Sequence[Person]) -> pa.Table:
    """`choices.parquet` of these people: a coupon of 5.00 for those with a gain."""
    return _table([_choice(name, gain) for name, gain, _ in people])


def offers(people: Sequence[Person], tried: Sequence[str] = ()) -> pa.Table:
    """`offers.parquet` of these people: what they are offered at all, under `POLICY_OF_LISTS`.

    tried: who has been in an experiment of an earlier plan.
    """
    columns: dict[str, list[object]] = {"customer_id": [], "segment": []}
    for name, gain, _ in people:
        row = {"customer_id": name, "segment": "considering", "gain:coupon:500": gain if gain > 0 else None}
        for column, value in (row | {"cost:coupon:500": 140, "cap:coupon:500": 510}).items():
            columns.setdefault(column, []).append(value)
    ids = {name: pa.array(columns.pop(name), pa.string()) for name in ("customer_id", "segment")}
    ids["tried"] = pa.array([name in tried for name, _, _ in people], pa.bool_())
    return pa.table(ids | {name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _score(name: str, risk: int | None, as_of: datetime) -> dict[str, object]:
    return {
        "customer_id": name,
        "lifecycle_stage": "considering",
        "stage_reason": "still active, but 63% likely to leave: considering",
        "churn_probability": None if risk is None else 0.625,
        "lifetime_value_minor": 12_345,
        "value_at_stake_minor": 10_000,
        "value_at_stake_low_minor": 7000,
        "value_at_risk_minor": risk,
        "incentive_cap_minor": 1010,
        "currency": "EUR",
        "value_window_days": 365,
        "response_state": "assumed",
        "main_reason": "silence",
        "reason_1": "=no order for 74 days",
        "reason_2": None,
        "reason_3": None,
        "do_not_contact_reason": None,
        "last_order_at": as_of,
        "next_order_expected_by": None,
        "open_complaints": 0,
        "model_used": "boosted_and_logistic",
        "model_version": "0123456789abcdef",
        "as_of": as_of,
    }


def _choice(name: str, gain: int) -> dict[str, object]:
    acts = gain > 0
    return {
        "customer_id": name,
        "recommended_action": "coupon" if acts else "leave_alone",
        "recommended_offer": "coupon:500" if acts else None,
        "purpose": "retention" if acts else None,
        "owner": "marketing" if acts else None,
        "channel": "email" if acts else None,
        "deadline_days": 7 if acts else 0,
        "face_value_minor": 500 if acts else 0,
        "contact_cost_minor": 10 if acts else 0,
        "liability_minor": 510 if acts else 0,
        "incentive_cap_minor": 510 if acts else 0,
        "expected_gain_minor": gain,
        "expected_cost_minor": 140 if acts else 0,
        "response_state": "assumed",
        "do_not_contact_reason": None if acts else "no_gain",
    }


def _table(rows: list[dict[str, object]]) -> pa.Table:
    table = pa.Table.from_pylist(rows)
    kinds = {"next_order_expected_by": INSTANT, "last_order_at": INSTANT, "as_of": INSTANT}
    kinds |= dict.fromkeys(TEXTS, pa.string()) | {
        "value_at_risk_minor": pa.int64(),
        "churn_probability": pa.float64(),
    }
    return table.cast(
        pa.schema([pa.field(field.name, kinds.get(field.name, field.type)) for field in table.schema])
    )
