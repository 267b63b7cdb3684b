"""The recovery gestures as rows of `offers`: who was tossed for, and what was paid out."""

import numpy as np
import pyarrow as pa

from models.contract.tables import OFFERS
from models.domain.vocabulary import OfferDesign, Purpose
from pipelines.sources.simulator.arrow_columns import NEVER, contract_table, instants, words
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.recovery import FACE, GIVEN

ARMS = ("none", "refund")


def recovery_offers(wishes: Wishes, history: History) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """One row an eligible complaint; beside the table its customers' numbers and the instants.

    A refund is paid out within days, whatever the customer does: its payment is immediate.
    """
    complaints, gestures, end = wishes.complaints, wishes.complaints.gestures, wishes.time.end
    rows = np.flatnonzero(history.made & gestures.eligible & (complaints.first_response_at <= end))
    at, given = complaints.first_response_at[rows], gestures.given[rows]
    campaigns = [f"recovery_{period:02d}" for period in range(int(gestures.period.max(initial=0)) + 1)]
    same, nothing = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    face = FACE * wishes.settings.median_price_minor * price_level(wishes.settings, wishes.time.start, at)
    paid = np.where(given & (gestures.paid_at[rows] <= end), gestures.paid_at[rows], NEVER)
    table = contract_table(
        OFFERS,
        {
            "campaign_id": words(campaigns, gestures.period[rows]),
            "customer_id": wishes.customers.id_of(complaints.customer[rows]),
            "assigned_at": instants(at),
            "arm": words(ARMS, given.astype(np.int64)),
            "propensity": np.where(given, GIVEN, 1 - GIVEN),
            "design": words((OfferDesign.RANDOMISED.value,), same),
            "purpose": words((Purpose.RECOVERY.value,), same),
            "face_value_minor": np.where(given, np.rint(face), 0).astype(np.int64),
            "contact_cost_minor": nothing,
            "redeemed_at": instants(paid),
            "known_at": instants(at),
        },
    )
    return table, complaints.customer[rows], at
