"""Texts as numbers: what stands before a fraction, and which unit stands beside."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.numerals import Numerals, numerals

MARKS = (".", ",")
_A_THOUSAND_OR_ONE = r"^-?[1-9]\d{0,2}\.\d{3}$"


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    share, wholes: shares of the filled rows. decimal_mark: '.' or ','; None where `1.234` could be a thousand
    or a little more than one and nothing else tells. low, high, median: of the numbers read so. units: words
    and signs that stand beside numbers.
    """

    share: float
    wholes: float = 0.0
    decimal_mark: str | None = "."
    low: float = 0.0
    high: float = 0.0
    median: float = 0.0
    units: tuple[str, ...] = ()


def numbers_of(texts: Mapping[str, int]) -> Numbers:
    """Normalised texts, with how often they occur, read as numbers."""
    tidy = pa.array(list(texts), pa.string())
    rows = np.array([*texts.values()], dtype=np.int64)
    readings = {mark: numerals(tidy, mark) for mark in MARKS}
    readable = {mark: int(rows[_are_numbers(reading)].sum()) for mark, reading in readings.items()}
    best = max(MARKS, key=lambda mark: readable[mark])
    if not readable[best]:
        return Numbers(0.0)
    said = readings[best]
    values, counts = _values(said), rows[_are_numbers(said)]
    return Numbers(
        readable[best] / int(rows.sum()),
        float(counts[values == np.rint(values)].sum() / rows.sum()),
        None if best == "." and _only_dots_of_thousands(said) else best,
        float(values.min()),
        float(values.max()),
        float(np.median(np.repeat(values, counts))),
        tuple(sorted(set(said.unit.to_pylist()) - {"", None})),
    )


def _are_numbers(reading: Numerals) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = reading.plain.is_valid().to_numpy(zero_copy_only=False)
    return mask


def _values(reading: Numerals) -> NDArray[np.float64]:
    # For comparing only: amounts are read exactly, by the contract's own rules.
    bare = pc.replace_substring_regex(reading.plain.drop_null(), r"^\+|\.$", "")
    values: NDArray[np.float64] = bare.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values


def _only_dots_of_thousands(reading: Numerals) -> bool:
    """Whether each number with a dot has three digits behind it."""
    dotted = reading.tidy.filter(pc.match_substring(reading.tidy, ".")).drop_null()
    return bool(len(dotted)) and bool(pc.all(pc.match_substring_regex(dotted, _A_THOUSAND_OR_ONE)).as_py())
