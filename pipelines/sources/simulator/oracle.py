"""What nobody in the shop can see: latent truth, verdicts and potential outcomes. For the oracle report."""

from collections.abc import Mapping
from math import factorial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER, arrow_table, column, instants, words
from pipelines.sources.simulator.campaigns import TRIAL, arm_names
from pipelines.sources.simulator.customers import ERLANG_SHAPES
from pipelines.sources.simulator.departures import CAUSES, COMPLAINT
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS
from pipelines.sources.simulator.orders import Lines
from pipelines.sources.simulator.settings import DAYS_PER_YEAR
from pipelines.sources.simulator.shop_time import OUTLOOK_DAYS

Floats = NDArray[np.float64]


def oracle_tables(wishes: Wishes, history: History, lines: Lines) -> Mapping[str, pa.Table]:
    """Latent truth by subject.

    customers: latent state at the end, true chance of churn, and what came of it within a horizon.
    complaints: the law's verdicts. trial: retention of each of its customers under every arm, with the same
    luck.
    """
    return {
        "customers": _customers(wishes, history, lines),
        "complaints": _complaints(wishes, history),
        "trial": _trial(wishes, history),
    }


def churn_probability(wishes: Wishes, history: History) -> Floats:
    """P(no order within a horizon of the end | latent rates, and whether the customer has left already).

    1 − Σ_d P(the next order falls on day d) · P(nature has not called by then), with the Erlang renewal
    process on the busy clock. Complaints and offers after the end do not enter: they follow orders.
    """
    customers, time = wishes.customers, wishes.time
    elapsed = np.maximum(0, time.busy[time.days] - _last_wish_busy(wishes))
    ahead = time.busy[time.days : time.days + OUTLOOK_DAYS + 1] - time.busy[time.days]
    waits = _still_waiting(customers.rate, customers.regularity, elapsed, ahead)
    spared = _days_spared(wishes, history)
    midday = np.arange(OUTLOOK_DAYS) + 0.5
    stays = np.exp(-customers.hazard[:, None] * np.maximum(0, midday - spared[:, None]))
    orders_again = (-np.diff(waits, axis=1) * stays).sum(axis=1)
    return np.where(history.lives.leaves_at <= time.end, 1.0, 1 - orders_again)


def _still_waiting(rate: Floats, shape: NDArray[np.int64], elapsed: Floats, ahead: Floats) -> Floats:
    """P(no order in `ahead` more busy days | none in `elapsed`) [n, days]: a ratio of Erlang tails.

    Erlang tail S(x) = e^(−kλx) Σ_{j<k} (kλx)^j / j!; the exponentials cancel before they underflow.
    """
    speed = (shape * rate)[:, None]
    before, after = speed * elapsed[:, None], speed * (elapsed[:, None] + ahead)
    top, bottom = np.zeros_like(after), np.zeros_like(before)
    for power in range(max(ERLANG_SHAPES)):
        counts = (power < shape)[:, None] / factorial(power)
        top += counts * after**power
        bottom += counts * before**power
    return np.exp(before - after) * top / bottom


def _last_wish_busy(wishes: Wishes) -> Floats:
    """The busy clock at each customer's last wish to order before the end (at the start if none)."""
    past = np.flatnonzero(wishes.orders.at <= wishes.time.end)
    last = np.full(len(wishes.customers), wishes.time.start)
    last[wishes.orders.customer[past]] = wishes.orders.at[past]
    day = np.interp(last, wishes.time.midnights, np.arange(len(wishes.time.midnights)))
    return wishes.time.busy_at(day)


def _days_spared(wishes: Wishes, history: History) -> Floats:
    """Days after the end for which a recent complaint has suspended natural departure."""
    made = np.flatnonzero(history.made & (wishes.complaints.opened_at <= wishes.time.end))
    last = np.full(len(wishes.customers), wishes.time.start - LAW_DAYS * DAY)
    last[wishes.complaints.customer[made]] = wishes.complaints.opened_at[made]
    return np.maximum(0, LAW_DAYS - (wishes.time.end - last) / DAY)


def _customers(wishes: Wishes, history: History, lines: Lines) -> pa.Table:
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
            "churn_probability": churn_probability(wishes, history),
            "churned": orders_ahead == 0,
            "margin_minor": margin,
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
