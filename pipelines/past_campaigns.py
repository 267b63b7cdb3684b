"""What past campaigns earned, from the offers that came back and the orders that followed: for the report."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.contract.prices import Prices
from models.contract.storage import read_summary, read_table
from models.domain.money import format_whole
from models.evaluation.campaign_profit import campaigns_told
from models.evaluation.trial_outcomes import margin_within
from models.evaluation.uplift_log import refused_campaigns
from pipelines import paths
from pipelines.order_lines import read_lines
from pipelines.params import raw_section
from pipelines.past_outcomes import stayed
from pipelines.past_trials import past_assignments, read_trials

NONE_YET = {
    "absent": "incremental profit of past campaigns",
    "reason": "no campaign with known chances, also of getting nothing, has come back and closed yet",
}


def past_campaigns() -> Mapping[str, Any]:
    """`data/metrics/policy.json`: each campaign with known chances, or a marker that there is none.

    A campaign whose propensities are not what they say is named as refused, with the reason, and not told.
    """
    as_booked = Prices(np.empty(0, np.int64), np.empty(0))
    summary = read_summary(paths.TABLES)
    of = past_assignments(summary, as_booked) if summary.first_order_at is not None else None
    if of is None:
        return NONE_YET
    refused = refused_campaigns(read_trials(), of)
    of = of.rows(np.array([name not in refused for name in of.campaign], np.bool_))
    lines = read_lines(read_table(paths.TABLES / "orders.parquet"), raw_section("value")["margin_share"])
    told = campaigns_told(of, margin_within(lines, of), stayed(lines, of)) if len(of) else []
    found = {"campaigns": told, "horizon_days": raw_section("churn")["horizon_days"]} if told else NONE_YET
    named = [{"campaign": name, "why": why} for name, why in refused.items()]
    return {**found, "refused": named} if named else found


def sentences(figures: Mapping[str, Any], currency: str) -> Sequence[str]:
    """A sentence for each campaign, those that are refused last."""
    return [
        *(_sentence(each, figures["horizon_days"], currency) for each in figures.get("campaigns", [])),
        *(
            f"Campaign “{each['campaign']}” is left out, its chances are not what they say: {each['why']}."
            for each in figures.get("refused", [])
        ),
    ]


def _sentence(campaign: Mapping[str, Any], days: int, currency: str) -> str:
    profit, kept = campaign["incremental_profit_minor"], campaign["customers_kept"]
    earned, low, high = (format_whole(round(profit[name]), currency) for name in ("value", "low", "high"))
    return (
        f"Campaign “{campaign['campaign']}” treated {campaign['treated']:,} of {campaign['customers']:,} "
        f"customers: it kept {kept['value']:,.0f} ({kept['low']:,.0f} to {kept['high']:,.0f}) and earned "
        f"{earned} ({low} to {high}, nine times in ten) within {days} days, costs deducted."
    )
