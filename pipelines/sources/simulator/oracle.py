"""What nobody in the shop can see: latent truth, verdicts and potential outcomes. For the oracle report."""

import numpy as np
import pyarrow as pa

from pipelines.sources.simulator.arrow_columns import NEVER, arrow_table, column, instants, words
from pipelines.sources.simulator.campaigns import TRIAL, arm_names
from pipelines.sources.simulator.catalogue import Catalogue
from pipelines.sources.simulator.coupons_ahead import coupons_table
from pipelines.sources.simulator.departures import CAUSES, COMPLAINT
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.orders import Lines
from pipelines.sources.simulator.prospects import SPANS, Prospects, look_ahead
from pipelines.sources.simulator.settings import DAYS_PER_YEAR


def oracle_tables(
    wishes: Wishes, history: History, lines: Lines, catalogue: Catalogue
) -> dict[str, pa.Table]:
    """Latent truth by subject.

    customers: latent state at the end, true chance of churn, and what came of it within a horizon. worth:
    expected margin by span of days after the end. coupons: what one sent then would do. complaints: the law's
    verdicts. trial: retention of each of its customers under every arm, with the same luck.
    """
    prospects = look_ahead(wishes, history, catalogue)
    return {
        "customers": _customers(wishes, history, lines, prospects),
        "worth": _worth(wishes, prospects),
        "coupons": coupons_table(wishes, history, prospects),
        "complaints": _complaints(wishes, history),
        "trial": _trial(wishes, history),
    }


def _customers(wishes: Wishes, history: History, lines: Lines, prospects: Prospects) -> pa.Table:
    customers, end = wishes.customers, wishes.time.end
    left = history.lives.leaves_at <= end
    ahead = history.placed & (wishes.orders.at > end)
    orders_ahead = np.bincount(wishes.orders.customer[ahead], minlength=len(customers))
    lines_ahead = ahead[lines.order]
    margin = np.zeros(len(customers), np.int64)
    np.add.at(margin, wishes.orders.customer[lines.order[lines_ahead]], lines.margin_minor[lines_ahead])
    return arrow_table(
        {
            "customer_id": customers.ids,
            "orders_per_year": customers.rate * DAYS_PER_YEAR,
            "regularity": customers.regularity,
            "departures_per_year": customers.hazard * DAYS_PER_YEAR,
            "price_taste": customers.spend,
            "complaint_factor": customers.complaint_factor,
            "sleeping_dog": customers.dog,
            "left_at": instants(np.where(left, history.lives.leaves_at, NEVER)),
            "left_over": words(CAUSES, np.where(left, history.lives.cause, -1)),
            "churn_probability": prospects.churn_probability,
            "churned": orders_ahead == 0,
            "margin_minor": margin,
        }
    )


def _worth(wishes: Wishes, prospects: Prospects) -> pa.Table:
    """One row a customer and span of days after the end, in order of both."""
    spans = np.array(SPANS)
    after, until = np.tile(spans, (len(wishes.customers), 1)).T
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(np.repeat(np.arange(len(wishes.customers)), len(spans))),
            "after_days": after,
            "until_days": until,
            "margin_minor": prospects.margin.ravel(),
            "margin_if_silent_minor": prospects.margin_if_silent.ravel(),
            "margin_if_kept_minor": prospects.margin_if_kept.ravel(),
            "margin_if_swayed_minor": prospects.margin_if_swayed.ravel(),
        }
    )


def _complaints(wishes: Wishes, history: History) -> pa.Table:
    made = history.made & (wishes.complaints.opened_at <= wishes.time.end)
    complaints, verdicts = wishes.complaints, wishes.verdicts
    waited = complaints.answered_after_days[made]
    return arrow_table(
        {
            "customer_id": wishes.customers.id_of(complaints.customer[made]),
            "opened_at": instants(complaints.opened_at[made]),
            "answered_after_days": column(waited, np.isfinite(waited)),
            "resolved": complaints.resolved_at[made] != NEVER,
            "followed_up": complaints.followed_up_at[made] != NEVER,
            "leaves_without_complaint": verdicts.base[made],
            "leaves_probability": verdicts.probability[made],
            "lost": verdicts.lost[made],
            "left_over_a_complaint": history.lives.cause[complaints.customer[made]] == COMPLAINT,
        }
    )


def _trial(wishes: Wishes, history: History) -> pa.Table:
    (assignment,) = [given for given in history.assignments if given.campaign is TRIAL]
    retained = {f"retained_{arm}": outcome for arm, outcome in history.trial_retained.items()}
    return arrow_table(
        {
            "campaign_id": words((TRIAL.name,), np.zeros_like(assignment.customer)),
            "customer_id": wishes.customers.id_of(assignment.customer),
            "assigned_at": instants(np.full(len(assignment.customer), assignment.at)),
            "arm": words(arm_names(wishes.settings), assignment.arm),
            **retained,
        }
    )
