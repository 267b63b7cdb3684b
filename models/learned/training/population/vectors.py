"""Who buys one article buys which others: a truncated SVD of customer × article, kept the same way round.

The matrix holds 1 / √m where a customer bought an article in the last 365 days, m being how many different
ones they bought in them: everybody counts the same. The right singular vectors place articles on a few axes,
in units of 1 / √n of n articles.

Two fits of nearly the same purchases may name their axes differently, or turn them into each other where two
are of one strength. So each fit is turned onto the one before it by the rotation that brings the articles
they share closest together (Schönemann's solution of the orthogonal Procrustes problem, 1966). Fits come at
fixed instants of the calendar, and so are the same in every run over a longer log.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.domain.instants import DAY
from models.features.population import AXES, SCALE
from models.learned.training.population.counts import YEAR, buyers_of
from models.learned.training.population.sales import Sales
from models.learned.training.population.settings import PopulationSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SEED, _BLOCK, _STEPS = 1, AXES + 4, 8
_NEGLIGIBLE = 1e-9  # of the strongest axis: one without any strength has no direction


def fitting_instants(first: int, last: int, days: int) -> range:
    """The instants (microseconds) after `first`, until `last`, that lie whole steps of days from 1970."""
    step = days * DAY
    return range((first // step + 1) * step, last + 1, step)


def fit_vectors(sales: Sales, last: int, settings: PopulationSettings) -> Iterator[tuple[int, Ints]]:
    """Each fitting instant until `last` with the vectors of all articles [n, AXES], in millionths.

    An article that was not bought in the year before has zeros. An instant with too few customers or articles
    has no vectors, and neither has one of a source that sold nothing.
    """
    if not len(sales.purchases.visible):
        return
    before = np.zeros((len(sales.items), AXES))
    for instant in fitting_instants(int(sales.purchases.visible[0]), last, settings.vector_days):
        fitted = fit_axes(sales, instant, settings)
        if fitted is not None:
            before = _turned_onto(before, fitted)
            yield instant, np.rint(before * SCALE).astype(np.int64)


def fit_axes(sales: Sales, instant: int, settings: PopulationSettings) -> Floats | None:
    """Vectors of all articles [n, AXES] as one fit names them; None where too few bought too little."""
    bought = sales.purchases.until(instant)
    pair, _ = _renumbered(bought.pair[bought.at > instant - YEAR])
    popular = np.argsort(-buyers_of(sales, pair), kind="stable")[: settings.most_items]
    known = np.zeros(len(sales.items), bool)
    known[popular] = True
    pair = pair[known[sales.item_of_pair[pair]]]
    customers, row = _renumbered(sales.customer_of_pair[pair])
    items, column = _renumbered(sales.item_of_pair[pair])
    if len(customers) < settings.min_customers or len(items) < settings.min_items:
        return None
    weight = 1.0 / np.sqrt(np.bincount(row))[row]
    matrix = csr_array((weight, (row, column)), shape=(len(customers), len(items)))
    vectors = np.zeros((len(sales.items), AXES))
    vectors[items] = _axes(matrix) * np.sqrt(len(items))
    return vectors


def _renumbered(codes: Ints) -> tuple[Ints, Ints]:
    """The codes that occur, ascending, and the place [n] of each one among them."""
    occurs = np.bincount(codes) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes]


def _axes(matrix: csr_array) -> Floats:
    """The strongest axes [columns, AXES], strongest first; the greatest entry of each is positive.

    Found in the space that a random block and what the matrix makes of it span (Musco & Musco 2015). ARPACK
    answers differently from call to call where axes are of one strength (docs/experiments.md).
    """
    across = matrix.T.tocsr()
    block = np.random.default_rng(_SEED).standard_normal((matrix.shape[1], _BLOCK))
    blocks = []
    for _ in range(_STEPS):
        block = np.linalg.qr(across @ (matrix @ block))[0]
        blocks.append(block)
    space = np.linalg.qr(np.hstack(blocks))[0]
    made = [across @ (matrix @ space[:, at : at + _BLOCK]) for at in range(0, space.shape[1], _BLOCK)]
    power, turned = np.linalg.eigh(space.T @ np.hstack(made))
    strongest = slice(None, -AXES - 1, -1)
    axes: Floats = space @ turned[:, strongest] * (power[strongest] > _NEGLIGIBLE * power[-1])
    greatest = axes[np.argmax(np.abs(axes), axis=0), np.arange(AXES)]
    return np.where(greatest < 0, -axes, axes)


def _turned_onto(before: Floats, fitted: Floats) -> Floats:
    """The fit, turned so that the articles that both place lie as close as can be; as it is without any."""
    shared = np.any(before != 0, axis=1) & np.any(fitted != 0, axis=1)
    if np.count_nonzero(shared) < AXES:
        return fitted
    left, _, right = np.linalg.svd(fitted[shared].T @ before[shared])
    turned: Floats = fitted @ (left @ right)
    return turned
