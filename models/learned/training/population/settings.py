"""Settings of what is counted of articles; the questions they answer stand in params.yaml."""

from dataclasses import dataclass

from models.domain.settings import in_range
from models.features.population import AXES


@dataclass(frozen=True)
class PopulationSettings:
    """How articles are counted across customers.

    most_items: the most popular articles that are told apart. min_customers, min_items: with fewer in the
    last 365 days nothing is counted. refit_days: a snapshot may look into counts that are less than so old.
    vector_days: days from one fit of the vectors to the next.
    """

    most_items: int
    min_customers: int
    min_items: int
    refit_days: int
    vector_days: int

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("population.most_items", self.most_items, 2 * AXES, 1_000_000)
        in_range("population.min_customers", self.min_customers, 2 * AXES, 100_000_000)
        in_range("population.min_items", self.min_items, 2 * AXES, 1_000_000)
        in_range("population.refit_days", self.refit_days, 1, 3650)
        in_range("population.vector_days", self.vector_days, 1, 3650)
