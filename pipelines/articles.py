"""What `build_features` counts of articles, and what it leaves for the release to look up."""

import shutil
from collections.abc import Sequence
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.absent import write_absent
from models.features.population import write_populations
from models.features.table_rows import Rows
from models.learned.training.population.fitting import FittedPopulations, fit_populations
from models.learned.training.population.settings import PopulationSettings
from pipelines import paths
from pipelines.params import section

WHAT = "statistics of articles"
READ = ("customer_id", "ordered_at", "item_id", "category", "units", "amount_minor", "known_at")
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


def some_customers(orders: Rows) -> pa.Table:
    """The lines of so many customers as may be held in memory, whole customers drawn by a hash of their id.

    What is counted are shares of customers and of lines, which a share of the customers tells as well.
    """
    columns = [name for name in READ if name in orders.names]
    one_in = -(-orders.all[1] // MOST_LINES)
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
