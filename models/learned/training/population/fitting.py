"""Populations for a schedule of snapshots: each counted from what is visible at its own instant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.instants import DAY
from models.features.population import AXES, Population
from models.learned.training.population.counts import Counts, count
from models.learned.training.population.sales import Sales, sales_of
from models.learned.training.population.settings import PopulationSettings
from models.learned.training.population.vectors import fit_vectors

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class FittedPopulations:
    """Populations, oldest first, the last one of the last snapshot; none, and why, where that has none.

    axes_since: the instant at which the axes of vectors began (microseconds), None before there are any. From
    another beginning they would mean other things.
    """

    populations: tuple[Population, ...]
    reason: str = ""
    axes_since: int | None = None


def fit_populations(
    orders: pa.Table, snapshots: Sequence[int], settings: PopulationSettings
) -> FittedPopulations:
    """Count the articles of contract order lines for these snapshots (microseconds).

    Of a snapshot only lines count that had happened and were known by it. Units, category and even the
    articles may be absent.
    """
    if "item_id" not in orders.column_names:
        return FittedPopulations((), "the source has no column orders.item_id")
    sales, last = sales_of(orders), max(snapshots)
    reason = _too_few(count(sales, last), settings)
    if reason:
        return FittedPopulations((), reason)
    instants = counting_instants(snapshots, settings.refit_days)
    counted = [(instant, count(sales, instant)) for instant in instants]
    fitted = list(fit_vectors(sales, last, settings))
    vectors = [(min(snapshots), np.zeros((len(sales.items), AXES), np.int64)), *fitted]
    return FittedPopulations(
        tuple(
            _population(instant, sales, counts, _newest(vectors, instant), settings)
            for instant, counts in counted
            if not _too_few(counts, settings)
        ),
        axes_since=fitted[0][0] if fitted else None,
    )


def counting_instants(snapshots: Sequence[int], refit_days: int) -> list[int]:
    """The snapshots at which articles are counted anew: the first, the last, and each with counts too old."""
    chosen: list[int] = []
    *earlier, last = sorted(set(snapshots))
    for snapshot in earlier:
        # A day on which clocks change is an hour shorter, and counts.
        if not chosen or round((snapshot - chosen[-1]) / DAY) >= refit_days:
            chosen.append(snapshot)
    return [*chosen, last]


def _too_few(counts: Counts, settings: PopulationSettings) -> str:
    """Why nothing is counted; empty where there is enough."""
    items = np.count_nonzero(counts.recent_buyers)
    if counts.customers < settings.min_customers:
        return (
            f"{counts.customers} customers bought articles in a year, counting takes {settings.min_customers}"
        )
    if items < settings.min_items:
        return f"{items} articles were bought in a year, counting takes {settings.min_items}"
    return ""


def _newest(vectors: Sequence[tuple[int, Ints]], instant: int) -> Ints:
    """The vectors [n, AXES] that were fitted last by an instant."""
    return [fitted for at, fitted in vectors if at <= instant][-1]


def _population(
    instant: int, sales: Sales, counts: Counts, vectors: Ints, settings: PopulationSettings
) -> Population:
    """What is known of the articles bought so far, of the most popular ones where there are many."""
    order = np.lexsort((-counts.buyers, -counts.recent_buyers))
    kept = np.sort(order[counts.buyers[order] > 0][: settings.most_items])
    known = np.concatenate([counts.statistics[:, kept], vectors[kept].T])
    others = np.concatenate([counts.others, np.zeros(AXES, np.int64)])
    values = np.ascontiguousarray(np.column_stack([known, others]))
    return Population(instant, tuple(sales.items.take(pa.array(kept)).to_pylist()), values)
