"""Facts about customers at the scoring instant that are not features: consents, outcomes, earlier plans."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.storage import read_table
from models.contract.tables import CHANNELS
from models.domain.vocabulary import MainReason, OfferDesign, Purpose
from models.policy.action_settings import NO_ARM
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.lots import EXPLORED, PLANNED
from models.policy.playbook_settings import PlaybookSettings


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
    """Whom an earlier plan approached or compared, by assignments that came back as offers [n].

    Also whom it treated beyond the experiment, where budgets gave them another action than their best: they
    are no longer like those held out. Answers to complaints are owed to everybody, so they do not count.
    """
    path = tables / "offers.parquet"
    if not path.exists():
        return np.zeros(len(customer_ids), dtype=np.bool_)
    rows = read_table(path)
    approached = pc.not_equal(rows["arm"], NO_ARM)
    if "purpose" in rows.column_names:
        recovers = pc.fill_null(pc.equal(rows["purpose"], Purpose.RECOVERY.value), False)
        approached = pc.and_(approached, pc.invert(recovers))
    compared = pc.or_(pc.equal(rows["design"], OfferDesign.RANDOMISED.value), approached)
    compared = pc.and_(compared, pc.starts_with(rows["campaign_id"], PLANNED))
    known = rows.filter(pc.or_(compared, pc.starts_with(rows["campaign_id"], EXPLORED)))["customer_id"]
    return np.asarray(pc.is_in(pa.array(customer_ids, pa.string()), value_set=known.combine_chunks()))


def reasons_told(tables: Path, settings: PlaybookSettings) -> tuple[MainReason, ...]:
    """The reasons that customers of this source may state: those of the settings, where surveys have any."""
    path = tables / "surveys.parquet"
    tells = path.exists() and "reason" in pq.read_schema(path).names
    return tuple(settings.stated.values()) if tells else ()


def _micros(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.int64())


def _codes(column: pa.ChunkedArray) -> NDArray[np.int8]:
    known = column.is_valid().to_numpy()
    yes = pc.fill_null(column, False).to_numpy()
    return np.where(known, np.where(yes, YES, NO), UNKNOWN).astype(np.int8)
