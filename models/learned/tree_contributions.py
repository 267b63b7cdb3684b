"""SHAP values of boosted trees from tables: exact, and some twenty times sooner than by recursion.

Of a leaf only one thing matters: which of the d features on its path let the row pass. A row passes feature j
with o_j = 1 or 0; of the rows in training a share z_j passed (the product of the node counts along the path).
The leaf of value v then adds to feature i

    v · (o_i − z_i) · Σ_S |S|! (d − 1 − |S|)! ÷ d! · Π_{j in S} o_j · Π_{j not in S, j ≠ i} z_j

with S over all subsets of the other features (Lundberg, Erion and Lee, 2018, path-dependent values: what
LightGBM's `pred_contrib` computes). There are 2^d patterns of o, so the sums are worked out once for each,
and a row only has to look up its pattern.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import factorial

import numpy as np
from numpy.typing import NDArray

from models.learned.tree_conditions import Conditions, conditions
from models.learned.tree_paths import Path, expectation, paths, trees

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_FEATURES = 10  # on one path: a table has 2^10 rows then
MOST_CELLS = 1 << 23  # of all tables together: 64 MB
LOWEST = np.finfo(np.float32).min  # where −∞ is taken to be, so that it is above "no lower limit"
ROWS_AT_ONCE = 128  # a block of rows by all features stays in the processor's cache


@dataclass(frozen=True)
class LeafTables:
    """Every leaf of an ensemble that adds to features; its features are slots, one after another.

    first_slot [leaves + 1]. A slot: feature, by number; a row passes where low < x <= high, NaN where missing
    is 1; first_cell: where in `table` its 2^d additions begin, by pattern, the leaf's first slot in bit 0.
    expectation: what the trees give on average over their training rows.
    """

    first_slot: Ints
    feature: Ints
    low: Floats
    high: Floats
    missing: Ints
    first_cell: Ints
    table: Floats
    expectation: float

    def contributions(self, values: NDArray[np.float32]) -> Floats:
        """SHAP values [n, k + 1] for feature values [n, k]; the last column is the expectation."""
        rows, features = values.shape
        result = np.full((rows, features + 1), self.expectation)
        slots = (self.first_slot, self.feature, self.low, self.high, self.missing, self.first_cell)
        for begin in range(0, rows, ROWS_AT_ONCE):
            block = np.maximum(values[begin : begin + ROWS_AT_ONCE].T, LOWEST, order="C")
            sums, pattern = np.zeros(block.shape), np.empty(block.shape[1], np.int64)
            _compiled()(block, *slots, self.table, pattern, sums)
            result[begin : begin + ROWS_AT_ONCE, :features] = sums.T
        return result

    def contributions_of_few(self, values: NDArray[np.float32]) -> Floats:
        """The same to the bit, a row at a time, where compiling would take longer than it saves."""
        rows, features = values.shape
        result = np.full((rows, features + 1), self.expectation)
        for row, x in enumerate(np.maximum(values, LOWEST)):
            added = self.table.take(self.first_cell + self._conditions.patterns(x))
            result[row, :-1] = np.bincount(self.feature, added, features)
        return result

    @cached_property
    def _conditions(self) -> Conditions:
        return conditions(self.first_slot, self.feature, self.low, self.high, self.missing)


def leaf_tables(text: str) -> LeafTables | None:
    """The tables of an ensemble in LightGBM's text format; None where paths have too many features.

    Raises `DamagedRelease` for trees of a kind that Holdfast does not train.
    """
    every = list(trees(text))
    leaves = sorted((leaf for tree in every for leaf in paths(tree)), key=lambda leaf: len(leaf.passes))
    sizes = np.array([len(leaf.passes) for leaf in leaves], np.int64)
    if max(sizes, default=0) > MOST_FEATURES or int((sizes * 2**sizes).sum()) > MOST_CELLS:
        return None
    slots = [(feature, *passes) for leaf in leaves for feature, passes in leaf.passes.items()]
    columns = list(zip(*slots, strict=True)) or [()] * 5
    tables = [_tables(leaves, size) for size in sorted(set(sizes.tolist()))]
    cells = np.repeat(2**sizes, sizes)
    return LeafTables(
        first_slot=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        feature=np.array(columns[0], np.int64),
        low=np.array(columns[1], np.float64),
        high=np.array(columns[2], np.float64),
        missing=np.array(columns[3], np.int64),
        first_cell=(np.cumsum(cells) - cells).astype(np.int64),
        table=np.concatenate([*tables, np.empty(0)]),
        expectation=sum(map(expectation, every)),
    )


def _tables(leaves: Sequence[Path], size: int) -> Floats:
    """The additions of all leaves with so many features: by leaf, slot and pattern, in one row."""
    alike = [leaf for leaf in leaves if len(leaf.passes) == size]
    value = np.array([leaf.value for leaf in alike])
    share = np.array([[passes.share for passes in leaf.passes.values()] for leaf in alike])
    passed = (np.arange(2**size)[:, None] >> np.arange(size)) & 1
    table = np.empty((len(alike), size, 2**size))
    for one in range(size):
        others = [other for other in range(size) if other != one]
        weight = _expected_product(share[:, others], passed[:, others])
        table[:, one] = value[:, None] * (passed[:, one] - share[:, one, None]) * weight
    return table.ravel()


def _expected_product(share: Floats, passed: NDArray[np.int64]) -> Floats:
    """The sum over subsets in the formula above [leaves, patterns], without v and (o_i − z_i).

    The sums of products are the coefficients of Π (o_j t + z_j), by the power of t: the size of the subset.
    """
    leaves, others = share.shape
    sums = np.zeros((others + 1, leaves, len(passed)))
    sums[0] = 1.0
    for other in range(others):
        one, zero = passed[None, :, other], share[:, other, None]
        sums[1:] = sums[1:] * zero + sums[:-1] * one
        sums[0] *= zero
    weight = [
        factorial(size) * factorial(others - size) / factorial(others + 1) for size in range(others + 1)
    ]
    total: Floats = np.tensordot(np.array(weight), sums, axes=1)
    return total


def add_leaves(  # noqa: PLR0917 -- compiled code is called by position alone
    block: NDArray[np.float32],
    first_slot: Ints,
    feature: Ints,
    low: Floats,
    high: Floats,
    missing: Ints,
    first_cell: Ints,
    table: Floats,
    pattern: Ints,
    sums: Floats,
) -> None:
    """Add what every leaf adds for feature values [k, rows] to `sums` [k, rows]; pattern [rows]: room."""
    rows = len(pattern)
    for leaf in range(len(first_slot) - 1):
        begin, end = first_slot[leaf], first_slot[leaf + 1]
        pattern[:] = 0
        for slot in range(begin, end):
            column, bit = block[feature[slot]], 1 << (slot - begin)
            below, above, empty = low[slot], high[slot], missing[slot]
            for row in range(rows):
                x = column[row]
                pattern[row] |= bit * ((x > below) & (x <= above) | np.isnan(x) & (empty == 1))
        for slot in range(begin, end):
            total, cell = sums[feature[slot]], first_cell[slot]
            for row in range(rows):
                total[row] += table[cell + pattern[row]]


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit  # noqa: PLC0415  # half a second, wanted only where rows are explained

    compiled: Callable[..., None] = njit(cache=True)(add_leaves)
    return compiled
