"""Facts about customers at the scoring instant that are not features: consents, outcomes, last purchases."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.columns import Table
from models.contract.storage import read_table
from models.contract.tables import CHANNELS, CONTACTS, OFFERS, ORDERS, SURVEYS
from models.contract.validation import known_instants
from models.domain.instants import DAY
from models.domain.vocabulary import MainReason, OfferDesign, Purpose
from models.policy.action_settings import NO_ARM
from models.policy.consent import NO, UNKNOWN, YES
from models.policy.lots import EXPLORED, PLANNED
from models.policy.playbook_settings import PlaybookSettings

NEVER = np.iinfo(np.int64).min
ASKING = "ask_why"  # the purpose of a contact that asks why somebody stays away


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


def days_since_asked(
    tables: Path, customer_ids: NDArray[np.object_], as_of: int, actions: Sequence[str]
) -> NDArray[np.float64]:
    """Days since each customer was last asked why, as known at `as_of` (microseconds); NaN for never [n].

    Asked is who was contacted for the purpose `ask_why`, or assigned one of these actions, the ids of those
    that ask. `customer_ids` must be in ascending order.
    """
    found = [
        _told(tables / "contacts.parquet", CONTACTS, "contacted_at", "purpose", (ASKING,)),
        _told(tables / "offers.parquet", OFFERS, "assigned_at", "arm", actions),
    ]
    last = np.full(len(customer_ids), np.nan)
    for customers, at, known, _ in found:
        seen = (at <= as_of) & (known <= as_of) & _among(customers, customer_ids)
        place = np.searchsorted(customer_ids, customers[seen])
        days = (as_of - at[seen]) / DAY
        np.fmin.at(last, place, days)
    return last


def reasons_told(tables: Path, settings: PlaybookSettings) -> tuple[MainReason, ...]:
    """The reasons that customers of this source may state: those of the settings, where surveys have any."""
    path = tables / "surveys.parquet"
    tells = path.exists() and "reason" in pq.read_schema(path).names
    return tuple(settings.stated.values()) if tells else ()


def stated_reason(
    tables: Path, customer_ids: NDArray[np.object_], as_of: int, settings: PlaybookSettings
) -> NDArray[np.str_]:
    """What each customer last said in a survey why they stay away, as a `MainReason` [n]; '' for nothing.

    Of the answers that give a reason, known at `as_of` (microseconds) and no older than `survey_days`, the
    newest counts; one that the settings do not know means nothing, and hides what was said before.
    `customer_ids` must be in ascending order.
    """
    found = np.full(len(customer_ids), "", dtype=object)
    words = {word: reason.value for word, reason in settings.stated.items()}
    customers, at, known, said = _told(tables / "surveys.parquet", SURVEYS, "answered_at", "reason")
    seen = (at <= as_of) & (known <= as_of) & (at >= as_of - settings.survey_days * DAY)
    seen &= _among(customers, customer_ids)
    order = np.flatnonzero(seen)[np.argsort(at[seen], kind="stable")]
    found[np.searchsorted(customer_ids, customers[order])] = [words.get(word, "") for word in said[order]]
    return found.astype(np.str_)


def _told(
    path: Path, table: Table, at: str, column: str, words: Sequence[str] | None = None
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
    """Whom, when, and known from when the rows with one of these words (None: any) tell of, and the word."""
    nobody = np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, object)
    if not path.exists() or column not in pq.read_schema(path).names:
        return nobody
    rows = read_table(path)
    named = rows[column].is_valid() if words is None else pc.is_in(rows[column], pa.array(words, pa.string()))
    rows = rows.filter(named)
    if not rows.num_rows:
        return nobody
    known = _micros(known_instants(rows, table, at)).to_numpy()
    said = np.array(rows[column].to_pylist(), dtype=object)
    return np.array(rows["customer_id"].to_pylist(), dtype=object), _micros(rows[at]).to_numpy(), known, said


def _among(customers: NDArray[np.object_], customer_ids: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which customers [m] are among `customer_ids`: NumPy would compare every two of them."""
    ids = pa.array(customer_ids, pa.string())
    return np.asarray(pc.is_in(pa.array(customers, pa.string()), value_set=ids))


def _micros(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.int64())


def _codes(column: pa.ChunkedArray) -> NDArray[np.int8]:
    known = column.is_valid().to_numpy()
    yes = pc.fill_null(column, False).to_numpy()
    return np.where(known, np.where(yes, YES, NO), UNKNOWN).astype(np.int8)
