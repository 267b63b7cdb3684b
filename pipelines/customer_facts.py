"""Facts about customers at the scoring instant that are not features: consents, outcomes, last purchases."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.storage import read_table
from models.contract.tables import CHANNELS, ORDERS
from models.contract.validation import known_instants
from models.domain.vocabulary import OfferDesign
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.lots import EXPLORED, PLANNED

NEVER = np.iinfo(np.int64).min


def customers_at(tables: Path, as_of: int) -> pa.Table:
    """The latest version of every customer known at `as_of` (microseconds), in order of customer_id."""
    versions = read_table(tables / "customers.parquet")
    versions = versions.filter(pc.less_equal(_micros(versions["known_at"]), as_of))
    versions = versions.sort_by([("customer_id", "ascending"), ("known_at", "ascending")])
    ids = versions["customer_id"].to_numpy()
    newest = np.append(ids[1:] != ids[:-1], True) if len(ids) else np.zeros(0, dtype=bool)
    return versions.filter(pa.array(newest))


def consents(customers: pa.Table) -> Mapping[str, NDArray[np.int8]]:
    """Consent codes by channel [n] for the channels that the source records."""
    recorded = [channel for channel in CHANNELS if f"may_contact_{channel}" in customers.column_names]
    return {channel: _codes(customers[f"may_contact_{channel}"]) for channel in recorded}


def labelled(tables: Path, customer_ids: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whose outcome the source says [n]; nobody's where it has no such table."""
    path = tables / "outcomes.parquet"
    if not path.exists():
        return np.zeros(len(customer_ids), dtype=np.bool_)
    known = read_table(path, ["customer_id", "churned"]).drop_null()["customer_id"].combine_chunks()
    return np.asarray(pc.is_in(pa.array(customer_ids, pa.string()), value_set=known))


def gone(tables: Path, customer_ids: NDArray[np.object_]) -> NDArray[np.bool_] | None:
    """Who is known to have left for good [n]; None where the source says nothing of it."""
    path = tables / "outcomes.parquet"
    if not path.exists() or "gone" not in pq.read_schema(path).names:
        return None
    left = read_table(path, ["customer_id", "gone"])
    left = left.filter(pc.fill_null(left["gone"], False))["customer_id"].combine_chunks()
    return np.asarray(pc.is_in(pa.array(customer_ids, pa.string()), value_set=left))


def tried(tables: Path, customer_ids: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Who was in an experiment of an earlier plan whose assignments came back as offers [n]."""
    path = tables / "offers.parquet"
    if not path.exists():
        return np.zeros(len(customer_ids), dtype=np.bool_)
    rows = read_table(path, ["campaign_id", "customer_id", "design"])
    compared = pc.and_(
        pc.starts_with(rows["campaign_id"], PLANNED), pc.equal(rows["design"], OfferDesign.RANDOMISED.value)
    )
    known = rows.filter(pc.or_(compared, pc.starts_with(rows["campaign_id"], EXPLORED)))["customer_id"]
    return np.asarray(pc.is_in(pa.array(customer_ids, pa.string()), value_set=known.combine_chunks()))


def last_purchase(tables: Path, customer_ids: NDArray[np.object_], as_of: int) -> NDArray[np.int64]:
    """The instant of each customer's last purchase known at `as_of`, microseconds; `NEVER` where none [n].

    `customer_ids` must be in ascending order. A source without orders knows of no purchase.
    """
    if not (tables / "orders.parquet").exists():
        return np.full(len(customer_ids), NEVER)
    orders = read_table(tables / "orders.parquet")
    at, known = _micros(orders["ordered_at"]), _micros(known_instants(orders, ORDERS, "ordered_at"))
    seen = pc.and_(pc.less_equal(at, as_of), pc.less_equal(known, as_of))
    orders = orders.filter(pc.and_(seen, pc.greater(orders["amount_minor"], 0)))
    newest = orders.group_by("customer_id").aggregate([("ordered_at", "max")]).sort_by("customer_id")
    last = np.full(len(customer_ids), NEVER)
    found = np.searchsorted(customer_ids, newest["customer_id"].to_numpy())
    last[found] = _micros(newest["ordered_at_max"]).to_numpy()
    return last


def _micros(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.int64())


def _codes(column: pa.ChunkedArray) -> NDArray[np.int8]:
    known = column.is_valid().to_numpy()
    yes = pc.fill_null(column, False).to_numpy()
    return np.where(known, np.where(yes, YES, NO), UNKNOWN).astype(np.int8)
