"""Where the lifecycle stages begin and end: section `policy.lifecycle`."""

from dataclasses import dataclass

from models.domain.settings import in_range

MOST_DAYS = 3650


@dataclass(frozen=True)
class LifecycleSettings:
    """Thresholds of the lifecycle stages.

    Days are days, gaps are multiples of the customer's own mean gap between orders, probabilities are of
    churn within the horizon, ratings are 1 (bad) to 5 (good). evidence: features of which anything above 0 is
    proof that somebody is leaving, such as notice given on a contract; a high probability is no proof.
    """

    new_days: int
    first_gap_days: float
    shortest_gap_days: float
    silent_gaps: float
    lost_gaps: float
    lost_days: int
    lost_probability: float
    considering_probability: float
    unhappy_days: int
    bad_rating: int
    considering_gaps: float = 0.0
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a threshold out of range or two in the wrong order."""
        where = "policy.lifecycle"
        in_range(f"{where}.new_days", self.new_days, 0, MOST_DAYS)
        in_range(f"{where}.first_gap_days", self.first_gap_days, 1, MOST_DAYS)
        in_range(f"{where}.shortest_gap_days", self.shortest_gap_days, 1, MOST_DAYS)
        in_range(f"{where}.silent_gaps", self.silent_gaps, 0.1, 100)
        in_range(f"{where}.lost_gaps", self.lost_gaps, self.silent_gaps, 1000)
        in_range(f"{where}.lost_days", self.lost_days, self.new_days, MOST_DAYS)
        in_range(f"{where}.lost_probability", self.lost_probability, 0, 1)
        in_range(f"{where}.considering_probability", self.considering_probability, 0, 1)
        in_range(f"{where}.considering_gaps", self.considering_gaps, 0, self.silent_gaps)
        in_range(f"{where}.unhappy_days", self.unhappy_days, 0, MOST_DAYS)
        in_range(f"{where}.bad_rating", self.bad_rating, 1, 5)
