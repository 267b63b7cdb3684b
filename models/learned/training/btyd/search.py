"""Finding the parameters that are most probable after the data.

Parameters are positive and searched on a log scale, log parameters = matrix · place + shift, whose axes are
quantities that hardly depend on each other. Each axis has a normal prior; its weight multiplies the log
prior, and 0 leaves the likelihood alone. Several starts are followed on a sample; from every distinct optimum
there, Newton's steps lead to the one on all rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
# Parameters [k] → log-likelihood of all customers and its gradient by parameter [k].
Likelihood = Callable[[Floats], tuple[float, Floats]]

# Two places are one optimum when they differ by less than this on every axis.
SAME_PLACE = 0.05
# Of the log posterior, by a further Newton step: less changes no prediction in the sixth digit.
LARGEST_GAIN = 1e-6
# Newton's steps are taken as if the log posterior were at least so curved: flat directions have no end.
LEAST_CURVATURE = 0.02
_HESSIAN_STEP = 1e-3
_NEWTON_STEPS = 20
_NOTHING_TO_GAIN = 1e-14
_LONGEST_STEP = 1.0


@dataclass(frozen=True)
class Space:
    """The axes of a search, k of them.

    names: of the parameters. axes: what each axis means, in words. matrix [k, k], shift [k]: as above.
    centre, spread: of the normal prior by axis. reach: how far from the centre the search may go.
    """

    names: tuple[str, ...]
    axes: tuple[str, ...]
    matrix: Floats
    shift: Floats
    centre: Floats
    spread: Floats
    reach: Floats

    def parameters(self, place: Floats) -> Floats:
        """Parameters [k] at a place [k]."""
        values: Floats = np.exp(self.matrix @ place + self.shift)
        return values

    def place(self, parameters: Floats) -> Floats:
        """The place of parameters, moved within reach."""
        place = np.linalg.solve(self.matrix, np.log(parameters) - self.shift)
        return self.within(place.astype(np.float64))

    def within(self, place: Floats) -> Floats:
        """The place, moved within reach."""
        return np.clip(place, self.centre - self.reach, self.centre + self.reach)

    def log_prior(self, place: Floats) -> tuple[float, Floats]:
        """Log density at a place, but for a constant, and its gradient."""
        off = (place - self.centre) / self.spread
        return -0.5 * float(off @ off), -off / self.spread


@dataclass(frozen=True)
class Target:
    """A log posterior over a space."""

    space: Space
    likelihood: Likelihood
    prior_weight: float

    def value(self, place: Floats) -> tuple[float, Floats]:
        """Log posterior at a place and its gradient by axis [k]."""
        parameters = self.space.parameters(place)
        likelihood, slope = self.likelihood(parameters)
        prior, prior_slope = self.space.log_prior(place)
        gradient = self.space.matrix.T @ (parameters * slope)
        return likelihood + self.prior_weight * prior, gradient + self.prior_weight * prior_slope


@dataclass(frozen=True)
class Optimum:
    """Where a search ended.

    curvature [k, k]: minus the Hessian of the log posterior, all but exact. gain: as in LARGEST_GAIN.
    """

    place: Floats
    log_posterior: float
    curvature: Floats
    gain: float

    @property
    def least_curvature(self) -> float:
        """The smallest eigenvalue of the curvature."""
        return float(np.linalg.eigvalsh(self.curvature)[0])


def search(target: Target, rough: Target, starts: Sequence[Floats], customers: float) -> list[Optimum]:
    """The optima that the starts lead to, best first; `rough` is the target on a sample, or the target."""
    climbed = distinct([climb(rough, start, customers) for start in starts])
    found = distinct([refine(target, end.place, curvature(rough, end.place)) for end in climbed])
    if found[0].gain > LARGEST_GAIN:
        found[0] = refine(target, found[0].place, curvature(target, found[0].place))
    return found


def climb(target: Target, start: Floats, customers: float) -> Optimum:
    """The optimum uphill of a start, near enough to take Newton's steps from."""

    def downhill(place: Floats) -> tuple[float, Floats]:
        value, gradient = target.value(place)
        return -value / customers, -gradient / customers

    space = target.space
    bounds = list(zip(space.centre - space.reach, space.centre + space.reach, strict=True))
    options = {"maxiter": 200, "ftol": 1e-11, "gtol": 1e-6}
    ended = minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    unknown = np.full((len(start), len(start)), np.nan)
    return Optimum(np.asarray(ended.x), -float(ended.fun) * customers, unknown, np.inf)


def distinct(found: Sequence[Optimum]) -> list[Optimum]:
    """Optima that differ, the best first."""
    kept: list[Optimum] = []
    for one in sorted(found, key=lambda optimum: -optimum.log_posterior):
        if not any(np.abs(one.place - other.place).max() < SAME_PLACE for other in kept):
            kept.append(one)
    return kept


def refine(target: Target, place: Floats, bent: Floats) -> Optimum:
    """Newton's steps uphill from a place, with a curvature [k, k] that need not be exact."""
    value, gradient = target.value(place)
    step = _uphill(bent, gradient)
    for _ in range(_NEWTON_STEPS):
        if 0.5 * gradient @ step < _NOTHING_TO_GAIN:
            break
        near = target.space.within(place + step)
        near_value, near_gradient = target.value(near)
        # Near the top the values differ by rounding alone, and the step is to be trusted.
        if near_value > value or 0.5 * gradient @ step < LARGEST_GAIN:
            place, value, gradient = near, near_value, near_gradient
            step = _uphill(bent, gradient)
        else:
            step = step / 4.0
    return Optimum(place, value, bent, 0.5 * float(gradient @ _uphill(bent, gradient)))


def _uphill(bent: Floats, gradient: Floats) -> Floats:
    """Newton's step, uphill and of finite length whatever the curvature."""
    sizes, axes = np.linalg.eigh(bent)
    step: Floats = axes @ ((axes.T @ gradient) / np.maximum(np.abs(sizes), LEAST_CURVATURE))
    return step / max(1.0, float(np.abs(step).max()) / _LONGEST_STEP)


def curvature(target: Target, place: Floats) -> Floats:
    """Minus the Hessian at a place [k, k], from gradients on both sides of it along each axis."""
    rows = []
    for axis in np.eye(len(place)) * _HESSIAN_STEP:
        rise = target.value(place + axis)[1] - target.value(place - axis)[1]
        rows.append(-rise / (2.0 * _HESSIAN_STEP))
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2.0
