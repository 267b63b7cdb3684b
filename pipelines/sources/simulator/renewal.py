"""Erlang renewal processes: how long until the next order, and how many there will be.

An order falls due when a customer has gone through `shape` phases, each of which lasts an exponential time
with the rate shape · orders a busy day (Cox, Renewal Theory, 1962, §1.4 and §2.3). Time is the busy clock.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def phases(speed: Floats, shape: int, elapsed: Floats) -> Floats:
    """P(so many phases are behind a customer | no order for `elapsed`) [n, shape]; `speed` phases a busy day.

    Poisson counts below `shape`, given that they are below it.
    """
    counts = np.arange(shape)
    weights = (speed * elapsed)[:, None] ** counts / [factorial(count) for count in counts]
    behind: Floats = weights / weights.sum(axis=1, keepdims=True)
    return behind


def waiting_phases(behind: Floats, speed: Floats, ahead: float) -> Floats:
    """P(no order in `ahead` more busy days, and so many phases are behind a customer) [n, shape]."""
    shape = behind.shape[1]
    passed = (speed * ahead)[:, None]
    moved = [passed**count / factorial(count) * np.exp(-passed) for count in range(shape)]
    later = np.zeros_like(behind)
    for count in range(shape):
        later[:, count:] += behind[:, : shape - count] * moved[count]
    return later


def still_waiting(behind: Floats, speed: Floats, ahead: Floats) -> Floats:
    """P(no order in the busy days `ahead`) [n, len(ahead)]."""
    return np.stack([waiting_phases(behind, speed, float(days)).sum(axis=1) for days in ahead], axis=1)


def expected_orders(behind: Floats, speed: Floats, toll: Floats, clock: Floats) -> Floats:
    """Expected orders between the busy instants of `clock`, which begins now [n, len(clock) − 1].

    `toll` [n] is the factor by which each order changes what comes after it: 1 leaves all as it is, .99
    loses one customer in a hundred over each order. An order moves a customer from the last phase into the
    first, so phases move in a circle, and turned by a Fourier transform each of its terms is an exponential:
    with r = toll^(1/shape), term m grows by exp(speed · (r·e^(−2πim/shape) − 1)) a busy day.
    """
    shape = behind.shape[1]
    root = toll[:, None] ** (1 / shape)
    turned = np.fft.fft(behind * root ** np.arange(shape), axis=1)
    turn = np.exp(-2j * np.pi * np.arange(shape) / shape)
    growth = speed[:, None] * (root * turn - 1)
    last = turned * turn / (shape * root ** (shape - 1))  # turn^−(shape−1) = turn: back to the last phase
    orders = np.zeros((len(speed), len(clock) - 1))
    for term in range(shape):
        passed = (speed * last[:, term])[:, None] * _grown(growth[:, term], clock)
        orders += np.diff(passed, axis=1).real
    return orders


def _grown(growth: NDArray[np.complex128], clock: Floats) -> NDArray[np.complex128]:
    """∫ exp(growth · b) db from 0 to each instant of the clock [n, len(clock)]."""
    steady = growth == 0
    rate = np.where(steady, 1, growth)[:, None]
    summed: NDArray[np.complex128] = np.where(steady[:, None], clock, np.expm1(rate * clock) / rate)
    return summed
