"""What may be done for each customer, as `score` writes it and `plan` reads it: columns by offer."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.policy.allocation.problem import FORBIDDEN
from models.policy.customers import Flags, Integers, Words
from models.policy.offered import Offer, Offered
from models.policy.settings import PolicySettings

ID, SEGMENT, TRIED = "customer_id", "segment", "tried"


def offered_table(
    customer_id: NDArray[np.object_], segment: Words, tried: Flags, offered: Offered
) -> pa.Table:
    """Columns: customer_id, segment, tried, and gain, cost and cap of each offer in minor units [n rows].

    A gain of null: the offer may not be made. Who is held out stands there as if nobody were. tried: who has
    been in an experiment of an earlier plan.
    """
    columns = {
        ID: pa.array(customer_id, pa.string()),
        SEGMENT: pa.array(segment.astype(object), pa.string()),
        TRIED: pa.array(tried),
    }
    for number, offer in enumerate(offered.offers):
        gain = offered.gain[number]
        columns[_named("gain", offer)] = pa.array(gain, pa.int64(), mask=gain == FORBIDDEN)
        columns[_named("cost", offer)] = pa.array(offered.cost[number], pa.int64())
        columns[_named("cap", offer)] = pa.array(offered.cap[number], pa.int64())
    return pa.table(columns)


def offered_from(table: pa.Table, settings: PolicySettings) -> Offered:
    """The inverse, for the policy that the table was written under. Raises `KeyError` under another one."""
    offers = tuple(Offer(a, face) for a in settings.enabled_actions for face in a.face_values_minor)

    def rows(what: str) -> Integers:
        found = np.empty((len(offers), table.num_rows), np.int64)
        for number, offer in enumerate(offers):
            found[number] = table[_named(what, offer)].fill_null(FORBIDDEN).to_numpy()
        return found

    return Offered(offers, rows("gain"), rows("cost"), rows("cap"))


def _named(what: str, offer: Offer) -> str:
    return f"{what}:{offer.action.id}:{offer.face_value}"
