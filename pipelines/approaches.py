"""How often campaigns approached each customer by the assignments handed back: for the policy's limits."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.storage import read_table
from models.contract.tables import CONTACTS, OFFERS
from models.contract.validation import known_instants
from models.domain.instants import DAY, SECOND
from models.domain.vocabulary import Purpose
from models.policy.action_settings import NO_ARM

WINDOW = 90 * DAY
APART = 10**7  # seconds between the clocks of two customers: more than the window
SAME = DAY // SECOND  # a contact within so many seconds of an assignment is that assignment carried out


def approaches(
    tables: Path, customer_ids: NDArray[np.object_], as_of: int, recoveries: Collection[str] = ()
) -> Mapping[str, NDArray[np.float64]]:
    """The `APPROACHES` of the playbook's facts [n], as known at `as_of` (microseconds); {} without offers.

    An assignment is an approach, but that of the arm `none`. An answer to a complaint, by its purpose or its
    arm (`recoveries`: the actions that recover), is owed: it only starts the rest. `assigned_90` leaves out
    what the contacts tell of already. `customer_ids` must be in ascending order.
    """
    path = tables / "offers.parquet"
    if not path.exists():
        return {}
    rows = _made(read_table(path), as_of)
    place = pc.index_in(rows["customer_id"], value_set=pa.array(customer_ids, pa.string()))
    rows = rows.filter(place.is_valid())
    place = place.drop_null().to_numpy()
    age = as_of - _micros(rows["assigned_at"]).to_numpy()
    counted = (age < WINDOW) & ~_recovers(rows, recoveries)
    also = counted & ~_contacted(tables, customer_ids, as_of, place, age)
    given = counted & (rows["face_value_minor"].to_numpy() > 0)
    many = len(customer_ids)
    last = np.full(many, np.nan)
    np.fmin.at(last, place, age / DAY)
    return {
        "days_since_offer": last,
        "assigned_90": _count(place, also, many),
        "given_90": _count(place, given, many),
        "given_unused_90": _count(place, given & ~_used(rows, as_of), many),
    }


def _contacted(
    tables: Path,
    customer_ids: NDArray[np.object_],
    as_of: int,
    place: NDArray[np.integer],
    age: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """After which assignments, of these ages, the contacts tell of one to the same customer within a day."""
    path = tables / "contacts.parquet"
    if not path.exists():
        return np.zeros(len(place), np.bool_)
    rows = read_table(path)
    at, known = _micros(rows["contacted_at"]), _micros(known_instants(rows, CONTACTS, "contacted_at"))
    recent = pc.and_(pc.greater(at, as_of - WINDOW), pc.less_equal(at, as_of))
    seen = pc.and_(pc.equal(rows["direction"], "outbound"), pc.less_equal(known, as_of))
    rows = rows.filter(pc.and_(recent, seen))
    whose = pc.index_in(rows["customer_id"], value_set=pa.array(customer_ids, pa.string()))
    rows, whose = rows.filter(whose.is_valid()), whose.drop_null().to_numpy().astype(np.int64)
    clock = np.sort(whose * APART + (as_of - _micros(rows["contacted_at"]).to_numpy()) // SECOND)
    clock = np.append(-APART, clock)
    own = place.astype(np.int64) * APART + np.minimum(age, WINDOW) // SECOND
    nearest = clock[np.searchsorted(clock, own, side="right") - 1]
    found: NDArray[np.bool_] = own - nearest <= SAME
    return found


def _made(rows: pa.Table, as_of: int) -> pa.Table:
    """What was assigned by then, but for those given nothing."""
    at, known = _micros(rows["assigned_at"]), _micros(known_instants(rows, OFFERS, "assigned_at"))
    seen = pc.and_(pc.less_equal(at, as_of), pc.less_equal(known, as_of))
    return rows.filter(pc.and_(seen, pc.not_equal(rows["arm"], NO_ARM)))


def _recovers(rows: pa.Table, recoveries: Collection[str]) -> NDArray[np.bool_]:
    found = pc.is_in(rows["arm"], value_set=pa.array(sorted(recoveries), pa.string()))
    if "purpose" in rows.column_names:
        purpose = pc.fill_null(pc.equal(rows["purpose"], Purpose.RECOVERY.value), False)
        found = pc.or_(found, purpose)
    return np.asarray(found, np.bool_)


def _used(rows: pa.Table, as_of: int) -> NDArray[np.bool_]:
    """Which were used, as known by then."""
    if "redeemed_at" not in rows.column_names:
        return np.zeros(rows.num_rows, np.bool_)
    known = _micros(known_instants(rows, OFFERS, "redeemed_at"))
    return np.asarray(pc.fill_null(pc.less_equal(known, as_of), False), np.bool_)


def _count(place: NDArray[np.integer], which: NDArray[np.bool_], many: int) -> NDArray[np.float64]:
    return np.bincount(place[which], minlength=many).astype(np.float64)


def _micros(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.int64())
