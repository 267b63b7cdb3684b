"""What a coupon sent on the last day would do to each customer: for the oracle report."""

import numpy as np
import pyarrow as pa

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import arrow_table
from pipelines.sources.simulator.campaigns import (
    ABOUT_TO_LEAVE_DAYS,
    DOG_WAKES,
    JUST_GONE_DAYS,
    MOST_KEPT,
    REDEEM_LEAST,
    REDEEM_MORE,
    TELLING_FACE,
    liking,
)
from pipelines.sources.simulator.departures import NATURE
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.pending import Floats, Pending, still_deciding
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.prospects import Prospects


def coupons_table(wishes: Wishes, history: History, prospects: Prospects) -> pa.Table:
    """The law of campaigns, customer by customer, so that any face value can be asked about.

    A coupon of value f pulls by 1 − e^(−f ÷ telling_minor). most_kept times that is the chance that it keeps
    whoever is parting: about to leave of their own accord, or gone so of late. wakes: the chance that it
    drives away. Who buys while it is valid uses it with chance uses_least + uses_more · pull; who is kept
    does so surely.
    """
    settings, customers, end = wishes.settings, wishes.customers, wishes.time.end
    there = history.lives.leaves_at > end
    of_late = ~there & (history.lives.leaves_at > end - JUST_GONE_DAYS * DAY)
    may_waver = ~customers.dog & (there | (of_late & (history.lives.cause == NATURE)))
    likes = liking(customers)
    level = price_level(settings, wishes.time.start, np.array(end))
    return arrow_table(
        {
            "customer_id": customers.ids,
            "telling_minor": np.full(len(customers), TELLING_FACE * settings.median_price_minor * level),
            "most_kept": np.where(may_waver, settings.offer_strength * MOST_KEPT * likes, 0.0),
            "parting": np.where(there, _parting(still_deciding(wishes, history)), may_waver),
            "wakes": np.where(there & customers.dog, DOG_WAKES, 0.0),
            "uses_least": REDEEM_LEAST * likes,
            "uses_more": REDEEM_MORE * likes,
            "buys": prospects.buys,
            "buys_if_swayed": prospects.buys_if_swayed,
        }
    )


def _parting(pending: Pending) -> Floats:
    """P(about to leave of their own accord) of those who are there [n]; over a trouble is not their own."""
    nobody, nothing = np.zeros(0, np.int64), np.zeros(0)
    people = (pending.hazard, pending.spared, pending.early, pending.joined)
    alone = Pending(*people, nobody, nothing, nothing, nobody > 0)
    parting: Floats = 1 - alone.at(np.array([float(ABOUT_TO_LEAVE_DAYS)]))[:, 0]
    return parting
