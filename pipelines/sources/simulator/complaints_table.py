"""The `complaints` table: what the business knew of each complaint when the tables were extracted."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import COMPLAINTS
from pipelines.sources.simulator.arrow_columns import (
    NEVER,
    column,
    contract_table,
    identifiers,
    instants,
    numbered_by_time,
    words,
)
from pipelines.sources.simulator.complaints import CHANNELS, REASONS, Complaints
from pipelines.sources.simulator.customers import Customers


def complaints_table(
    customers: Customers, complaints: Complaints, made: NDArray[np.bool_], end: int
) -> pa.Table:
    """The `complaints` table as known at `end`: what had not happened, or not been booked, is null.

    A promise is the one instant that may lie ahead, since it is known when it is given. What is learned by
    settling a complaint (cause, satisfaction) is null until it is settled. Where the business's system closed
    a complaint that nobody solved, or that came back, the day of closing stands as its solution, written over
    an earlier one as help desks do.
    """
    numbers = np.flatnonzero(made & (complaints.opened_at <= end))
    answered_at = _by(complaints.first_response_at[numbers], end)
    settled = complaints.resolved_known_at[numbers]
    settled = (settled != NEVER) & (settled <= end)
    closed_at = _by(complaints.closed_at[numbers], end)
    solved_at, known_at = (
        np.where(closed_at != NEVER, closed_at, np.where(settled, at[numbers], NEVER))
        for at in (complaints.resolved_at, complaints.resolved_known_at)
    )
    opened_at, promised_at = complaints.opened_at[numbers], complaints.promised_at[numbers]
    return contract_table(
        COMPLAINTS,
        {
            "complaint_id": identifiers("P", numbered_by_time(opened_at), 6),
            "customer_id": customers.id_of(complaints.customer[numbers]),
            "opened_at": instants(opened_at),
            "promised_at": instants(promised_at),
            "first_response_at": instants(answered_at),
            "resolved_at": instants(solved_at),
            "followed_up_at": instants(_by(complaints.followed_up_at[numbers], end)),
            "reopened_at": instants(_by(complaints.reopened_at[numbers], end)),
            "channel": words(CHANNELS, complaints.channel[numbers]),
            "reason": words(REASONS, complaints.reason[numbers]),
            "root_cause": words(REASONS, np.where(settled, complaints.cause[numbers], -1)),
            "severity": complaints.severity[numbers],
            "satisfaction": _or_null(complaints.satisfaction[numbers], settled),
            "handled_by": identifiers("T", np.where(answered_at != NEVER, complaints.team[numbers], -1), 1),
            "handling_cost_minor": _or_null(complaints.cost_minor[numbers], answered_at != NEVER),
            "promised_known_at": instants(np.where(promised_at != NEVER, opened_at, NEVER)),
            "resolved_known_at": instants(known_at),
        },
    )


def _by(moments: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    return np.where(moments <= end, moments, NEVER)


def _or_null(values: NDArray[np.int64], shown: NDArray[np.bool_]) -> pa.Array:
    return column(values, shown & (values >= 0))
