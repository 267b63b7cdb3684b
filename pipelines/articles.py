"""What `build_features` counts of articles, and what it leaves for the release to look up."""

import shutil
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.absent import write_absent
from models.domain.instants import iso
from models.domain.settings import plain
from models.features.population import write_populations
from models.features.table_rows import Rows
from models.learned.training.population.fitting import FittedPopulations, fit_populations
from models.learned.training.population.settings import PopulationSettings
from pipelines import paths
from pipelines.params import section

WHAT = "statistics of articles"
READ = ("customer_id", "ordered_at", "item_id", "category", "units", "amount_minor", "known_at")
MEANING = 1  # raised when what is counted comes to mean something else
MOST_LINES = 5_000_000  # of a log that is not held in memory: enough for any rate


def fit(orders: pa.Table, snapshots: Sequence[int]) -> FittedPopulations:
    """Count articles for every snapshot; write the counts, or why there are none."""
    fitted = fit_populations(orders, snapshots, section(PopulationSettings, "population"))
    if fitted.populations:
        shutil.rmtree(paths.FITTED_POPULATION, ignore_errors=True)
        write_populations(fitted.populations, paths.FITTED_POPULATION)
    else:
        absent(fitted.reason)
    return fitted


def way_of_counting(fitted: FittedPopulations, one_in: int = 1) -> dict[str, Any]:
    """What must be the same for counts to mean the same to a model; nothing where nothing was counted."""
    if not fitted.populations:
        return {}
    since = None if fitted.axes_since is None else iso(fitted.axes_since)
    settings = plain(section(PopulationSettings, "population"))
    return {"meaning": MEANING, "settings": settings, "axes_since": since, "one_in": one_in}


def one_customer_in(orders: Rows) -> int:
    """Of how many customers one is counted where a log is not held in memory: a power of two.

    So that a log that grows keeps half of the customers that it counted before, and mostly all of them.
    """
    return 1 << max(0, (-(-orders.all[1] // MOST_LINES) - 1).bit_length())


def some_customers(orders: Rows, one_in: int) -> pa.Table:
    """The lines of one customer in so many, whole customers drawn by a hash of their id.

    What is counted are shares of customers and of lines, which a share of the customers tells as well.
    """
    columns = [name for name in READ if name in orders.names]
    drawn = [_drawn(lines, one_in) for lines in orders.batches(columns, *orders.all)]
    return pa.concat_tables(drawn).combine_chunks()


def _drawn(lines: pa.Table, one_in: int) -> pa.Table:
    ids = pc.dictionary_encode(lines["customer_id"].combine_chunks())
    chosen = pa.array([crc32(each.encode()) % one_in == 0 for each in ids.dictionary.to_pylist()], pa.bool_())
    return lines.filter(chosen.take(ids.indices))


def absent(reason: str) -> None:
    """Say that there are no counts, and why."""
    shutil.rmtree(paths.FITTED_POPULATION, ignore_errors=True)
    write_absent(paths.FITTED_POPULATION, WHAT, reason)
