"""Assignments of past campaigns that may teach what an offer does, and the instants to look back from.

Usable is what was assigned with a known chance strictly between 0 and 1, for retention or winning back, and
so long ago that the horizon after it has closed. Features are read a microsecond before the first
assignment of its campaign on that local day: the offer itself must not be among them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.tables import OFFERS
from models.contract.validation import known_instants
from models.domain.instants import local_date
from models.domain.vocabulary import OfferDesign
from models.evaluation.labels import window_end
from models.evaluation.offer_designs import NOT_LEARNED
from models.learned.trial import ALIKE, CONTROL, Flags, Floats, Integers

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Assigned:
    """n assignments; instants in microseconds, money in minor units as the table has it.

    instant: when features are read. closes: the end of the horizon. redeemed_at: `NEVER` where it was not, or
    not known by then.
    """

    customer_id: NDArray[np.object_]
    campaign: NDArray[np.object_]
    arm: NDArray[np.object_]
    propensity: Floats
    face_value: Floats
    contact_cost: Floats
    assigned_at: Integers
    redeemed_at: Integers
    instant: Integers
    closes: Integers

    def __len__(self) -> int:
        """Number of assignments."""
        return len(self.customer_id)

    def rows(self, chosen: Flags | Integers) -> "Assigned":
        """The assignments of a boolean mask or an index."""
        return Assigned(**{name: column[chosen] for name, column in vars(self).items()})

    @property
    def instants(self) -> tuple[int, ...]:
        """When features are read, oldest first."""
        return tuple(int(instant) for instant in np.unique(self.instant))


def assigned(
    offers: pa.Table, as_of: int, horizon_days: int, zone: str, most_instants: int | None = None
) -> Assigned:
    """The usable rows of the table `offers`; those of the newest `most_instants` instants, all for None."""
    rows = _with_known_chance(offers)
    at = _micros(rows["assigned_at"])
    names = ("campaign_id", "customer_id", "arm")
    words = {name: np.array(rows[name].to_pylist(), dtype=object) for name in names}
    instant, closes = _looked_from(words["campaign_id"], at, horizon_days, zone)
    found = Assigned(
        customer_id=words["customer_id"],
        campaign=words["campaign_id"],
        arm=words["arm"],
        propensity=_floats(rows["propensity"]) if rows.num_rows else np.empty(0),
        face_value=_floats(rows["face_value_minor"]),
        contact_cost=_floats(rows["contact_cost_minor"]),
        assigned_at=at,
        redeemed_at=_redeemed(rows, closes),
        instant=instant,
        closes=closes,
    )
    found = found.rows(found.closes <= as_of)
    if most_instants is None:
        return found
    newest = found.instants[-most_instants:]
    return found.rows(np.isin(found.instant, np.array(newest, dtype=np.int64)))


def arm_of(of: Assigned) -> NDArray[np.object_]:
    """The arm of each assignment, told apart by face value where one name had several [n].

    'coupon' with 500 and with 1500 are `coupon:500` and `coupon:1500`; face values that differ by less than a
    tenth, as prices rose, are one.
    """
    named = of.arm.astype(object).copy()
    for name in {str(each) for each in of.arm} - {CONTROL}:
        these = np.flatnonzero(of.arm == name)
        levels = _levels(of.face_value[these])
        several = len(set(levels.tolist())) > 1
        named[these] = [f"{name}:{round(level)}" if several else name for level in levels]
    return named


def _levels(face_value: Floats) -> Floats:
    """The least face value of each one's group [n]."""
    distinct = np.unique(face_value)
    starts = [float(distinct[0])]
    for value in distinct[1:]:
        if value > starts[-1] * ALIKE:
            starts.append(float(value))
    begun = np.array(starts)
    level: Floats = begun[np.searchsorted(begun, face_value, side="right") - 1]
    return level


def _with_known_chance(offers: pa.Table) -> pa.Table:
    if "propensity" not in offers.column_names:
        return offers.slice(0, 0)
    chance = pc.fill_null(offers["propensity"], 0.0)
    fair = pc.and_(pc.greater(chance, 0.0), pc.less(chance, 1.0))
    usable = pc.and_(fair, pc.not_equal(offers["design"], OfferDesign.UNKNOWN.value))
    if "purpose" in offers.column_names:
        other = pc.is_in(offers["purpose"], value_set=pa.array(NOT_LEARNED))
        usable = pc.and_(usable, pc.invert(other))
    return offers.filter(usable)


def _looked_from(
    campaign: NDArray[np.object_], at: Integers, horizon_days: int, zone: str
) -> tuple[Integers, Integers]:
    """When features are read for each assignment, and when its horizon ends [n]."""
    instants, place = np.unique(at, return_inverse=True)
    days = [local_date(int(each), zone) for each in instants]
    ends = np.array([window_end(int(each), horizon_days, zone) for each in instants], np.int64)
    first: dict[tuple[str, int], int] = {}
    groups = [(str(name), days[where].toordinal()) for name, where in zip(campaign, place, strict=True)]
    for group, instant in zip(groups, at.tolist(), strict=True):
        first[group] = min(instant, first.get(group, NEVER))
    looked = np.array([first[group] - 1 for group in groups], np.int64)
    return looked, ends[place] if len(at) else np.empty(0, np.int64)


def _redeemed(rows: pa.Table, closes: Integers) -> Integers:
    """When the offer was used, `NEVER` where it was not within the horizon, as was known at its end [n]."""
    if "redeemed_at" not in rows.column_names:
        return np.full(rows.num_rows, NEVER)
    at = pc.fill_null(pc.cast(rows["redeemed_at"], pa.int64()), NEVER).to_numpy()
    known = pc.fill_null(pc.cast(known_instants(rows, OFFERS, "redeemed_at"), pa.int64()), NEVER).to_numpy()
    seen: Integers = np.where((known <= closes) & (at <= closes), at, NEVER)
    return seen


def _micros(column: pa.ChunkedArray) -> Integers:
    micros: Integers = pc.cast(column, pa.int64()).to_numpy()
    return micros


def _floats(column: pa.ChunkedArray) -> Floats:
    floats: Floats = pc.cast(column, pa.float64()).to_numpy()
    return floats
