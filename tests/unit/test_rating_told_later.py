"""A rating is read once the complaint is known to be settled, and not before it was told."""

import math

import pytest

from models.contract.tables import COMPLAINTS, ORDERS
from models.domain.instants import DAY
from models.features.catalogue import CATALOGUE
from models.features.online import compute_one, lay_out, online_plan

RESOLVED, TOLD = 100 * DAY, 105 * DAY
NAMES = ("satisfaction_last", "satisfaction_min_365", "satisfaction_mean_all", "rated_low_365")
AVAILABLE = {"orders": ORDERS.names, "complaints": COMPLAINTS.names}
PLAN = online_plan(AVAILABLE, "UTC", [each for each in CATALOGUE if each.name in NAMES])


def rating_at(snapshot, **changed):
    row = {
        "complaint_id": "K1",
        "customer_id": "C1",
        "opened_at": 90 * DAY,
        "resolved_at": RESOLVED,
        "satisfaction": 2,
        **changed,
    }
    last, *_, low = compute_one(PLAN, lay_out(PLAN, {"complaints": [row]}), snapshot).tolist()
    return (None if math.isnan(last) else last, low)


@pytest.mark.parametrize(
    ("snapshot", "known_at", "seen"),
    [
        (RESOLVED - 1, None, (None, 0)),
        (RESOLVED, None, (2, 1)),
        (RESOLVED, RESOLVED - DAY, (2, 1)),
        (RESOLVED - 1, RESOLVED - DAY, (None, 0)),
        (TOLD - 1, TOLD, (None, 0)),
        (TOLD, TOLD, (2, 1)),
    ],
)
def test_a_rating_is_read_from_when_it_was_told(snapshot, known_at, seen):
    assert rating_at(snapshot, satisfaction_known_at=known_at) == seen
