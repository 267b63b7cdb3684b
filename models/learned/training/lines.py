"""Fitting a line of the outcome to those who got an offer and one to the others, each near the line of all.

First one ridge regression of everybody; then each side's own, drawn to it: they differ where the data say
so. Newton's steps; one is enough where the outcome is an amount.
"""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.learned.calibration import probability
from models.learned.lines import Columns, Lines
from models.learned.trial import OTHER, Floats, Trial

STEPS, OWN_STEPS = 5, 2  # from there on effects move by less than .0001
SKEWED = 1.0  # from which skewness on a column that is never negative is read by its logarithm
LEAST = 1e-6
DIGITS = 10


def fit_lines(trial: Trial, ridge: float) -> Lines:
    """Lines of who got nothing and of who got anything; `ridge` draws both to the line of all together."""
    rows = np.flatnonzero(trial.arm != OTHER)
    columns = columns_of(trial.values[rows])
    design = np.column_stack([np.ones(len(rows)), columns.read(trial.values[rows])])
    outcome, treated = trial.outcome[rows], trial.treated[rows]
    with threadpool_limits(limits=1):  # more threads add in another order
        start = np.zeros(design.shape[1])
        both = newton(design, outcome, start, 1.0, STEPS, binary=trial.binary)
        own = [
            newton(design[side], outcome[side], both, ridge, OWN_STEPS, binary=trial.binary)
            for side in (~treated, treated)
        ]
    lines = np.array([[float(f"{value:.{DIGITS}g}") for value in line] for line in own])
    return Lines(columns, lines[:, 0], lines[:, 1:], trial.binary)


def columns_of(values: NDArray[np.float32]) -> Columns:
    """How to read columns, by their own distribution."""
    plain = values.astype(np.float64)
    logged = np.array([_skewed(column) for column in plain.T], np.bool_)
    plain[:, logged] = np.log1p(np.maximum(plain[:, logged], 0.0))
    known = np.isfinite(plain)
    many = np.maximum(1, known.sum(axis=0))
    means = np.where(known, plain, 0.0).sum(axis=0) / many
    spread = np.sqrt((np.where(known, plain - means, 0.0) ** 2).sum(axis=0) / many)
    return Columns(logged, means, np.where(spread > LEAST, spread, 1.0))


def newton(
    design: Floats, outcome: Floats, towards: Floats, ridge: float, steps: int, *, binary: bool
) -> Floats:
    """The line [1 + k] of an outcome, drawn to another by a ridge; its base is free.

    Minimises the log-loss (half the squared error of an amount) plus ridge ÷ 2 · Σ (β_j − towards_j)².
    """
    line, drawn = towards.copy(), np.full(design.shape[1], ridge)
    drawn[0] = LEAST
    for _ in range(steps if binary else 1):
        told = design @ line
        p = probability(told) if binary else told
        weight = np.maximum(p * (1 - p), LEAST) if binary else np.ones_like(told)
        bend = (design * weight[:, None]).T @ design + np.diag(drawn)
        line = line + np.linalg.solve(bend, design.T @ (outcome - p) - drawn * (line - towards))
    return line


def _skewed(column: Floats) -> bool:
    known = column[np.isfinite(column)]
    if not len(known) or known.min() < 0:
        return False
    apart = known - known.mean()
    squared = apart * apart  # powers take ten times as long
    spread = float(squared.mean())
    return spread > 0 and float((squared * apart).mean()) / spread**1.5 > SKEWED
