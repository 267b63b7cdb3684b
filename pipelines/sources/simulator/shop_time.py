"""Local days, opening hours and the season.

The season is a clock that runs faster on busy days: gaps between orders are drawn in busy days and read
off on the calendar, so December shortens everybody's gaps without a second law.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, local_midnight
from pipelines.sources.simulator.level_shift import pace
from pipelines.sources.simulator.settings import SimulatorSettings

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]

OUTLOOK_DAYS = 90  # the world lives on for one churn horizon past its end, for the oracle alone
OPENS, CLOSES = 8 / 24, 22 / 24

# January to December. Gifts fill the end of the year and empty the weeks after; summer is quiet.
_MONTH = (0.80, 0.90, 0.95, 1.00, 1.00, 0.95, 0.90, 0.85, 1.00, 1.00, 1.15, 1.50)
_WEEKDAY = (1.05, 0.95, 0.95, 1.00, 1.10, 1.05, 0.90)  # Monday to Sunday


@dataclass(frozen=True)
class ShopTime:
    """The calendar of the shop: day numbers count from 0, the first local day.

    midnights: instants, to the end of the outlook of the longest books. busy: busy days passed by each of
    those midnights. unshifted: the same without a level shift. days: the number of the midnight at which the
    tables end.
    """

    midnights: Instants
    busy: Floats
    unshifted: Floats
    days: int

    @property
    def start(self) -> int:
        """The first instant of the world."""
        return int(self.midnights[0])

    @property
    def end(self) -> int:
        """The instant at which the tables are extracted, a local midnight."""
        return int(self.midnights[self.days])

    def instants(self, day: Floats) -> Instants:
        """Instants of fractional day numbers; days after the outlook end with it.

        Counted back from the midnight that ends the day: clocks change in the small hours, so eight in the
        morning is sixteen hours before midnight on every day.
        """
        whole = np.minimum(day.astype(np.int64), len(self.midnights) - 2)
        remaining = 1 - np.minimum(day - whole, 1)
        moments: Instants = self.midnights[whole + 1] - lasting(remaining)
        return moments

    def busy_at(self, day: Floats) -> Floats:
        """Busy days passed by each fractional day number."""
        return np.interp(day, np.arange(len(self.busy)), self.busy)

    def day_at(self, busy: Floats) -> Floats:
        """The inverse of `busy_at`; infinite after the outlook."""
        return np.interp(busy, self.busy, np.arange(len(self.busy), dtype=np.float64), right=np.inf)

    def sooner(self, days: int) -> "ShopTime":
        """The calendar of the same world, whose books end so many days sooner."""
        return replace(self, days=self.days - days)

    @property
    def longest(self) -> int:
        """`days` of the longest books of this world."""
        return max(self.days, self.last_midnight - OUTLOOK_DAYS)

    @property
    def outlook_ends(self) -> int:
        """The instant to which the world lives on."""
        return int(self.midnights[min(self.days + OUTLOOK_DAYS, self.last_midnight)])

    @property
    def last_midnight(self) -> int:
        """The number of the last midnight that the calendar knows."""
        return len(self.midnights) - 1

    @property
    def without_shift(self) -> "ShopTime":
        """The calendar of a shop whose level never shifts."""
        return replace(self, busy=self.unshifted)


def shop_time(settings: SimulatorSettings, zone: str) -> ShopTime:
    """Lay out every local day of the world and of the outlook after it."""
    dates = [settings.first_day + timedelta(days=day) for day in range(settings.days + OUTLOOK_DAYS + 1)]
    speed = np.array([busyness(day) for day in dates[:-1]])
    return ShopTime(
        midnights=np.array([local_midnight(day, zone) for day in dates], dtype=np.int64),
        busy=np.concatenate([[0.0], np.cumsum(speed * pace(settings, len(speed)))]),
        unshifted=np.concatenate([[0.0], np.cumsum(speed)]),
        days=settings.days,
    )


def in_opening_hours(day: Floats) -> Floats:
    """Move each moment of the day into opening hours, keeping their order."""
    whole = np.floor(day)
    return whole + OPENS + (CLOSES - OPENS) * (day - whole)


def lasting(days: Floats) -> Instants:
    """A duration in whole microseconds; a million days stand for ever."""
    return (np.minimum(days, 1e6) * DAY).astype(np.int64)


def busyness(day: date) -> float:
    """How many busy days pass on a local day."""
    return _MONTH[day.month - 1] * _WEEKDAY[day.weekday()]
