"""Parts of a column in which everybody met the rarer outcome: a word, an empty cell, one end of the numbers.

A copy of the outcome need not cover all customers to give it away: whoever has bought something has visited.
Among those of the commoner outcome such parts are ordinary (nobody who came yesterday has left), so only the
rarer one counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_ROWS = 30
# Of all customers with the outcome, how many a part must hold to be no mere oddity.
TELLING_SHARE = 0.05
FEW_VALUES = 30


@dataclass(frozen=True)
class PurePart:
    """Where in a column everybody left, or everybody stayed.

    where: in words, such as 'is 1' or 'from 29.99 on'. share: of all customers with that outcome.
    """

    column: str
    where: str
    rows: int
    share: float
    left: bool

    @property
    def telling(self) -> bool:
        """Whether the part is large enough to stop a run for."""
        return self.share >= TELLING_SHARE

    @property
    def sentence(self) -> str:
        """'conversion: where it is 1, all 578 stayed (6% of all who did)'."""
        met = "left" if self.left else "stayed"
        return (
            f"{self.column}: where it {self.where}, all {self.rows:,} {met} ({self.share:.0%} of all who did)"
        )


def pure_part_of_numbers(column: str, values: Floats, churned: Floats) -> PurePart | None:
    """The largest pure part of a column of numbers [n], NaN empty; `churned` [n] is 1 or 0."""
    known = ~np.isnan(values)
    distinct, group = np.unique(values[known], return_inverse=True)
    left, rare = _rarer(churned)
    few = [f"is {value:g}" for value in distinct] if len(distinct) <= FEW_VALUES else []
    parts = [*_groups(few, group, rare[known])] if few else []
    parts += [*_ends(distinct, group, rare[known]), _whole("is empty", rare[~known])]
    return _largest(column, parts, rare, left=left)


def pure_part_of_words(
    column: str, codes: NDArray[np.int64], words: list[str], churned: Floats
) -> PurePart | None:
    """The largest pure part of a column of words; codes [n] into `words`, −1 empty."""
    left, rare = _rarer(churned)
    known = codes >= 0
    parts = list(_groups([f"is {word}" for word in words], codes[known], rare[known]))
    parts.append(_whole("is empty", rare[~known]))
    return _largest(column, parts, rare, left=left)


def _rarer(churned: Floats) -> tuple[bool, NDArray[np.bool_]]:
    """Whether leaving is the rarer outcome, and who met the rarer one [n]."""
    left = bool(churned.mean() <= 0.5) if len(churned) else True
    return left, churned == (1.0 if left else 0.0)


def _groups(names: list[str], group: NDArray[np.int64], rare: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
    rows = np.bincount(group, minlength=len(names))
    met = np.bincount(group, weights=rare, minlength=len(names))
    return ((int(rows[at]), names[at]) for at in np.flatnonzero(rows == met))


def _ends(distinct: Floats, group: NDArray[np.int64], rare: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
    """The runs of pure values at the lower and the upper end."""
    rows = np.bincount(group, minlength=len(distinct))
    pure = rows == np.bincount(group, weights=rare, minlength=len(distinct))
    if pure.all() or not len(distinct):
        return
    lower, upper = int(np.argmin(pure)), int(np.argmin(pure[::-1]))
    if lower:
        yield int(rows[:lower].sum()), f"is at most {distinct[lower - 1]:g}"
    if upper:
        yield int(rows[-upper:].sum()), f"is at least {distinct[-upper]:g}"


def _whole(name: str, rare: NDArray[np.bool_]) -> tuple[int, str]:
    return (len(rare) if rare.all() else 0, name)


def _largest(
    column: str, parts: list[tuple[int, str]], rare: NDArray[np.bool_], *, left: bool
) -> PurePart | None:
    rows, where = max(parts, key=lambda part: part[0], default=(0, ""))
    if rows < LEAST_ROWS:
        return None
    return PurePart(column, where, rows, rows / int(rare.sum()), left)
