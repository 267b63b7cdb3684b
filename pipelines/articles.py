"""What `build_features` counts of articles, and what it leaves for the release to look up."""

import shutil
from collections.abc import Sequence

import pyarrow as pa

from models.contract.absent import write_absent
from models.features.population import write_populations
from models.learned.training.population.fitting import FittedPopulations, fit_populations
from models.learned.training.population.settings import PopulationSettings
from pipelines import paths
from pipelines.params import section

WHAT = "statistics of articles"

# What is read of order lines where it is there.
COLUMNS = ("customer_id", "item_id", "category", "ordered_at", "known_at", "units", "amount_minor")


def fit(orders: pa.Table, snapshots: Sequence[int]) -> FittedPopulations:
    """Count articles for every snapshot; write the counts, or why there are none."""
    fitted = fit_populations(orders, snapshots, section(PopulationSettings, "population"))
    if fitted.populations:
        shutil.rmtree(paths.FITTED_POPULATION, ignore_errors=True)
        write_populations(fitted.populations, paths.FITTED_POPULATION)
    else:
        absent(fitted.reason)
    return fitted


def absent(reason: str) -> None:
    """Say that there are no counts, and why."""
    shutil.rmtree(paths.FITTED_POPULATION, ignore_errors=True)
    write_absent(paths.FITTED_POPULATION, WHAT, reason)
