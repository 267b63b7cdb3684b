"""What a run has to know of a table's accepted rows, gathered part by part.

A table too large for the memory is checked in parts; the parts' digests add up to that of the whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Table
from models.contract.completeness import filled_columns
from models.contract.derived import earliest, first_known
from models.contract.fates import count
from models.contract.storage import RowCounts
from models.contract.tables import CUSTOMERS, ORDERS
from models.contract.validation import Checked, newest_known
from models.domain.instants import DAY

K = TypeVar("K", int, str)

_OF_PEOPLE = (ORDERS.name, CUSTOMERS.name)


@dataclass(frozen=True)
class Digest:
    """A table in a few figures.

    counts: what became of the rows read. columns: all columns of the accepted rows, in order; filled: those
    with a value. newest: the newest instant at which a fact became known, microseconds. blanked: facts left
    blank because they became known after as-of. days: accepted rows by day of their event (days since 1970,
    UTC) and first_event, microseconds. people: of orders and customers, customer_id and since when known.
    purchases: of orders, lines with an amount above 0.
    """

    counts: RowCounts
    columns: tuple[str, ...]
    filled: frozenset[str]
    newest: int | None
    blanked: Mapping[str, int]
    days: Mapping[int, int]
    first_event: int | None
    people: pa.Table | None
    purchases: int = 0

    @property
    def filled_columns(self) -> tuple[str, ...]:
        """The columns that hold at least one value, in order."""
        return tuple(name for name in self.columns if name in self.filled)


def digest(checked: Checked, declared: Table) -> Digest:
    """The digest of one part (or all) of a table."""
    rows = checked.rows
    events = rows[declared.event].cast(pa.int64())
    return Digest(
        counts=count(checked.fates),
        columns=tuple(rows.column_names),
        filled=frozenset(filled_columns(rows)),
        newest=newest_known(rows, declared) if rows.num_rows else None,
        blanked=dict(checked.blanked),
        days=_rows_a_day(events),
        first_event=pc.min(events).as_py(),
        people=first_known(rows, declared) if declared.name in _OF_PEOPLE else None,
        purchases=_purchases(rows) if declared.name == ORDERS.name else 0,
    )


def together(parts: Sequence[Digest]) -> Digest:
    """The digest of a table from those of all its parts (at least one)."""
    newest = [part.newest for part in parts if part.newest is not None]
    first = [part.first_event for part in parts if part.first_event is not None]
    people = [part.people for part in parts if part.people is not None]
    return Digest(
        counts=_added([part.counts for part in parts]),
        columns=parts[0].columns,
        filled=frozenset().union(*(part.filled for part in parts)),
        newest=max(newest, default=None),
        blanked=_summed([part.blanked for part in parts]),
        days=_summed([part.days for part in parts]),
        first_event=min(first, default=None),
        people=earliest(people) if people else None,
        purchases=sum(part.purchases for part in parts),
    )


def people(found: Digest) -> pa.Table:
    """customer_id and known_at of a digest that has them. Raises `ValueError` for another table's."""
    if found.people is None:
        raise ValueError("only orders and customers say who is known since when")
    return found.people


def day_of_share(days: Mapping[int, int], share: float) -> int:
    """The day (since 1970) of the row that `share` of the rows (but the last) do not lie beyond."""
    place = int(share * (sum(days.values()) - 1))
    before = 0
    for day in sorted(days):
        before += days[day]
        if before > place:
            return day
    raise ValueError("a share of no rows has no day")


def _purchases(orders: pa.Table) -> int:
    return pc.sum(pc.greater(orders["amount_minor"], 0)).as_py() or 0


def _rows_a_day(events: pa.ChunkedArray) -> dict[int, int]:
    # Division of integers cuts towards zero; adding and taking away whole eras keeps days before 1970 right.
    days = pc.subtract(pc.divide(pc.add(events, _ERA * DAY), DAY), _ERA)
    return {entry["values"]: entry["counts"] for entry in pc.value_counts(days.drop_null()).to_pylist()}


_ERA = 1_000_000  # days: more than any calendar here looks back


def _added(counts: Sequence[RowCounts]) -> RowCounts:
    return RowCounts(
        read=sum(part.read for part in counts),
        accepted=sum(part.accepted for part in counts),
        merged=sum(part.merged for part in counts),
        out_of_scope=sum(part.out_of_scope for part in counts),
        rejected=sum(part.rejected for part in counts),
        reasons=_summed([part.reasons for part in counts]),
        files={name: _added([part.files[name] for part in counts]) for name in counts[0].files},
    )


def _summed(tallies: Sequence[Mapping[K, int]]) -> dict[K, int]:
    total: Counter[K] = Counter()
    for tally in tallies:
        total.update(tally)
    return dict(sorted(total.items()))
