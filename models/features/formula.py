"""Formulas over folds: float64 arrays in, float64 arrays out, the same for one row and for millions."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from models.features.declaration import Deviation, Difference, Expression, Fold, Ratio
from models.features.plan import Plan

Floats = NDArray[np.float64]


def evaluate(expression: Expression, folded: Mapping[Fold, Floats]) -> Floats:
    """The value of an expression [rows], given every fold it contains [rows]. NaN stands for "nothing".

    Only +, -, ×, ÷ and the square root occur: IEEE 754 rounds each of them in one way, so a single row and
    a million rows agree to the last bit.
    """
    match expression:
        case Fold():
            return folded[expression]
        case Ratio(numerator, denominator):
            return _ratio(evaluate(numerator, folded), evaluate(denominator, folded))
        case Difference(minuend, subtrahend):
            return evaluate(minuend, folded) - evaluate(subtrahend, folded)
        case Deviation(count, total, squares):
            n, x, xx = (evaluate(part, folded) for part in (count, total, squares))
            return np.sqrt(_ratio(n * xx - x * x, n * (n - 1)))


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    result = np.full_like(numerator, np.nan)
    return np.divide(numerator, denominator, out=result, where=denominator != 0)


def features_of(plan: Plan, folded: Floats) -> Iterator[Floats]:
    """Each feature's column [rows] in order, from the kernel's folds [rows, folds]."""
    columns = dict(zip(plan.folds, np.ascontiguousarray(folded.T), strict=True))
    for feature in plan.features:
        yield evaluate(feature.value, columns)
