"""Formulas over folds, as steps that the kernel takes after them: from rows of values to the next row.

Only +, -, ×, ÷ and the square root occur: IEEE 754 rounds each of them in one way, so that one customer and a
million customers agree to the last bit. NaN stands for "nothing".
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.features.declaration import Deviation, Difference, Expression, Feature, Fold, Ratio
from models.features.kernel import NAN, Folded
from models.features.scratch import Ints

RATIO, DIFFERENCE, DEVIATION = range(3)


class Formulas(NamedTuple):
    """Steps: the operation of each and the places of its parts. feature: the place of each feature.

    The result of step i has the place `folds` + i, after the folds and the steps before it.
    """

    folds: int
    operation: Ints
    first: Ints
    second: Ints
    third: Ints
    feature: Ints


def evaluate(formulas: Formulas, rows: int, folded: Folded) -> None:
    """Take every step, in order, in `folded` [places, rows], which begins with the folds."""
    for step in range(len(formulas.operation)):
        operation, result = formulas.operation[step], folded[formulas.folds + step]
        first, second = folded[formulas.first[step]], folded[formulas.second[step]]
        if operation == RATIO:
            for row in range(rows):
                result[row] = NAN if second[row] == 0 else first[row] / second[row]
        elif operation == DIFFERENCE:
            for row in range(rows):
                result[row] = first[row] - second[row]
        else:
            third = folded[formulas.third[step]]
            for row in range(rows):
                result[row] = deviation(first[row], second[row], third[row])


def deviation(count: float, total: float, squares: float) -> float:
    """Sample standard deviation from moments; nothing where fewer than two were counted."""
    if count < 2:
        return NAN
    variance = (count * squares - total * total) / (count * (count - 1))
    return 0.0 if variance < 0 else sqrt(variance)  # that of equal values may be rounded below 0


def write_features(formulas: Formulas, folded: Folded, where: Ints, values: NDArray[np.float32]) -> None:
    """Work out the formulas, and write features into `values` [k, n]: row i at where[i]."""
    evaluate(formulas, len(where), folded)
    for feature in range(len(formulas.feature)):
        source, out = folded[formulas.feature[feature]], values[feature]
        for row in range(len(where)):
            out[where[row]] = source[row]


# What is compiled, each after those that it calls.
FUNCTIONS = (deviation, evaluate, write_features)


def build_formulas(features: Sequence[Feature], places: Mapping[Fold, int]) -> Formulas:
    """The steps that make these features of folds with these places; what they share is worked out once."""
    known: dict[Expression, int] = dict(places.items())
    steps: list[tuple[int, ...]] = []
    features_at = [_place(feature.value, known, steps) for feature in features]
    columns = [[step[part] for step in steps] for part in range(4)]
    return Formulas(len(places), *(np.array(part, np.int64) for part in (*columns, features_at)))


def _place(expression: Expression, known: dict[Expression, int], steps: list[tuple[int, ...]]) -> int:
    """Which row an expression is; adds the steps that it still needs."""
    if expression not in known:
        operation, parts = _taken_apart(expression)
        places = [_place(part, known, steps) for part in parts]
        known[expression] = len(known)
        steps.append((operation, *places, *places[:1])[:4])
    return known[expression]


def _taken_apart(expression: Expression) -> tuple[int, tuple[Expression, ...]]:
    match expression:
        case Ratio(numerator, denominator):
            return RATIO, (numerator, denominator)
        case Difference(minuend, subtrahend):
            return DIFFERENCE, (minuend, subtrahend)
        case Deviation(count, total, squares):
            return DEVIATION, (count, total, squares)
        case Fold():
            raise KeyError(expression)
