"""Learning whom an offer changes: DR and X learners on boosted stumps, a T learner on lines, cross-fitted.

Customers are split into folds. For each fold the others are halved: the outcomes of one half are learned from
the other half, and effects from both. So nothing that is said of a customer has seen what they did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.learned.settings import UpliftSettings
from models.learned.training.outcomes import fit_outcomes, robust_scores
from models.learned.training.uplift_shapes import Learner, Shape, shapes_of
from models.learned.trial import Flags, Floats, Integers, Trial, folds_of
from models.learned.uplift import Effects


@dataclass(frozen=True)
class CrossFitted:
    """What is said of the customers of a trial by models that never saw them.

    means, scores: expected outcomes and doubly robust scores [arms, n]. effects: τ̂_a by learner, and of
    means alone under None [arms − 1, n]. slopes: κ by learner, how much of what was foretold came true, by
    which effects learned from everybody are to be slowed as well. fold: int64 [n].
    """

    means: Floats
    scores: Floats
    effects: Mapping[Learner | None, Floats]
    slopes: Mapping[Learner, float]
    fold: Integers

    @property
    def added(self) -> Floats:
        """Γ_a − Γ_0: what each arm adds, customer by customer, unbiased and noisy [arms − 1, n]."""
        added: Floats = self.scores[1:] - self.scores[0]
        return added


def cross_fit(trial: Trial, settings: UpliftSettings, seed: int = 0) -> CrossFitted:
    """Outcomes, scores and effects of every customer, out of fold."""
    fold = folds_of(trial.person, settings.folds, seed)
    arms, rows = len(trial.arms), len(trial)
    means, told = np.empty((arms, rows)), {learner: np.empty((arms - 1, rows)) for learner in Learner}
    flat = np.empty((arms - 1, rows))
    for number in range(settings.folds):
        there = fold == number
        learned, apart = _learned(trial.rows(~there), settings, seed + number)
        means[:, there] = apart(trial.rows(there))
        for learner, model in learned.items():
            told[learner][:, there] = model.of(trial.values[there])
        flat[:, there] = next(iter(learned.values())).means[:, None]
    scores = robust_scores(trial, means)
    added = scores[1:] - scores[0]
    effects: dict[Learner | None, Floats] = {None: flat}
    opened = trial.open[1:]
    effects |= {learner: _slowed(raw, flat, added, opened, fold) for learner, raw in told.items()}
    slopes = {learner: slope_of(raw, flat, added, opened) for learner, raw in told.items()}
    return CrossFitted(means, scores, effects, slopes, fold)


def fit_effects(
    trial: Trial, settings: UpliftSettings, learner: Learner, slope: float, seed: int = 0
) -> Effects:
    """Effects learned from everybody, as steep as `slope` [0, 1] says."""
    learned, _ = _learned(trial, settings, seed, (learner,))
    return replace(learned[learner], slope=slope)


def slope_of(foretold: Floats, flat: Floats, added: Floats, opened: Flags) -> float:
    """By how much of what was foretold beyond the mean did effects differ, 0 to 1.

    The slope of Γ_a − Γ_0 on τ̂_a − τ̄_a, over all arms together where they were open [arms − 1, n]
    (Chernozhukov, Demirer, Duflo and Fernández-Val, NBER 24678, 2018).
    """
    beyond = foretold - flat
    middle = np.where(opened, beyond, 0.0).sum(axis=1) / np.maximum(1, opened.sum(axis=1))
    beyond = np.where(opened, beyond - middle[:, None], 0.0)
    spread = float((beyond**2).sum())
    return float(np.clip((beyond * added).sum() / spread, 0, 1)) if spread > 0 else 0.0


def _slowed(foretold: Floats, flat: Floats, added: Floats, opened: Flags, fold: Integers) -> Floats:
    """Effects as steep as the other folds came true [arms − 1, n]."""
    found = foretold.copy()
    for number in np.unique(fold):
        there = fold == number
        slope = slope_of(foretold[:, ~there], flat[:, ~there], added[:, ~there], opened[:, ~there])
        found[:, there] = flat[:, there] + slope * (foretold[:, there] - flat[:, there])
    return found


def _learned(
    trial: Trial, settings: UpliftSettings, seed: int, learners: tuple[Learner, ...] = tuple(Learner)
) -> tuple[dict[Learner, Effects], Callable[[Trial], Floats]]:
    """Effects by learner, and the expected outcomes of anybody who is not in the trial."""
    half = folds_of(trial.person, 2, seed)  # whoever was in several campaigns is in one half
    sides, campaigns = (half == 0, half == 1), int(trial.season.max()) + 1
    outcomes = [fit_outcomes(trial.rows(~side), settings.outcome, seed, campaigns) for side in sides]
    means = np.empty((len(trial.arms), len(trial)))
    for side, model in zip(sides, outcomes, strict=True):
        means[:, side] = model.means(trial.rows(side))
    added = (scores := robust_scores(trial, means))[1:] - scores[0]
    pulled = pulled_together(added, trial.open[1:])
    shapes = shapes_of(trial, means, trial.averaged(added), settings, learners)
    learned = {learner: _scaled(shapes[learner], trial, pulled) for learner in learners}

    def apart(others: Trial) -> Floats:
        told: Floats = np.mean([model.means(others) for model in outcomes], axis=0)
        return told

    return learned, apart


def pulled_together(added: Floats, opened: Flags) -> Floats:
    """Mean effects [arms − 1] from scores [arms − 1, n], each drawn to their mean as far as chance goes.

    opened: which scores count [arms − 1, n]. James and Stein's way: the variance between
    arms beyond that of chance is what may be believed.
    """
    many = np.maximum(1, opened.sum(axis=1))
    means = np.where(opened, added, 0.0).sum(axis=1) / many
    noise = np.where(opened, (added - means[:, None]) ** 2, 0.0).sum(axis=1) / many**2
    if len(means) < 2:
        return np.asarray(means, dtype=np.float64)
    weights = 1 / np.maximum(noise, 1e-12)
    middle = float((weights * means).sum() / weights.sum())
    between = max(0.0, float(means.var(ddof=1)) - float(noise.mean()))
    kept = between / (between + noise)
    pulled: Floats = middle + kept * (means - middle)
    return pulled


def _scaled(shape: Shape, trial: Trial, means: Floats) -> Effects:
    """Effects of every arm from the shape of being given anything."""
    whole = float(trial.shares @ means)
    scales = np.clip(means / whole, 0.0, 3.0) if whole > 0 else np.ones_like(means)
    unplaced = Effects(shape.boosters, shape.weights, means, scales, 1.0, 0.0, shape.lines, shape.line_weight)
    return replace(unplaced, middle=float(unplaced.shape(trial.values).mean()))
