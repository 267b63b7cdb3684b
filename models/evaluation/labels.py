"""What happened after a snapshot: the truth that models are trained on and judged by.

Labels read the future of a snapshot and nothing else here does; features never import this module. A label
is what was known when its window closed: a line that came in later must not reach a model that a backtest
says was trained by then.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import InvalidSetting
from models.domain.instants import DAY, local_date, local_midnight
from models.evaluation.schedule import Schedule

UNKNOWN = -1


@dataclass(frozen=True)
class OrderLines:
    """Order lines in order of time.

    customer: int64 [n], codes into `customer_ids` (sorted strings). ordered_at, known_at: int64 [n],
    microseconds. amount_minor, margin_minor: int64 [n], minor units; returns are negative.
    """

    customer_ids: NDArray[np.object_]
    customer: NDArray[np.int64]
    ordered_at: NDArray[np.int64]
    known_at: NDArray[np.int64]
    amount_minor: NDArray[np.int64]
    margin_minor: NDArray[np.int64]


@dataclass(frozen=True)
class Labels:
    """One row per customer with a purchase known at the snapshot, in order of snapshot, then customer.

    churned: int8 [n], 1 no purchase in the horizon, 0 a purchase, -1 the horizon has not closed.
    margin_minor: int64 [n], discounted contribution margin over W, meaningful where value_closed.
    """

    customer: NDArray[np.int64]
    snapshot: NDArray[np.int64]
    churned: NDArray[np.int8]
    margin_minor: NDArray[np.int64]
    value_closed: NDArray[np.bool_]


def margin_of(
    amount_minor: NDArray[np.int64],
    margin_minor: NDArray[np.float64] | None,
    margin_share: float | None,
) -> NDArray[np.int64]:
    """Contribution margin per line: as given, and amount × share where it is not (NaN or no column).

    Raises `InvalidSetting` when a margin is missing and no share was declared: there is no honest default.
    """
    given = np.full(len(amount_minor), np.nan) if margin_minor is None else margin_minor
    missing = np.isnan(given)
    if missing.any() and margin_share is None:
        raise InvalidSetting(
            "`value.margin_share` is required because order lines have no margin",
            allowed="a share of the amount between 0 and 1",
            given=f"{int(missing.sum())} of {len(missing)} lines without margin_minor",
            remedy="Set value.margin_share in params.yaml, or bring a margin_minor column.",
        )
    assumed = amount_minor * (margin_share if margin_share is not None else 0.0)
    return np.rint(np.where(missing, assumed, given)).astype(np.int64)


def label(lines: OrderLines, schedule: Schedule, zone: str, annual_discount_rate: float) -> Labels:
    """Label every customer with a known purchase at every snapshot of the schedule.

    Churned: no purchase in (snapshot, snapshot + H], or within the fewer days that labels reach. Margin:
    Σ margin·(1 + r)^(−years after the snapshot) over (snapshot, snapshot + W]. A window that reaches beyond
    the as-of instant has not closed.
    """
    first_known = _first_known_purchase(lines)
    parts = [
        _label_at(
            lines,
            at,
            schedule,
            population=np.flatnonzero(first_known <= at),
            zone=zone,
            annual_discount_rate=annual_discount_rate,
        )
        for at in schedule.snapshots
    ]
    return Labels(
        customer=np.concatenate([part.customer for part in parts]),
        snapshot=np.concatenate([part.snapshot for part in parts]),
        churned=np.concatenate([part.churned for part in parts]),
        margin_minor=np.concatenate([part.margin_minor for part in parts]),
        value_closed=np.concatenate([part.value_closed for part in parts]),
    )


def window_end(snapshot: int, days: int, zone: str) -> int:
    """The local midnight `days` days after the day of the snapshot."""
    return local_midnight(local_date(snapshot, zone) + timedelta(days=days), zone)


def _first_known_purchase(lines: OrderLines) -> NDArray[np.int64]:
    """Per customer, the instant from which a purchase of theirs both had happened and was known."""
    purchase = lines.amount_minor > 0
    first = np.full(len(lines.customer_ids), np.iinfo(np.int64).max)
    seen = np.maximum(lines.ordered_at, lines.known_at)[purchase]
    np.minimum.at(first, lines.customer[purchase], seen)
    return first


def _label_at(
    lines: OrderLines,
    snapshot: int,
    schedule: Schedule,
    *,
    population: NDArray[np.int64],
    zone: str,
    annual_discount_rate: float,
) -> Labels:
    horizon_end = window_end(snapshot, schedule.learned_days, zone)
    value_end = window_end(snapshot, schedule.window_days, zone)
    churned = np.full(len(population), UNKNOWN, dtype=np.int8)
    if horizon_end <= schedule.as_of:
        churned = 1 - _bought(lines, snapshot, horizon_end)[population].astype(np.int8)
    closed = value_end <= schedule.as_of
    margin = np.zeros(len(lines.customer_ids), dtype=np.int64)
    if closed:
        margin = _margin(lines, snapshot, value_end, annual_discount_rate)
    return Labels(
        customer=population,
        snapshot=np.full(len(population), snapshot),
        churned=churned,
        margin_minor=margin[population],
        value_closed=np.full(len(population), closed),
    )


def _within(lines: OrderLines, after: int, until: int) -> slice:
    """Lines ordered in (after, until]."""
    return slice(*np.searchsorted(lines.ordered_at, [after, until], side="right"))


def _bought(lines: OrderLines, after: int, until: int) -> NDArray[np.bool_]:
    within = _within(lines, after, until)
    counts = (lines.amount_minor[within] > 0) & (lines.known_at[within] <= until)
    bought = np.zeros(len(lines.customer_ids), dtype=bool)
    bought[lines.customer[within][counts]] = True
    return bought


def _margin(lines: OrderLines, after: int, until: int, annual_discount_rate: float) -> NDArray[np.int64]:
    within = _within(lines, after, until)
    years = (lines.ordered_at[within] - after) / (365.0 * DAY)
    worth = lines.margin_minor[within] * (1.0 + annual_discount_rate) ** -years
    worth[lines.known_at[within] > until] = 0.0
    totals = np.bincount(lines.customer[within], weights=worth, minlength=len(lines.customer_ids))
    return np.rint(totals).astype(np.int64)
