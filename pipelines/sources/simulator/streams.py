"""Randomness by subject: each subject draws from a stream of its own.

A stream's seed is the world's seed and the subject's *name*, not its turn, so that a new subject (or a
longer one) leaves every other subject's draws as they were.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, subject: str) -> np.random.Generator:
    """The generator of one subject of one world."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(subject.encode()),)))


def choose(rng: np.random.Generator, shares: tuple[float, ...], n: int) -> NDArray[np.int64]:
    """N codes, code j with probability shares[j]; the last takes what is left to 1."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right").astype(np.int64)
