"""Attributes of customers that are today's, put on rows of long ago.

A table of customers usually holds what is true now. Dated by the day of the sign-up it tells every snapshot
since then how the customer turned out: the tier of today is what was bought until today. It shows in two
ways: nobody's value ever changed, and it stands before most of what the same customers ordered.
"""

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.attributes import attributes_of

ENOUGH_CUSTOMERS = 30
CHANGED_SHARE = 0.001
STANDS_BEFORE = 0.5
SAMPLED_LINES = 1_000_000
_GROUPS = 10

Floats = NDArray[np.float64]


def attributes_of_today(
    customers: pa.Table, orders: pa.Table, static: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Each suspicious attribute's column, and what is wrong with it in numbers; `static` ones are exempt.

    customers, orders: accepted rows in contract types. Of very many order lines every so many are read.
    """
    wanted = _wanted(customers, static)
    lines = _sampled(orders) if wanted else orders
    for column in wanted:
        held = _held(customers, column)
        changed = _count(pc.greater(held["values"], 1))
        if held.num_rows < ENOUGH_CUSTOMERS or changed > CHANGED_SHARE * held.num_rows:
            continue
        owner, after = _placed(held, lines)
        if after.any() and after.mean() >= STANDS_BEFORE:
            amount = lines["amount_minor"].to_numpy().astype(np.float64)[owner >= 0]
            yield column, _problem(held, owner[owner >= 0], after, amount, changed)


def too_few_to_check(customers: pa.Table, static: Collection[str]) -> list[str]:
    """Columns of attributes, `static` ones aside, that some but too few customers have."""
    held = {column: _held(customers, column).num_rows for column in _wanted(customers, static)}
    return [column for column, number in held.items() if 0 < number < ENOUGH_CUSTOMERS]


def _wanted(customers: pa.Table, static: Collection[str]) -> list[str]:
    return [each.column for each in attributes_of(customers.schema) if each.name not in static]


def _problem(
    held: pa.Table, owner: NDArray[np.int64], after: NDArray[np.bool_], amount: Floats, changed: int
) -> str:
    later = np.zeros(held.num_rows)
    sooner = np.zeros(held.num_rows)
    np.add.at(later, owner[after], amount[after])
    np.add.at(sooner, owner[~after], amount[~after])
    return (
        f"changed for {changed:,} of {held.num_rows:,} customers and is known before {after.mean():.0%} of "
        f"their order lines; it explains {_explained(held['value'], later):.0%} of what they then spent "
        f"and {_explained(held['value'], sooner):.0%} of what they had spent before"
    )


def _sampled(orders: pa.Table) -> pa.Table:
    step = -(-orders.num_rows // SAMPLED_LINES)
    taken = orders.select(["customer_id", "ordered_at", "amount_minor"])
    return taken if step <= 1 else taken.take(pa.array(np.arange(0, orders.num_rows, step)))


def _held(customers: pa.Table, column: str) -> pa.Table:
    """Per customer with the attribute: since when it is known, how many values it took, and one of them."""
    rows = customers.select(["customer_id", "known_at", column]).drop_null()
    grouped = rows.group_by("customer_id", use_threads=False)
    found = grouped.aggregate([("known_at", "min"), (column, "count_distinct"), (column, "first")])
    return found.select(
        ["customer_id", "known_at_min", f"{column}_count_distinct", f"{column}_first"]
    ).rename_columns(["customer_id", "since", "values", "value"])


def _placed(held: pa.Table, lines: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The place in `held` of each line's customer (-1: not there), and whether the line came after `since`.

    The second has one entry per line whose customer is there.
    """
    place = pc.index_in(lines["customer_id"], value_set=held["customer_id"].combine_chunks())
    owner: NDArray[np.int64] = place.fill_null(-1).cast(pa.int64()).to_numpy()
    there = owner >= 0
    since = held["since"].cast(pa.int64()).to_numpy()
    ordered_at = lines["ordered_at"].cast(pa.int64()).to_numpy()
    return owner, ordered_at[there] > since[owner[there]]


def _explained(values: pa.ChunkedArray, spent: Floats) -> float:
    """Share of the variance of log-spend between the groups of a value, corrected for their number (ε²)."""
    group = _groups(values)
    level = np.log1p(np.maximum(spent, 0.0))
    sizes = np.bincount(group)
    means = np.bincount(group, weights=level) / np.maximum(sizes, 1)
    total = float(((level - level.mean()) ** 2).sum())
    within = float(((level - means[group]) ** 2).sum())
    groups, free = int((sizes > 0).sum()), len(level) - int((sizes > 0).sum())
    if total <= 0 or free <= 0:
        return 0.0
    return max(0.0, (total - within - (groups - 1) * within / free) / total)


def _groups(values: pa.ChunkedArray) -> NDArray[np.int64]:
    """Small codes: words and truth values as they are, numbers by tenths."""
    if pa.types.is_floating(values.type):
        numbers = values.to_numpy()
        edges = np.quantile(numbers, np.arange(1, _GROUPS) / _GROUPS)
        groups: NDArray[np.int64] = np.searchsorted(edges, numbers)
        return groups
    words = values.combine_chunks().dictionary_encode()
    codes: NDArray[np.int64] = words.indices.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return codes


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
