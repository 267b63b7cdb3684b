"""Whether what a search found may be relied on, in words."""

from collections.abc import Sequence

import numpy as np

from models.learned.btyd.fitted import FitReport
from models.learned.training.btyd.search import LARGEST_GAIN, LEAST_CURVATURE, Optimum, Target

LEAST_CUSTOMERS = 50
LEAST_REPEATERS = 10
# An optimum this near to the best in log posterior is a rival.
RIVAL = 2.0
_AT_A_BOUND = 1e-3
_DIGITS = ".10g"  # the last bits depend on the machine


def too_few(customers: int, repeaters: int) -> str:
    """Why there is nothing to fit; empty where there is."""
    if customers < LEAST_CUSTOMERS:
        return f"{customers} customers; a fit takes {LEAST_CUSTOMERS}"
    if repeaters < LEAST_REPEATERS:
        return f"{repeaters} customers bought on a second day; a fit takes {LEAST_REPEATERS}"
    return ""


def trouble(target: Target, optimum: Optimum) -> str:
    """Why an optimum may not be relied on; empty where it may."""
    if not np.isfinite(optimum.log_posterior):
        return "the likelihood is not finite"
    space = target.space
    off = space.reach - np.abs(optimum.place - space.centre)
    if off.min() < _AT_A_BOUND:
        axis = int(off.argmin())
        end = "largest" if optimum.place[axis] > space.centre[axis] else "smallest"
        return f"{space.axes[axis]} ran to the {end} value that is tried"
    if optimum.least_curvature < LEAST_CURVATURE:
        return "the likelihood is flat: quite other parameters explain the purchases as well"
    if not optimum.gain < LARGEST_GAIN:
        return f"the search did not come to rest: {optimum.gain:.2g} of log posterior still to gain"
    return ""


def rivals(optima: Sequence[Optimum]) -> list[int]:
    """Numbers of the optima, the best first, that are all but as probable as the best."""
    return [
        number
        for number, optimum in enumerate(optima)
        if number and optima[0].log_posterior - optimum.log_posterior < RIVAL
    ]


def values(target: Target, optimum: Optimum) -> tuple[float, ...]:
    """The parameters at an optimum, in ten digits."""
    return tuple(float(format(value, _DIGITS)) for value in target.space.parameters(optimum.place))


def report(target: Target, optima: Sequence[Optimum], starts: int, sizes: FitReport) -> FitReport:
    """The report of a search that found what it sought; `sizes` knows how many customers there are."""
    best = optima[0]
    prior = target.prior_weight * target.space.log_prior(best.place)[0]
    count = "one optimum" if len(optima) == 1 else f"the best of {len(optima)} optima"
    return FitReport(
        converged=True,
        reason=f"{count} from {starts} starts",
        parameters=dict(zip(target.space.names, values(target, best), strict=True)),
        available=sizes.available,
        customers=sizes.customers,
        distinct=sizes.distinct,
        prior_weight=target.prior_weight,
        log_likelihood=best.log_posterior - prior,
        log_posterior=best.log_posterior,
        expected_gain=best.gain,
        least_curvature=best.least_curvature,
        optima=len(optima),
    )
