"""Customers whom a table names by telephone, e-mail or another system's key instead of by their id.

Tables that hold both a customer's id and a key (`identities` of the mapping) say whose key it is; the others
are looked up there. Where no table says so, the hidden key itself is the customer's id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.duplicates import sharing_a_key
from models.contract.fates import Mask
from models.contract.storage import RowCounts
from models.contract.tables import IDENTITY
from models.domain.vocabulary import IdentityKind
from pipelines.sources.concealing import UNREADABLE

# Why nobody is found: the key belongs to nobody known or to several, the text is no key, there is none.
KNOWN, UNKNOWN, AMBIGUOUS, NO_KEY, BLANK = range(5)

# Links are made distinct whenever so many more have come.
COMPACTED_ROWS = 1_000_000


@dataclass(frozen=True)
class LookedUp:
    """Customers of rows [n], null where nobody is found, and why that is [n] (`KNOWN`, `UNKNOWN`, …)."""

    customers: pa.Array
    outcomes: NDArray[np.int8]


@dataclass(frozen=True)
class Unmatched:
    """How many rows were looked up, and how many of them name nobody, by reason."""

    rows: int = 0
    unknown: int = 0
    ambiguous: int = 0
    unreadable: int = 0
    blank: int = 0

    def __add__(self, other: "Unmatched") -> "Unmatched":
        """The rows of both."""
        return Unmatched(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class KnownKeys:
    """Hidden keys of one kind [k], one customer of each, and whether that is the only one (`KNOWN`).

    outcomes has one more place: what is said of a key that is not among them.
    """

    keys: pa.Array
    customers: pa.Array
    outcomes: NDArray[np.int8]


@dataclass(frozen=True)
class Directory:
    """Whose keys are known.

    links: rows of the table `identity`, keys of several customers among them. known: the same by kind, for
    every kind of which some table says whose they are. key_fingerprint: of the secret that hides them.
    """

    links: pa.Table
    known: Mapping[IdentityKind, KnownKeys]
    key_fingerprint: str


def links(keys: Mapping[IdentityKind, pa.Array], customers: pa.Array) -> pa.Table:
    """Whose key is which: distinct rows of the table `identity`, of hidden keys [n] beside customers [n]."""
    return _distinct([_linked(kind, hidden, customers) for kind, hidden in keys.items()])


def together(parts: Iterable[pa.Table]) -> pa.Table:
    """Links of any number of parts as one table, each once, in order."""
    waiting = [IDENTITY.schema().empty_table()]
    for part in parts:
        waiting.append(part)
        if sum(each.num_rows for each in waiting[1:]) > waiting[0].num_rows + COMPACTED_ROWS:
            waiting = [_distinct(waiting)]
    return _distinct(waiting)


def unambiguous(known: pa.Table) -> tuple[pa.Table, RowCounts]:
    """The table `identity`: keys of one customer. A key of several names nobody, and is out of scope."""
    kept = known.filter(pa.array(~_shared(known)))
    counts = RowCounts(known.num_rows, kept.num_rows, out_of_scope=known.num_rows - kept.num_rows)
    return kept.combine_chunks(), counts


def known_keys(linked: pa.Table, kind: IdentityKind) -> KnownKeys:
    """The keys of one kind, ready to be looked up, from distinct links."""
    of_kind = linked.filter(pc.equal(linked["system"], kind.value)).combine_chunks()
    outcomes = np.append(np.where(_shared(of_kind), AMBIGUOUS, KNOWN), UNKNOWN).astype(np.int8)
    return KnownKeys(
        of_kind["external_id"].combine_chunks(), of_kind["customer_id"].combine_chunks(), outcomes
    )


def look_up(hidden: pa.Array, known: KnownKeys) -> LookedUp:
    """The customers of hidden keys [n]."""
    found = pc.index_in(hidden, value_set=known.keys, skip_nulls=True)
    outcomes = known.outcomes[found.fill_null(len(known.keys)).to_numpy(zero_copy_only=False)]
    return _found(hidden, known.customers.take(found), outcomes)


def by_key(hidden: pa.Array) -> LookedUp:
    """Customers who have no other id than their hidden key [n]."""
    return _found(hidden, hidden, np.full(len(hidden), KNOWN, dtype=np.int8))


def tally(found: LookedUp, among: Mask) -> Unmatched:
    """The count of the rows `among` [n]."""
    outcomes = np.bincount(found.outcomes[among], minlength=BLANK + 1)
    return Unmatched(int(outcomes.sum()), *outcomes[UNKNOWN:].tolist())


def unmatched_note(table: str, kind: IdentityKind, rows: Unmatched) -> str:
    """'complaints: 12 of 340 rows (3.5 %) name nobody we know by phone (9 unknown, 2 ambiguous, 1 blank)'."""
    reasons = [(each.name, getattr(rows, each.name)) for each in fields(rows) if each.name != "rows"]
    nobody = sum(number for _, number in reasons)
    share = 100 * nobody / rows.rows if rows.rows else 0.0
    told = ", ".join(f"{number:,} {reason}" for reason, number in reasons if number)
    return f"{table}: {nobody:,} of {rows.rows:,} rows ({share:.1f} %) name nobody we know by {kind}" + (
        f" ({told})" if told else ""
    )


def _linked(kind: IdentityKind, hidden: pa.Array, customers: pa.Array) -> pa.Table:
    """Rows of the table `identity` where there is both a key and a customer."""
    systems = pa.array([kind.value]).take(pa.array(np.zeros(len(hidden), dtype=np.int64)))
    every = pa.table([systems, hidden, customers], schema=IDENTITY.schema())
    readable = pc.not_equal(every["external_id"], UNREADABLE)
    return every.filter(pc.and_(readable, every["customer_id"].is_valid()))


def _distinct(parts: list[pa.Table]) -> pa.Table:
    names = IDENTITY.names
    once = pa.concat_tables(parts).group_by(list(names), use_threads=False).aggregate([])
    return once.select(names).sort_by([(name, "ascending") for name in names])


def _shared(known: pa.Table) -> Mask:
    """Which links [n] are of a key that other customers have, too; links come each once."""
    return sharing_a_key(known, IDENTITY.key, np.ones(known.num_rows, dtype=np.bool_))


def _found(hidden: pa.Array, customers: pa.Array, outcomes: NDArray[np.int8]) -> LookedUp:
    """What was found, but for rows whose text is no key."""
    unreadable = pc.equal(hidden, UNREADABLE).fill_null(False).to_numpy(zero_copy_only=False)
    outcomes = np.where(unreadable, np.int8(NO_KEY), outcomes)
    outcomes = np.where(hidden.is_null().to_numpy(zero_copy_only=False), np.int8(BLANK), outcomes)
    nobody = pa.array(outcomes != KNOWN)
    return LookedUp(pc.if_else(nobody, pa.scalar(None, pa.string()), customers), outcomes)
