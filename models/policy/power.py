"""How many customers an experiment needs before it can tell what an action does."""

from math import ceil, sqrt
from statistics import NormalDist


def customers_per_arm(
    retention: float, uplift: float, *, power: float = 0.8, confidence: float = 0.95
) -> int:
    """Customers in each of two equal arms to see `uplift` in retention with that power, two-sided.

    retention: of the arm left alone; uplift: in probability points, 0.02 for two, above or below 0. With
    p₁ = retention, p₂ = retention + uplift and their mean p̄ (Fleiss, Levin and Paik, Statistical Methods for
    Rates and Proportions, 3rd ed. 2003, formula 4.14):

        n = (z₁₋α/₂·√(2·p̄(1−p̄)) + z_power·√(p₁(1−p₁) + p₂(1−p₂)))² ÷ uplift²

    Raises `ValueError` unless both retentions lie in [0, 1], uplift is not 0, power and confidence in (0, 1).
    """
    moved = retention + uplift
    if not (0 <= retention <= 1 and 0 <= moved <= 1) or uplift == 0:
        raise ValueError(f"no experiment tells {retention} from {moved}: both must lie in [0, 1] and differ")
    if not (0 < power < 1 and 0 < confidence < 1):
        raise ValueError("power and confidence must lie between 0 and 1")
    mean = (retention + moved) / 2
    by_chance = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(2 * mean * (1 - mean))
    missed = NormalDist().inv_cdf(power) * sqrt(retention * (1 - retention) + moved * (1 - moved))
    return ceil(((by_chance + missed) / uplift) ** 2)
