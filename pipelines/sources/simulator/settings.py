"""The knobs of the simulated world; every law that they turn is written where it acts."""

from dataclasses import dataclass, field
from datetime import date

from models.domain.errors import InvalidSetting
from models.domain.settings import in_range
from pipelines.sources.simulator.dirt_settings import DirtSettings

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class SimulatorSettings:
    """What kind of shop to invent.

    customers, years, start (ISO date of the first local day) and seed say how big and which. Shares are
    shares of orders (complaint_share, silent_problem_share), of complaints (forgotten_share) and of customers
    (sleeping_dogs). offer_strength 1 has the largest default coupon keep 7.6 more of 100 who can be swayed,
    0.5 about 3.8, 0 none. visits_per_order 0: the shop logs no visits, carts and failures. Face values and
    prices are minor units in the money of the first day. price_growth_per_year is the shop's own,
    inflation_per_year that of all amounts; a price index accounts for the latter alone. dirt: off.
    """

    customers: int = 20_000
    years: int = 4
    seed: int = 7
    start: str = "2022-06-01"
    orders_per_year: float = 5.0
    departures_per_year: float = 0.3
    complaint_share: float = 0.035
    forgotten_share: float = 0.15
    silent_problem_share: float = 0.04
    return_share: float = 0.04
    median_price_minor: int = 2_400
    price_growth_per_year: float = 0.03
    inflation_per_year: float = 0.0
    face_values_minor: tuple[int, ...] = (500, 1_500)
    offer_strength: float = 1.0
    sleeping_dogs: float = 0.15
    visits_per_order: float = 2.0
    dirt: DirtSettings = field(default_factory=DirtSettings)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a world that cannot be."""
        in_range("simulator.customers", self.customers, 100, 5_000_000)
        in_range("simulator.years", self.years, 2, 30)
        in_range("simulator.seed", self.seed, 0, 2**63 - 1)
        in_range("simulator.orders_per_year", self.orders_per_year, 0.1, 100)
        in_range("simulator.departures_per_year", self.departures_per_year, 0.01, 10)
        in_range("simulator.complaint_share", self.complaint_share, 0, 0.3)
        in_range("simulator.forgotten_share", self.forgotten_share, 0, 1)
        in_range("simulator.silent_problem_share", self.silent_problem_share, 0, 0.3)
        in_range("simulator.return_share", self.return_share, 0, 0.5)
        in_range("simulator.median_price_minor", self.median_price_minor, 1, 10**12)
        in_range("simulator.price_growth_per_year", self.price_growth_per_year, -0.5, 2)
        in_range("simulator.inflation_per_year", self.inflation_per_year, -0.5, 3)
        in_range("simulator.face_values_minor: how many", len(self.face_values_minor), 1, 5)
        for face in self.face_values_minor:
            in_range("simulator.face_values_minor", face, 1, 10**12)
        in_range("simulator.offer_strength", self.offer_strength, 0, 2.5)
        in_range("simulator.sleeping_dogs", self.sleeping_dogs, 0, 1)
        in_range("simulator.visits_per_order", self.visits_per_order, 0, 200)
        _ = self.first_day

    @property
    def first_day(self) -> date:
        """The first local day of the world. Raises `InvalidSetting` when `start` is no date."""
        try:
            return date.fromisoformat(self.start)
        except ValueError as error:
            raise InvalidSetting(
                "`simulator.start` is not a date",
                allowed="an ISO date such as 2022-06-01",
                given=self.start,
                remedy="Correct simulator.start in params.yaml.",
            ) from error

    @property
    def days(self) -> int:
        """How many local days the world lasts."""
        return round(self.years * DAYS_PER_YEAR)
