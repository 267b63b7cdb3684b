"""One fact: what was published, and what a simulated world shows of it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


class Unit(StrEnum):
    """How a number is told: a share of 1, a relative change, a difference of shares, a plain number."""

    SHARE = "share"
    CHANGE = "change"
    POINTS = "points"
    NUMBER = "number"


@dataclass(frozen=True)
class Fact:
    """A published fact and its like in one world.

    target: as published, in words. low and high: the band that counts as the same, both inclusive. gives:
    what the world shows. error: one standard error of that, since a world is a sample. cases: how many were
    looked at.
    """

    name: str
    source: str
    target: str
    unit: Unit
    low: float
    high: float
    gives: float
    error: float
    cases: int

    def fits(self, errors: float = 2.0) -> bool:
        """Whether the world shows the fact, give or take so many standard errors."""
        return self.low - errors * self.error <= self.gives <= self.high + errors * self.error

    def shown(self) -> str:
        """What the world gives, with one standard error: '+10.2 % ± 0.9'."""
        error = f"± {self.error:.2f}" if self.unit is Unit.NUMBER else f"± {100 * self.error:.1f}"
        match self.unit:
            case Unit.SHARE:
                return f"{100 * self.gives:.1f} % {error}"
            case Unit.CHANGE:
                return f"{100 * self.gives:+.1f} % {error}"
            case Unit.POINTS:
                return f"{100 * self.gives:+.1f} points {error}"
            case Unit.NUMBER:
                return f"{self.gives:.2f} {error}"


@dataclass(frozen=True)
class Sample:
    """Mean of a sample and the standard error of that mean."""

    mean: float
    error: float
    cases: int


def sample(values: NDArray[np.generic]) -> Sample:
    """Raises `ValueError` for fewer than two values: such a world is too small to say anything."""
    if len(values) < 2:
        raise ValueError("a fact needs two cases at least: simulate more customers")
    numbers = values.astype(np.float64)
    return Sample(float(numbers.mean()), float(numbers.std(ddof=1) / np.sqrt(len(numbers))), len(numbers))


def change(after: Sample, before: Sample) -> tuple[float, float]:
    """Relative change of the mean and its standard error (delta method, independent samples)."""
    ratio = after.mean / before.mean
    return ratio - 1, ratio * float(np.hypot(after.error / after.mean, before.error / before.mean))


def micros(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    """Instants as microseconds; the least integer where null."""
    least = np.iinfo(np.int64).min
    numbers: NDArray[np.int64] = pc.fill_null(column.cast(pa.int64()), least).to_numpy()
    return numbers


def flags(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """A column of truth values."""
    answers: NDArray[np.bool_] = column.to_numpy().astype(np.bool_)
    return answers


def floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """A column of numbers; NaN where null."""
    numbers: NDArray[np.float64] = column.cast(pa.float64()).to_numpy()
    return numbers


def numbered(ids: pa.ChunkedArray, among: pa.ChunkedArray) -> NDArray[np.int64]:
    """The place of each identifier in the column `among`, which holds all of them."""
    places: NDArray[np.int64] = pc.index_in(ids, value_set=among.combine_chunks()).cast(pa.int64()).to_numpy()
    return places
