"""The `offers` table: every assignment with its arm, logged propensity and redemption."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import OFFERS
from models.domain.instants import DAY
from models.domain.vocabulary import Purpose
from pipelines.sources.simulator.arrow_columns import NEVER, column, contract_table, instants, words
from pipelines.sources.simulator.campaigns import (
    CONTACT_COST,
    REDEEM_LEAST,
    REDEEM_MORE,
    VALID_DAYS,
    Assignment,
    arm_names,
    liking,
    pull,
)
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.recovery_offers import recovery_offers
from pipelines.sources.simulator.streams import stream


def offers_table(wishes: Wishes, history: History) -> pa.Table:
    """One row a customer and campaign, sorted by customer and time."""
    made = list(zip(history.assignments, history.kept, strict=True))
    recovery, wronged, answered_at = recovery_offers(wishes, history)
    table = pa.concat_tables([*(_campaign(wishes, history, *one) for one in made), recovery])
    customer = np.concatenate([*(assignment.customer for assignment, _ in made), wronged])
    at = np.concatenate([*(np.full(len(a.customer), a.at) for a, _ in made), answered_at])
    return table.take(column(np.lexsort((at, customer))))


def _campaign(wishes: Wishes, history: History, assignment: Assignment, kept: NDArray[np.bool_]) -> pa.Table:
    rows = len(assignment.customer)
    level = float(price_level(wishes.settings, wishes.time.start, np.array(assignment.at)))
    cost = round(CONTACT_COST * wishes.settings.median_price_minor * level)
    same = np.zeros(rows, np.int64)
    faces = assignment.faces(wishes.settings)
    return contract_table(
        OFFERS,
        {
            "campaign_id": words((assignment.campaign.name,), same),
            "customer_id": wishes.customers.id_of(assignment.customer),
            "assigned_at": instants(np.full(rows, assignment.at)),
            "arm": words(arm_names(wishes.settings, assignment.menu), assignment.arm),
            "propensity": column(assignment.propensity, ~np.isnan(assignment.propensity)),
            "design": words((assignment.campaign.design.value,), same),
            "purpose": words((Purpose.RETENTION.value,), same),
            "face_value_minor": np.rint(faces * level).astype(np.int64),
            "contact_cost_minor": np.where(assignment.arm > 0, cost, 0),
            "redeemed_at": instants(_redeemed_at(wishes, history, assignment, faces, kept)),
            "known_at": instants(np.full(rows, assignment.at)),
        },
    )


def _redeemed_at(
    wishes: Wishes,
    history: History,
    assignment: Assignment,
    faces: NDArray[np.float64],
    kept: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """The first order while the coupon is valid, of those who use it; NEVER for the others."""
    rng = stream(wishes.settings.seed, f"redemption {assignment.campaign.name}")
    luck = rng.random(len(wishes.customers))[assignment.customer]
    closes = min(assignment.at + VALID_DAYS * DAY, wishes.time.end)
    at = wishes.orders.at
    valid = np.flatnonzero(history.placed & (at > assignment.at) & (at <= closes))[::-1]
    first = np.full(len(wishes.customers), NEVER)
    first[wishes.orders.customer[valid]] = at[valid]  # newest first: the oldest one written stays
    pulled = REDEEM_LEAST + REDEEM_MORE * pull(wishes.settings, faces)
    uses = luck < pulled * liking(wishes.customers)[assignment.customer]
    return np.where((faces > 0) & (uses | kept[assignment.customer]), first[assignment.customer], NEVER)
